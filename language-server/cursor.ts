import { isMap, isScalar, isSeq, parseDocument, type Node, type Pair } from 'yaml';
import type { DocumentPath } from '../engine/documents/diagnostic.ts';
import { keyText, scalarText } from '../engine/documents/values.ts';
import { scanToken, type Token } from './scan-token.ts';

/** A place where something can be written. */
export interface Place {
  /** `key`: a field of the mapping at `path`; `value`: the value at `path`. */
  readonly role: 'key' | 'value';
  readonly path: DocumentPath;
  /** For keys: the fields the mapping already has. For list items: the scalars beside them. */
  readonly present: readonly string[];
  /** The texts of the fields of the mapping that is being written; empty for list items. */
  readonly siblings: Readonly<Record<string, string>>;
}

export interface Cursor {
  readonly token: Token;
  readonly places: readonly Place[];
  /** Column of the word. */
  readonly column: number;
  /** White space the line starts with. */
  readonly lineIndent: number;
}

const marker = 'aiwbCursorMarker';
/** A block of more lines is cut down to the part around the cursor before it is parsed. */
const manyLines = 200;

/**
 * What can be written at an offset, also while the YAML around it is half typed: the word at the cursor is replaced by a
 * marker, once as a key and once as a value, and the YAML parser tells where the marker ends up.
 */
export function findCursor(text: string, offset: number): Cursor | undefined {
  const lineStart = lineStartAt(text, offset);
  const from = findBlockStart(text, lineStart);
  const token = scanToken(text, from, offset);
  if (token === undefined) return undefined;
  const wordLine = lineStartAt(text, token.start);
  const column = token.start - wordLine - (token.quote === undefined ? 0 : 1);
  const lineIndent = /^[ \t]*/.exec(text.slice(wordLine, token.start))?.[0].length ?? 0;
  const shape = { token, column, lineIndent };
  if (token.flow === undefined && column === 0 && token.after === 'line-start') {
    return { ...shape, places: [{ role: 'key', path: [], present: rootKeys(text, wordLine), siblings: {} }] };
  }
  const to = findBlockEnd(text, lineStart);
  const before = cutBefore(text, from, wordLine);
  const space = token.after === 'colon' && token.quote === undefined && text[token.start - 1] === ':' ? ' ' : '';
  const closing = token.quote !== undefined && text[token.end] !== token.quote ? token.quote : '';
  const head = `${text.slice(before.header, before.headerEnd)}${text.slice(before.start, token.start)}${space}`;
  const tail = `${closing}${text.slice(token.end, cutAfter(text, lineStart, to, before))}`;
  const places: Place[] = [];
  const canBeKey = token.hasColon || token.after !== 'colon';
  const isItem = token.flow === '[';
  if (canBeKey && !isItem) {
    const key = findMarker(`${head}${marker}${token.hasColon || token.quote !== undefined ? '' : ':'}${tail}`);
    if (key?.role === 'key') places.push(key);
  }
  if ((!token.hasColon && token.flow !== '{') || token.after === 'colon') {
    const value = findMarker(`${head}${marker}${tail}`);
    if (value?.role === 'value') places.push(value);
  }
  return { ...shape, places };
}

const topLevelKey = /^["']?[A-Za-z_][^\n]*:(?=\s|$)/;

/** The last line at or above the cursor's that starts a top-level field, so that one field is parsed and not the file. */
function findBlockStart(text: string, lineStart: number): number {
  let start = lineStart;
  let isCursorLine = true;
  for (;;) {
    const isKey = topLevelKey.test(text.slice(start, lineEnd(text, start)));
    // The word at the cursor may itself be at column 0, after a bracket that is still open above.
    if (isKey && !isCursorLine) return start;
    if (isKey && isCursorLine && start === 0) return 0;
    if (isKey && isCursorLine && !hasOpenBracketBefore(text, start)) return start;
    if (start === 0) return 0;
    start = lineStartAt(text, start - 1);
    isCursorLine = false;
  }
}

function hasOpenBracketBefore(text: string, lineStart: number): boolean {
  return /[[{,][ \t]*\r?\n\s*$/.test(text.slice(Math.max(0, lineStart - 200), lineStart));
}

function findBlockEnd(text: string, lineStart: number): number {
  let start = lineEnd(text, lineStart) + 1;
  while (start < text.length) {
    if (topLevelKey.test(text.slice(start, lineEnd(text, start)))) return start;
    start = lineEnd(text, start) + 1;
  }
  return text.length;
}

/** Start of the line an offset is in. (`lastIndexOf` takes a negative position for 0.) */
function lineStartAt(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

function lineEnd(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

interface Cut {
  readonly header: number;
  readonly headerEnd: number;
  readonly start: number;
  /** Indentation of the block's children, absent when nothing was cut. */
  readonly indent: number | undefined;
}

/** Leaves out the children of a long block before the one the cursor is in. List indexes shift; nobody here needs them. */
function cutBefore(text: string, from: number, cursorLine: number): Cut {
  const headerEnd = Math.min(lineEnd(text, from) + 1, cursorLine);
  const whole: Cut = { header: from, headerEnd, start: headerEnd, indent: undefined };
  const lines = text.slice(headerEnd, cursorLine).split('\n').length;
  if (lines < manyLines) return whole;
  const indent = /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*([ ]*)\S/.exec(text.slice(headerEnd, cursorLine))?.[1]?.length ?? 0;
  for (let start = lineStartAt(text, cursorLine - 1); start > headerEnd; start = lineStartAt(text, start - 1)) {
    const found = /^ *(?=[^\s#])/.exec(text.slice(start, lineEnd(text, start)))?.[0].length;
    if (found === indent) return { ...whole, start, indent };
  }
  return whole;
}

/** Where the text after the cursor can end: with the child it is in, when the children before were left out. */
function cutAfter(text: string, cursorLine: number, to: number, cut: Cut): number {
  if (text.slice(cursorLine, to).split('\n').length < manyLines) return to;
  const indent = cut.indent ?? /^ */.exec(text.slice(cut.headerEnd))?.[0].length ?? 0;
  for (let start = lineEnd(text, cursorLine) + 1; start < to; start = lineEnd(text, start) + 1) {
    const found = /^ *(?=[^\s#])/.exec(text.slice(start, lineEnd(text, start)))?.[0].length;
    if (found !== undefined && found <= indent) return start;
  }
  return to;
}

function rootKeys(text: string, exceptLine: number): readonly string[] {
  const keys: string[] = [];
  for (const match of text.matchAll(/^["']?([A-Za-z_][\w-]*)["']?[ \t]*:(?=\s|$)/gm)) {
    if (match.index !== exceptLine && match[1] !== undefined) keys.push(match[1]);
  }
  return keys;
}

function findMarker(text: string): Place | undefined {
  let contents: Node | null;
  try {
    contents = parseDocument(text, {
      prettyErrors: false,
      uniqueKeys: false,
      stringKeys: true,
      logLevel: 'error',
    }).contents;
  } catch {
    return undefined;
  }
  return searchMarker(contents, [], 0);
}

function searchMarker(node: Node | null | undefined, path: DocumentPath, depth: number): Place | undefined {
  if (node === null || node === undefined || depth > 64) return undefined;
  if (isScalar(node)) return isMarker(node) ? { role: 'value', path, present: [], siblings: {} } : undefined;
  if (isMap(node)) {
    const pairs = node.items as Pair<Node, Node | null>[];
    for (const pair of pairs) {
      const key = keyText(pair.key);
      if (key === undefined) continue;
      if (key === marker) {
        return {
          role: 'key',
          path,
          present: pairs.flatMap(other => keyText(other.key) ?? []).filter(name => name !== marker),
          siblings: textsOf(pairs),
        };
      }
      const found = searchMarker(pair.value, [...path, key], depth + 1);
      if (found === undefined) continue;
      return found.role === 'value' && found.path.length === path.length + 1
        ? { ...found, siblings: textsOf(pairs) }
        : found;
    }
  } else if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = searchMarker(item as Node, [...path, index], depth + 1);
      if (found === undefined) continue;
      if (found.path.length > path.length + 1 || found.role === 'key') return found;
      return {
        ...found,
        present: node.items.flatMap(other => (isScalar(other) && !isMarker(other) ? String(other.value) : [])),
      };
    }
  }
  return undefined;
}

function textsOf(pairs: readonly Pair<Node, Node | null>[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    pairs.flatMap(({ key, value }): [string, string][] => {
      const name = keyText(key);
      return name !== undefined && isScalar(value) && !isMarker(value) ? [[name, scalarText(value)]] : [];
    }),
  );
}

/** Inside a block text the marker is text like any other. */
function isMarker(node: Node): boolean {
  return isScalar(node) && node.value === marker && node.type !== 'BLOCK_LITERAL' && node.type !== 'BLOCK_FOLDED';
}
