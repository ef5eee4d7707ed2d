/** A word of a filter's text; what stood in quotes is taken as it is. */
export interface Token {
  readonly text: string;
  /** Offset of its first character, a quote or minus included. */
  readonly from: number;
  /** Offset behind its last character. */
  readonly to: number;
  /** What lies between the quotes of `"…"` or `field:"…"` is text, whatever it reads like. */
  readonly quoted: boolean;
  /** Offset in `text` of the first character that stood in quotes. */
  readonly quotedFrom: number | undefined;
  /** Offsets in `text` of the commas that stood in no quotes. */
  readonly commas: readonly number[];
}

/**
 * Takes a filter apart at spaces. Quotes hold words together, `\"` and `\\` inside them stand for themselves, and a quote that is not
 * closed reaches to the end. An operator joins what stands beside it: `ttft_p90 < 200` is one word.
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text[at])) at += 1;
    else {
      const token = readToken(text, at);
      tokens.push(token);
      at = token.to;
    }
  }
  return joinOperators(tokens);
}

function readToken(text: string, from: number): Token {
  let word = '';
  let at = from;
  let inside = false;
  let quotedFrom: number | undefined;
  const commas: number[] = [];
  for (; at < text.length; at += 1) {
    const character = text[at] ?? '';
    if (!inside && isSpace(character)) break;
    if (inside && character === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) {
      word += text[at + 1] ?? '';
      at += 1;
    } else if (character === '"') {
      quotedFrom ??= word.length;
      inside = !inside;
    } else {
      if (character === ',' && !inside) commas.push(word.length);
      word += character;
    }
  }
  return { text: word, from, to: at, quoted: quotedFrom !== undefined, quotedFrom, commas };
}

const name = /^-?[A-Za-z][\w.-]*$/;
const operator = /^(<=|>=|<|>|=)/;
const unfinished = /^-?[A-Za-z][\w.-]*(<=|>=|<|>|=)$/;

function joinOperators(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (const token of tokens) {
    const before = joined.at(-1);
    const joins =
      before !== undefined &&
      !before.quoted &&
      !token.quoted &&
      ((name.test(before.text) && operator.test(token.text)) ||
        (unfinished.test(before.text) && /^[-+.\d]/.test(token.text)));
    if (joins) joined.splice(-1, 1, { ...before, text: before.text + token.text, to: token.to });
    else joined.push(token);
  }
  return joined;
}

function isSpace(character: string | undefined): boolean {
  return character !== undefined && /\s/.test(character);
}
