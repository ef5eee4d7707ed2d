import {
  closeBrace,
  closeBracket,
  comma,
  doubleQuote,
  hash,
  newline,
  openBrace,
  openBracket,
  singleQuote,
  space,
} from './characters.ts';
import { beyond, goDeeper, readKey, skipSpaces, type Cursor } from './cursor.ts';
import { readPlainInFlow, readQuoted } from './scalars.ts';
import { setOwn } from '../values.ts';

/** A mapping in braces or a list in brackets; its further lines are indented deeper than `parent`. */
export function readFlow(cursor: Cursor, parent: number, depth: number): unknown {
  const inner = goDeeper(depth);
  const isMapping = cursor.text.charCodeAt(cursor.at) === openBrace;
  const close = isMapping ? closeBrace : closeBracket;
  const object: Record<string, unknown> = {};
  const list: unknown[] = [];
  cursor.at += 1;
  while (!takeMark(cursor, close, parent)) {
    if (isMapping) readEntry(object, cursor, parent, inner);
    else list.push(readFlowValue(cursor, parent, inner));
    if (takeMark(cursor, comma, parent)) continue;
    if (!takeMark(cursor, close, parent)) throw beyond;
    break;
  }
  return isMapping ? object : list;
}

function readEntry(object: Record<string, unknown>, cursor: Cursor, parent: number, depth: number): void {
  const key = readKey(cursor);
  if (Object.hasOwn(object, key)) throw beyond;
  skipFlowSpace(cursor, parent);
  setOwn(object, key, readFlowValue(cursor, parent, depth));
}

function readFlowValue(cursor: Cursor, parent: number, depth: number): unknown {
  switch (cursor.text.charCodeAt(cursor.at)) {
    case openBrace:
    case openBracket:
      return readFlow(cursor, parent, depth);
    case doubleQuote:
    case singleQuote:
      return readQuoted(cursor, parent);
    default:
      return readPlainInFlow(cursor);
  }
}

/** Whether the next mark is this one, which is then passed. */
function takeMark(cursor: Cursor, mark: number, parent: number): boolean {
  skipFlowSpace(cursor, parent);
  const isThere = cursor.text.charCodeAt(cursor.at) === mark;
  if (isThere) cursor.at += 1;
  return isThere;
}

function skipFlowSpace(cursor: Cursor, parent: number): void {
  const { text } = cursor;
  let code = text.charCodeAt(cursor.at);
  while (code === space || code === newline) {
    const start = code === newline ? cursor.at + 1 : cursor.at;
    const first = skipSpaces(text, start);
    const next = text.charCodeAt(first);
    if (next === hash || first >= text.length) throw beyond;
    if (code === newline && next !== newline && first - start <= parent) throw beyond;
    cursor.at = first;
    code = next;
  }
}
