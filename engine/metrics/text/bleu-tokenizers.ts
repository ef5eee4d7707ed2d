import { isSpace, splitWords, strip } from './python-text.ts';

/** `13a` is what published BLEU figures use unless they say otherwise; `zh` parts Chinese into characters and the rest like 13a. */
export type BleuTokenizer = '13a' | 'none' | 'char' | 'intl' | 'zh';

/** The tokens of one line as sacrebleu 2.6.0 parts it. */
export function tokenizeForBleu(line: string, tokenizer: BleuTokenizer): string[] {
  switch (tokenizer) {
    case '13a':
      return tokenize13a(line);
    case 'none':
      return splitWords(line);
    case 'char':
      return Array.from(line).filter(character => !isSpace(character.charCodeAt(0)));
    case 'intl':
      return tokenizeInternational(line);
    case 'zh':
      return tokenizeChinese(line);
  }
}

/** ASCII punctuation that mteval-v13a makes a token of its own wherever it stands: all but apostrophe, comma, hyphen and full stop. */
const alwaysApart = new Uint8Array(128);
for (const character of '{|}~[\\]^_`!"#$%&()*+:;<=>?@/') alwaysApart[character.charCodeAt(0)] = 1;

/**
 * Only a piece with a comma, full stop or hyphen depends on its neighbours, and those never lie beyond white space or a character that always stands apart:
 * so pieces are cut out first, and the rules for the three run on the few pieces that need them.
 */
function tokenize13a(text: string): string[] {
  const line = replaceEscapes(text);
  const tokens: string[] = [];
  let start = 0;
  let sensitive = false;
  for (let index = 0; index <= line.length; index++) {
    const unit = index < line.length ? line.charCodeAt(index) : 32;
    const apart = unit < 128 && alwaysApart[unit] === 1;
    if (!apart && !isSpace(unit)) {
      if (unit >= 44 && unit <= 46) sensitive = true;
      continue;
    }
    if (index > start) {
      const piece = line.slice(start, index);
      if (sensitive) tokens.push(...splitWords(separateMarks(` ${piece} `)));
      else tokens.push(piece);
    }
    if (apart) tokens.push(line.charAt(index));
    start = index + 1;
    sensitive = false;
  }
  return tokens;
}

function replaceEscapes(text: string): string {
  let line = text;
  if (line.includes('<skipped>')) line = line.replaceAll('<skipped>', '');
  if (line.includes('\n')) line = line.replaceAll('-\n', '').replaceAll('\n', ' ');
  if (!line.includes('&')) return line;
  return line.replaceAll('&quot;', '"').replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>');
}

/** Comma and full stop are apart unless between digits, a hyphen after a digit; the order of the three rules matters. */
function separateMarks(line: string): string {
  return line
    .replace(/([^0-9])([.,])/gu, '$1 $2 ')
    .replace(/([.,])([^0-9])/gu, ' $1 $2')
    .replace(/([0-9])(-)/g, '$1 $2 ');
}

/** mteval-v14: punctuation is apart unless between digits, symbols always. */
function tokenizeInternational(line: string): string[] {
  return splitWords(
    line
      .replace(/(\P{N})(\p{P})/gu, '$1 $2 ')
      .replace(/(\p{P})(\P{N})/gu, ' $1 $2')
      .replace(/(\p{S})/gu, ' $1 '),
  );
}

/**
 * What sacrebleu takes for Chinese. Two of its ranges, meant for planes beyond the basic one, are written so that they cover U+2001 to U+2A6D and U+2F81 to
 * U+2FA1 instead; scores are comparable only if we do the same.
 */
const chinese =
  /[\u2001-\u2a6d\u2e80-\u2fdf\u2ff0-\u303f\u3100-\u312f\u31a0-\u31bf\u31c0-\u31ef\u3200-\u33ff\u3400-\u4db5\u4e00-\u9fbb\uf900-\ufa2d\ufa30-\ufa6a\ufa70-\ufad9\ufe10-\ufe1f\ufe30-\ufe4f\uff00-\uffef]/gu;
const apart = /[{-~[-` -&(-+:-@/]/g;

function tokenizeChinese(line: string): string[] {
  return splitWords(separateMarks(strip(line).replace(chinese, ' $& ').replace(apart, ' $& ')));
}
