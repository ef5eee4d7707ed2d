import { spaceClass } from './python-text.ts';

/** Letters that no Unicode normalisation takes apart, and what Whisper writes for them. */
const letters: ReadonlyMap<string, string> = new Map([
  ['œ', 'oe'],
  ['Œ', 'OE'],
  ['ø', 'o'],
  ['Ø', 'O'],
  ['æ', 'ae'],
  ['Æ', 'AE'],
  ['ß', 'ss'],
  ['ẞ', 'SS'],
  ['đ', 'd'],
  ['Đ', 'D'],
  ['ð', 'd'],
  ['Ð', 'D'],
  ['þ', 'th'],
  ['Þ', 'th'],
  ['ł', 'l'],
  ['Ł', 'L'],
]);

/** Markers, symbols and punctuation become spaces, accents go. `keep` are characters to leave. */
export function replaceSymbolsAndAccents(text: string, keep: string): string {
  return text.normalize('NFKD').replace(/[\p{M}\p{S}\p{P}œŒøØæÆßẞđĐðÐþÞłŁ]/gu, character => {
    if (keep.includes(character)) return character;
    return letters.get(character) ?? (/\p{Mn}/u.test(character) ? '' : ' ');
  });
}

/** Markers, symbols and punctuation become spaces; letters keep the accents they are composed with. */
export function replaceSymbols(text: string): string {
  return text.normalize('NFKC').replace(/[\p{M}\p{S}\p{P}]/gu, ' ');
}

/** Leaves out what stands in brackets, then what stands in parentheses; brackets of two kinds may close each other, as in Whisper. Linear in the text. */
export function removeBracketed(text: string): string {
  return cutOut(cutOut(text, '<[', '>]', 0), '(', ')', 1);
}

function cutOut(text: string, openers: string, closers: string, least: number): string {
  let kept = '';
  let start = 0;
  let close = -1;
  for (let index = 0; index < text.length; index++) {
    if (!openers.includes(text.charAt(index))) continue;
    if (close <= index) {
      close = index + 1;
      while (close < text.length && !closers.includes(text.charAt(close))) close++;
      if (close === text.length) break;
    }
    if (close - index - 1 < least) continue;
    kept += text.slice(start, index);
    start = close + 1;
    index = close;
  }
  return kept + text.slice(start);
}

const spaceRuns = new RegExp(`[${spaceClass}]+`, 'gu');

/** Every run of white space as one space. */
export function joinSpaces(text: string): string {
  return text.replace(spaceRuns, ' ');
}
