/**
 * Words are runs of letters, digits and combining marks. Code units of surrogate pairs count as letters too, so that rare
 * scripts and emoji become words instead of vanishing.
 */
const unknown = 0;
const inWord = 1;
const outsideWord = 2;
const wordCharacter = /^[\p{L}\p{N}\p{M}]$/u;
const characterClasses = new Uint8Array(65536);

/** Calls `visit` with the bounds (end exclusive) of every word of `text`, which the caller has lower-cased. */
export function forEachWord(text: string, visit: (start: number, end: number) => void): void {
  const length = text.length;
  let start = -1;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    const known = characterClasses[code]!;
    if ((known === unknown ? classifyCharacter(code) : known) === inWord) {
      if (start < 0) start = index;
    } else if (start >= 0) {
      visit(start, index);
      start = -1;
    }
  }
  if (start >= 0) visit(start, length);
}

/** The lower-cased words of `text`, in order. */
export function splitWords(text: string): string[] {
  const lowered = text.toLowerCase();
  const words: string[] = [];
  forEachWord(lowered, (start, end) => words.push(lowered.slice(start, end)));
  return words;
}

function classifyCharacter(code: number): number {
  const isSurrogate = code >= 0xd800 && code <= 0xdfff;
  const found = isSurrogate || wordCharacter.test(String.fromCharCode(code)) ? inWord : outsideWord;
  characterClasses[code] = found;
  return found;
}
