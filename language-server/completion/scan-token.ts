/** The word the cursor is in, found in the text alone so that it works while the YAML is broken. */
export interface Token {
  /** Where the word starts and ends; inside quotes, without them. */
  readonly start: number;
  readonly end: number;
  readonly quote: '"' | "'" | undefined;
  /** What stands before the word. */
  readonly after: 'line-start' | 'dash' | 'colon' | 'flow-open' | 'comma';
  /** The innermost open bracket. */
  readonly flow: '{' | '[' | undefined;
  /** Whether a `:` follows, so that the word is a key already. */
  readonly hasColon: boolean;
}

/**
 * Scans from `from` (the start of a block at a line start) to the cursor. Brackets and quotes count only where a value can
 * start; elsewhere they are ordinary characters of a text. Absent inside a comment.
 */
export function scanToken(text: string, from: number, cursor: number): Token | undefined {
  const brackets: ('{' | '[')[] = [];
  let after: Token['after'] = 'line-start';
  let start = from;
  let fresh = true;
  let quote: '"' | "'" | undefined;
  for (let index = from; index < cursor; index++) {
    const character = text[index] as string;
    if (quote !== undefined) {
      if (quote === '"' && character === '\\') index += 1;
      else if (character === quote) quote = undefined;
      continue;
    }
    const inFlow = brackets.length > 0;
    if (character === '\n' || character === '\r') {
      if (!inFlow) after = 'line-start';
      start = index + 1;
      fresh = true;
    } else if (character === '#' && (index === from || /\s/.test(text[index - 1] as string))) {
      const end = text.indexOf('\n', index);
      if (end < 0 || end >= cursor) return undefined;
      index = end - 1;
    } else if (character === ' ' || character === '\t') {
      if (fresh) start = index + 1;
    } else if (fresh && (character === '&' || character === '!')) {
      // An anchor or tag before the value stays where it is.
      const length = /^[^\s,[\]{}]+(?=[ \t])/.exec(text.slice(index, Math.min(index + 200, cursor)))?.[0].length;
      if (length === undefined) fresh = false;
      else {
        index += length - 1;
        start = index + 1;
      }
    } else if (fresh && (character === '"' || character === "'")) {
      quote = character;
      start = index + 1;
      fresh = false;
    } else if (fresh && (character === '{' || character === '[')) {
      brackets.push(character);
      after = 'flow-open';
      start = index + 1;
    } else if (inFlow && (character === '}' || character === ']')) {
      brackets.pop();
      fresh = false;
    } else if (inFlow && character === ',') {
      after = 'comma';
      start = index + 1;
      fresh = true;
    } else if (character === ':' && !fresh && endsKey(text, index, inFlow)) {
      after = 'colon';
      start = index + 1;
      fresh = true;
    } else if (character === '-' && fresh && !inFlow && after !== 'colon' && /^[\s]$/.test(text[index + 1] ?? '\n')) {
      after = 'dash';
      start = index + 1;
    } else {
      fresh = false;
    }
  }
  const flow = brackets.at(-1);
  const end = findEnd(text, cursor, quote, flow !== undefined);
  const hasColon = /^["']?[ \t]*:(?=[\s,}\]]|$)/.test(text.slice(end, end + 64));
  return { start: Math.min(start, cursor), end, quote, after, flow, hasColon };
}

function endsKey(text: string, index: number, inFlow: boolean): boolean {
  const next = text[index + 1];
  return next === undefined || /\s/.test(next) || (inFlow && /[,}\]]/.test(next));
}

function findEnd(text: string, cursor: number, quote: string | undefined, inFlow: boolean): number {
  let end = cursor;
  while (end < text.length) {
    const character = text[end] as string;
    if (character === '\n' || character === '\r') break;
    if (quote !== undefined ? character === quote : (inFlow && /[,\]}{[]/.test(character)) || isBoundary(text, end))
      break;
    end += 1;
  }
  while (quote === undefined && end > cursor && /[ \t]/.test(text[end - 1] as string)) end -= 1;
  return end;
}

function isBoundary(text: string, index: number): boolean {
  const character = text[index];
  if (character === ':') return /^[\s,}\]]?$/.test(text[index + 1] ?? '');
  return character === '#' && /\s/.test(text[index - 1] ?? ' ');
}
