import { isMap, isScalar, isSeq, parseDocument, type Node, type Pair } from 'yaml';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import { untrustedYaml } from '../../engine/documents/untrusted-yaml.ts';
import { lineStart as lineStartOf } from '../../engine/edits/places.ts';
import { keyText, scalarText } from '../../engine/documents/values.ts';
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
  /** A new item of a list: its dash is not there yet. */
  readonly dash?: boolean;
}

export interface Cursor {
  readonly token: Token;
  readonly places: readonly Place[];
  /** Column of the word. */
  readonly column: number;
  /** White space the line starts with. */
  readonly lineIndent: number;
  /** Column of the first key in the line, dashes left out. */
  readonly keyColumn: number;
  /** The cursor is right behind a colon: a space belongs between. */
  readonly needsSpace: boolean;
}

const marker = 'aiwbCursorMarker';
/** A block of more lines is cut down to the part around the cursor before it is parsed. */
const manyLines = 60;

/**
 * What can be written at an offset, also while the YAML around it is half typed: the word at the cursor is replaced by a
 * marker, once as a key and once as a value, and the YAML parser tells where the marker ends up.
 */
export function findCursor(text: string, offset: number): Cursor | undefined {
  const lineStart = lineStartOf(text, offset);
  const from = findBlockStart(text, lineStart);
  const { start, indent } = cutBefore(text, from, lineStart);
  const token = scanToken(text, indent === undefined ? from : start, offset);
  // A text of several lines is replaced by no edit that editors accept.
  if (token === undefined || token.start < lineStart) return undefined;
  const wordLine = lineStart;
  const column = token.start - wordLine - (token.quote === undefined ? 0 : 1);
  const before = text.slice(wordLine, token.start);
  const lineIndent = /^[ \t]*/.exec(before)?.[0].length ?? 0;
  const keyColumn = /^[ \t]*(?:- +)*/.exec(before)?.[0].length ?? 0;
  const needsSpace = token.after === 'colon' && token.quote === undefined && text[token.start - 1] === ':';
  const shape = { token, column, lineIndent, keyColumn, needsSpace };
  if (token.flow === undefined && column === 0 && token.after === 'line-start') {
    const root: Place = { role: 'key', path: [], present: rootKeys(text, wordLine), siblings: {} };
    return { ...shape, places: [root, ...findItems(text, from, lineStart, token)] };
  }
  return {
    ...shape,
    places: [...findPlaces(text, from, lineStart, token), ...findItems(text, from, lineStart, token)],
  };
}

function findPlaces(text: string, from: number, lineStart: number, token: Token): Place[] {
  const around = cutToken(text, from, lineStart, token);
  const places: Place[] = [];
  const canBeKey = token.hasColon || token.after !== 'colon';
  const isItem = token.flow === '[';
  if (canBeKey && !isItem) {
    const key = findMarker(around, marker + (token.hasColon || token.quote !== undefined ? '' : ':'));
    if (key?.role === 'key') places.push(key);
  }
  if ((!token.hasColon && token.flow !== '{') || token.after === 'colon') {
    const value = findMarker(around, marker);
    if (value?.role === 'value') places.push(value);
  }
  return places;
}

/** Where a line may start the next item of a list. */
function findItems(text: string, from: number, lineStart: number, token: Token): Place[] {
  if (token.after !== 'line-start' || token.flow !== undefined || token.quote !== undefined || token.hasColon)
    return [];
  // The first line of a block is its own field.
  if (from >= lineStart) return [];
  const item = findMarker(cutToken(text, from, lineStart, token), `- ${marker}`);
  if (item?.role !== 'value' || typeof item.path.at(-1) !== 'number') return [];
  return [
    { ...item, dash: true },
    { role: 'key', path: item.path, present: [], siblings: {}, dash: true },
  ];
}

interface Around {
  readonly head: string;
  readonly tail: string;
}

function cutToken(text: string, from: number, lineStart: number, token: Token): Around {
  const { head, tail } = cutAround(text, from, lineStart, token.start, token.end);
  const space = token.after === 'colon' && token.quote === undefined && text[token.start - 1] === ':' ? ' ' : '';
  const closing = token.quote !== undefined && text[token.end] !== token.quote ? token.quote : '';
  return { head: head + space, tail: closing + tail };
}

/** The part of the text that says where something between `start` and `end` stands, before and after it. */
function cutAround(text: string, from: number, lineStart: number, start: number, end: number): Around {
  const to = findBlockEnd(text, lineStart);
  const before = cutBefore(text, from, lineStart);
  return {
    head: `${text.slice(before.header, before.headerEnd)}${text.slice(before.start, start)}`,
    tail: text.slice(end, cutAfter(text, lineStart, to, before)),
  };
}

/** A text the cursor is in, as its value reads, with what of it stands before and after the cursor. */
export interface TextAround {
  readonly path: DocumentPath;
  readonly before: string;
  readonly after: string;
}

/** The text value, of whatever style, that holds an offset. */
export function findText(text: string, offset: number): TextAround | undefined {
  const lineStart = lineStartOf(text, offset);
  const { head, tail } = cutAround(text, findBlockStart(text, lineStart), lineStart, offset, offset);
  try {
    return searchText(parseDocument(`${head}${marker}${tail}`, untrustedYaml).contents, [], 0);
  } catch {
    return undefined;
  }
}

function searchText(node: Node | null | undefined, path: DocumentPath, depth: number): TextAround | undefined {
  if (node === null || node === undefined || depth > 64) return undefined;
  if (isScalar(node)) {
    const at = typeof node.value === 'string' ? node.value.indexOf(marker) : -1;
    if (typeof node.value !== 'string' || at < 0) return undefined;
    return { path, before: node.value.slice(0, at), after: node.value.slice(at + marker.length) };
  }
  if (isSeq(node)) {
    for (const [index, item] of node.items.entries()) {
      const found = searchText(item as Node, [...path, index], depth + 1);
      if (found !== undefined) return found;
    }
  } else if (isMap(node)) {
    for (const { key, value } of node.items as Pair<Node, Node | null>[]) {
      const found = searchText(value, [...path, keyText(key) ?? ''], depth + 1);
      if (found !== undefined) return found;
    }
  }
  return undefined;
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
    start = lineStartOf(text, start - 1);
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
  for (let start = lineStartOf(text, cursorLine - 1); start > headerEnd; start = lineStartOf(text, start - 1)) {
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

/** Where the marker ends up; absent where it makes the text worse than it is without it, for then the parser only guesses. */
function findMarker({ head, tail }: Around, written: string): Place | undefined {
  try {
    const { contents, errors } = parseDocument(`${head}${written}${tail}`, untrustedYaml);
    const found = searchMarker(contents, [], 0);
    if (found === undefined || errors.length === 0) return found;
    return errors.length > parseDocument(`${head}${tail}`, untrustedYaml).errors.length ? undefined : found;
  } catch {
    return undefined;
  }
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
