import { setOwn } from '../values.ts';
import { readBlockText } from './block-text.ts';
import { doubleQuote, greater, openBrace, openBracket, pipe, singleQuote } from './characters.ts';
import {
  beyond,
  endOfKey,
  enterLine,
  finishLine,
  goDeeper,
  isAtDash,
  isAtRest,
  readKey,
  skipSpaces,
  type Cursor,
} from './cursor.ts';
import { readFlow } from './flow.ts';
import { readPlainScalar, readQuoted } from './scalars.ts';

/**
 * Control characters, tabs, and whatever Unicode counts as space or as formatting: the parser has rules for some of them, and JavaScript
 * for others.
 */
const unusual =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u00a0\u00ad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ufff0-\uffff]/;

/**
 * The value of a text that holds a mapping in plain YAML, by which is meant what people write in nearly all files of ours: no anchors, tags, or
 * documents, nothing twice, and no fault. Absent for any other text, and wherever there is doubt. It is the value that the parser of `yaml`
 * gives, without the tree: that takes some thirty times as long to make, and only says where things stand.
 */
export function readPlainYaml(text: string): { readonly value: unknown } | undefined {
  const plain = text.includes('\r') ? text.replaceAll('\r\n', '\n') : text;
  if (unusual.test(plain)) return undefined;
  const cursor: Cursor = { text: plain, at: 0, indent: 0, isBehindTightComment: false };
  try {
    enterLine(cursor, 0);
    if (cursor.indent !== 0) return undefined;
    const value = readMapping(cursor, 0, 0);
    return isAtEnd(cursor) ? { value } : undefined;
  } catch (error) {
    if (error === beyond) return undefined;
    throw error;
  }
}

function isAtEnd({ indent }: Cursor): boolean {
  return indent < 0;
}

/** Entries whose keys stand in one column. */
function readMapping(cursor: Cursor, column: number, depth: number): Record<string, unknown> {
  const inner = goDeeper(depth);
  const object: Record<string, unknown> = {};
  do {
    const key = readKey(cursor);
    if (Object.hasOwn(object, key)) throw beyond;
    setOwn(object, key, readValue(cursor, column, inner));
  } while (cursor.indent === column);
  return object;
}

/** What belongs to a key: on its line, on deeper lines below, or items below in its own column. */
function readValue(cursor: Cursor, column: number, depth: number): unknown {
  if (!enterValue(cursor)) return readOnLine(cursor, column, depth);
  if (cursor.indent === column && isAtDash(cursor)) return readSequence(cursor, column, depth);
  return readBelow(cursor, column, depth);
}

/** Goes to what follows a key's colon or an item's dash; tells whether that is on another line. */
function enterValue(cursor: Cursor): boolean {
  const at = skipSpaces(cursor.text, cursor.at);
  if (isAtRest(cursor.text, at)) {
    finishLine(cursor);
    return true;
  }
  cursor.at = at;
  return false;
}

/** Items whose dashes stand in one column. */
function readSequence(cursor: Cursor, column: number, depth: number): unknown[] {
  const inner = goDeeper(depth);
  const list: unknown[] = [];
  do list.push(readItem(cursor, column, inner));
  while (cursor.indent === column && isAtDash(cursor));
  return list;
}

function readItem(cursor: Cursor, column: number, depth: number): unknown {
  const start = cursor.at;
  cursor.at += 1;
  if (enterValue(cursor)) return readBelow(cursor, column, depth);
  // A list or a mapping may begin on the line of the dash.
  const inside = column + cursor.at - start;
  const value = readCollection(cursor, inside, depth);
  if (value === undefined) return readOnLine(cursor, column, depth);
  if (cursor.indent > column) throw beyond;
  return value;
}

/** What stands on the lines below, deeper than `parent`; nothing is null. */
function readBelow(cursor: Cursor, parent: number, depth: number): unknown {
  if (cursor.indent <= parent) return null;
  const value = readCollection(cursor, cursor.indent, depth);
  if (value === undefined) {
    if (cursor.isBehindTightComment) throw beyond;
    return readOnLine(cursor, parent, depth);
  }
  if (cursor.indent > parent) throw beyond;
  return value;
}

function readCollection(cursor: Cursor, column: number, depth: number): unknown {
  if (isAtDash(cursor)) return readSequence(cursor, column, depth);
  return endOfKey(cursor) === undefined ? undefined : readMapping(cursor, column, depth);
}

/** A scalar, or a collection in brackets, with the rest of its lines. */
function readOnLine(cursor: Cursor, parent: number, depth: number): unknown {
  const value = readInline(cursor, parent, depth);
  if (cursor.indent > parent) throw beyond;
  return value;
}

function readInline(cursor: Cursor, parent: number, depth: number): unknown {
  switch (cursor.text.charCodeAt(cursor.at)) {
    case pipe:
    case greater:
      return readBlockText(cursor, parent);
    case openBrace:
    case openBracket: {
      const value = readFlow(cursor, parent, depth);
      finishLine(cursor);
      return value;
    }
    case doubleQuote:
    case singleQuote: {
      const value = readQuoted(cursor, parent);
      finishLine(cursor);
      return value;
    }
    default:
      return readPlainScalar(cursor, parent);
  }
}
