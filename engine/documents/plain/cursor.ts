import { colon, continuesKey, dash, doubleQuote, hash, newline, singleQuote, space, startsKey } from './characters.ts';

/** A place in a text that is being read. */
export interface Cursor {
  readonly text: string;
  at: number;
  /** Column of the first content of the line that was entered last; -1 at the end of the text. */
  indent: number;
  /** Whether a line before that one is a comment such as `#this`: the parser then takes what follows for less indented than it is. */
  isBehindTightComment: boolean;
}

/** Thrown, and caught by `readPlainYaml`, where a text holds more than is read here. Made once: nobody looks at its stack. */
export const beyond = new Error('More than plain YAML.');

/** Deeper texts are left to the parser, which says when they are too deep. */
const deepest = 32;

export function goDeeper(depth: number): number {
  if (depth >= deepest) throw beyond;
  return depth + 1;
}

export function skipSpaces(text: string, from: number): number {
  let at = from;
  while (text.charCodeAt(at) === space) at += 1;
  return at;
}

/** Where the line ends: at its line break, or at the end of the text. */
export function endOfLine(text: string, from: number): number {
  const at = text.indexOf('\n', from);
  return at < 0 ? text.length : at;
}

/** Whether a mark such as `-` or `:` is one at all: it is only before a space or at the end of a line. */
export function endsMark(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === space || code === newline || at >= text.length;
}

export function isAtDash({ text, at }: Cursor): boolean {
  return text.charCodeAt(at) === dash && endsMark(text, at + 1);
}

/** Whether nothing but a comment is left on the line. */
export function isAtRest(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === newline || code === hash || at >= text.length;
}

/** Goes on to the next line with content. Nothing but a comment may be left on this one. */
export function finishLine(cursor: Cursor): void {
  const { text } = cursor;
  let at = skipSpaces(text, cursor.at);
  if (text.charCodeAt(at) === hash && text.charCodeAt(at - 1) === space) at = endOfLine(text, at);
  if (at < text.length && text.charCodeAt(at) !== newline) throw beyond;
  enterLine(cursor, at + 1);
}

/** Goes to the first content at or behind the line that starts at `from`. */
export function enterLine(cursor: Cursor, from: number): void {
  const { text } = cursor;
  let start = from;
  cursor.isBehindTightComment = false;
  while (start < text.length) {
    const first = skipSpaces(text, start);
    if (text.charCodeAt(first) === hash && !endsMark(text, first + 1)) cursor.isBehindTightComment = true;
    if (!isAtRest(text, first)) {
      cursor.at = first;
      cursor.indent = first - start;
      return;
    }
    start = endOfLine(text, first) + 1;
  }
  cursor.at = text.length;
  cursor.indent = -1;
}

/** Where the key that stands here ends, before its colon; absent where there is none. */
export function endOfKey({ text, at }: Cursor): number | undefined {
  const code = text.charCodeAt(at);
  const end = isQuote(code) ? endOfQuotedKey(text, at) : startsKey(code) ? endOfPlainKey(text, at) : at;
  return end > at && text.charCodeAt(end) === colon && endsMark(text, end + 1) ? end : undefined;
}

function isQuote(code: number): boolean {
  return code === doubleQuote || code === singleQuote;
}

function endOfPlainKey(text: string, at: number): number {
  let end = at + 1;
  while (continuesKey(text.charCodeAt(end))) end += 1;
  return end;
}

/** Keys with escapes or line breaks are taken for none. */
function endOfQuotedKey(text: string, at: number): number {
  const end = text.indexOf(text.charAt(at), at + 1) + 1;
  return end > 0 && text.charCodeAt(end) === colon && !/[\n\\]/.test(text.slice(at, end)) ? end : at;
}

/** Longer ones are refused by the parser. */
const longestKey = 1_000;

/** Reads a key with its colon. */
export function readKey(cursor: Cursor): string {
  const { text, at } = cursor;
  const end = endOfKey(cursor);
  if (end === undefined || end - at > longestKey) throw beyond;
  cursor.at = end + 1;
  return isQuote(text.charCodeAt(at)) ? text.slice(at + 1, end - 1) : text.slice(at, end);
}
