import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { DocumentPath } from '../documents/diagnostic.ts';
import { keyText } from '../documents/values.ts';
import type { TextChange } from './change.ts';
import {
  columnOf,
  endOfItem,
  eolOf,
  lineEnd,
  lineStart,
  nextLine,
  nodeAt,
  pairAt,
  startOfItem,
  stepOf,
  type EditedDocument,
} from './places.ts';
import { writeBlockField, writeFlow } from './write-value.ts';

/** A field to be written. */
export interface NewField {
  readonly name: string;
  readonly value: unknown;
}

/**
 * Adds fields to the mapping at `at`, each behind those that come before it in `order`. Undefined where there is no mapping that could take
 * them.
 */
export function addFields(
  parsed: EditedDocument,
  at: DocumentPath,
  fields: readonly NewField[],
  order: readonly string[] = [],
): readonly TextChange[] | undefined {
  const node = nodeAt(parsed, at);
  if (isMap(node) && node.items.length > 0) {
    const changes = new Map<string, TextChange>();
    for (const field of fields) {
      const change = placeField(parsed, node, field, order);
      // Several fields at one place are one change, in their own order.
      const key = `${change.start}`;
      const known = changes.get(key);
      changes.set(key, known === undefined ? change : { ...known, text: known.text + change.text });
    }
    return [...changes.values()];
  }
  return fillEmpty(parsed, at, node, fields);
}

function placeField(parsed: EditedDocument, map: YAMLMap, field: NewField, order: readonly string[]): TextChange {
  const { text } = parsed;
  const before = pairBefore(map, field.name, order);
  const first = map.items[0] as Pair;
  if (map.flow === true) {
    const written = `${writeFlow(field.name)}: ${writeFlow(field.value)}`;
    if (before === undefined) return insert(startOfItem(first), `${written}, `);
    return insert(endOfItem(before), `, ${written}`);
  }
  const column = columnOf(text, startOfItem(first));
  const eol = eolOf(text);
  const written = writeBlockField(field.name, field.value, column, stepOf(parsed), eol);
  const indent = ' '.repeat(column);
  if (before === undefined) return insert(startOfItem(first), `${written}${eol}${indent}`);
  return insertLine(text, endOfItem(before), `${indent}${written}`, eol);
}

/** A line behind the one in which the text before `end` ends. */
function insertLine(text: string, end: number, line: string, eol: string): TextChange {
  if (text[end - 1] === '\n') return insert(end, `${line}${eol}`);
  return insert(lineEnd(text, end), `${eol}${line}`);
}

function insert(offset: number, text: string): TextChange {
  return { start: offset, end: offset, text };
}

/** The last field of a mapping that comes before `name`; without an order, the last of all. */
function pairBefore(map: YAMLMap, name: string, order: readonly string[]): Pair | undefined {
  const place = order.indexOf(name);
  if (place < 0) return map.items.at(-1);
  let found: Pair | undefined;
  for (const pair of map.items) {
    const other = order.indexOf(keyText(pair.key) ?? '');
    if (other < place) found = pair;
  }
  return found;
}

function fillEmpty(
  parsed: EditedDocument,
  at: DocumentPath,
  node: Node | undefined,
  fields: readonly NewField[],
): readonly TextChange[] | undefined {
  const { text } = parsed;
  const flow = fields.map(({ name, value }) => `${writeFlow(name)}: ${writeFlow(value)}`).join(', ');
  if (isMap(node) && node.range) return [{ start: node.range[0], end: node.range[1], text: `{${flow}}` }];
  const isEmpty = node === undefined || (isScalar(node) && (node.value === null || node.value === undefined));
  if (!isEmpty) return undefined;
  const eol = eolOf(text);
  const step = stepOf(parsed);
  const lines = (column: number): string =>
    fields
      .map(field => writeBlockField(field.name, field.value, column, step, eol))
      .join(`${eol}${' '.repeat(column)}`);
  if (at.length === 0) {
    if (parsed.contents !== undefined && node !== undefined && node.range?.[1] !== node.range?.[0]) return undefined;
    const isLineStart = text === '' || text.endsWith('\n');
    return [insert(text.length, `${isLineStart ? '' : eol}${lines(0)}${eol}`)];
  }
  const owner = pairAt(parsed, at);
  if (owner === undefined) return undefined;
  const end = Math.max(endOfItem(owner.pair), colonAfter(text, owner.pair));
  if (owner.map.flow === true) return [insert(end, ` {${flow}}`)];
  const column = columnOf(text, startOfItem(owner.pair)) + step;
  return [insert(lineEnd(text, end), `${eol}${' '.repeat(column)}${lines(column)}`)];
}

/** Offset behind the `:` of a field that has no value. */
function colonAfter(text: string, pair: Pair): number {
  const end = (pair.key as Node).range?.[1] ?? 0;
  const colon = /^[ \t]*:/.exec(text.slice(end, end + 100))?.[0].length ?? 0;
  return end + colon;
}

/** Takes a field out of its mapping, with its line. Undefined where an alias stands for a part of it. */
export function removeField(
  parsed: EditedDocument,
  { map, pair }: { readonly map: YAMLMap; readonly pair: Pair },
): readonly TextChange[] | undefined {
  return removeFrom(parsed, map, map.items.indexOf(pair), '{}');
}

/** Takes an item out of its list. */
export function removeItem(parsed: EditedDocument, list: YAMLSeq, index: number): readonly TextChange[] | undefined {
  return removeFrom(parsed, list, index, '[]');
}

function removeFrom(
  parsed: EditedDocument,
  collection: YAMLMap | YAMLSeq,
  index: number,
  empty: string,
): readonly TextChange[] | undefined {
  const { text } = parsed;
  const items = collection.items as (Node | Pair)[];
  const item = items[index];
  if (item === undefined) return undefined;
  const [start, end] = [startOfItem(item), endOfItem(item)];
  if (parsed.aliasTargets.size > 0 && text.slice(start, end).includes('&')) return undefined;
  const next = items[index + 1];
  const previous = items[index - 1];
  if (collection.flow === true) {
    if (previous !== undefined) return [{ start: endOfItem(previous), end, text: '' }];
    return [{ start, end: next === undefined ? end : startOfItem(next), text: '' }];
  }
  if (previous === undefined && next === undefined) return emptyBlock(text, start, end, isSeq(collection), empty);
  const line = lineStart(text, start);
  const before = text.slice(line, start);
  const isLineFirst = isSeq(collection) ? /^ *-[ \t]+$/.test(before) : before.trim() === '';
  if (isLineFirst) {
    const behind = text[end - 1] === '\n' ? end : nextLine(text, end);
    const isLast = behind === text.length && !text.endsWith('\n');
    // The last line of a file that ends without a line break takes the break before it.
    return [{ start: isLast ? Math.max(0, lineEnd(text, line - 1)) : line, end: behind, text: '' }];
  }
  // Behind a dash: what follows moves up to it.
  if (next !== undefined) return [{ start, end: startOfItem(next), text: '' }];
  return undefined;
}

/** The last of a block's entries leaves an empty one behind, where the block started. */
function emptyBlock(
  text: string,
  start: number,
  end: number,
  isList: boolean,
  empty: string,
): readonly TextChange[] | undefined {
  const from = isList ? start - (/-[ \t]+$/.exec(text.slice(lineStart(text, start), start))?.[0].length ?? 0) : start;
  const last = text[end - 1] === '\n' ? lineEnd(text, lineStart(text, end - 1)) : end;
  const before = /:[ \t]*((?:\r?\n[ \t]*)+)$/.exec(text.slice(0, from));
  if (before === null) return from === 0 ? [{ start: 0, end: last, text: empty }] : undefined;
  return [{ start: from - (before[1] ?? '').length, end: last, text: ` ${empty}` }];
}

/** Adds an item at the end of the list at `at`; where there is no such field, makes one. */
export function addItem(
  parsed: EditedDocument,
  at: DocumentPath,
  value: unknown,
  order: readonly string[] = [],
): readonly TextChange[] | undefined {
  const { text } = parsed;
  const node = nodeAt(parsed, at);
  const name = at.at(-1);
  if (node === undefined && typeof name === 'string')
    return addFields(parsed, at.slice(0, -1), [{ name, value: [value] }], order);
  if (!isSeq(node)) return undefined;
  const last = node.items.at(-1) as Node | undefined;
  if (last === undefined) {
    return node.range ? [{ start: node.range[0], end: node.range[1], text: `[${writeFlow(value)}]` }] : undefined;
  }
  if (node.flow === true) return [insert(endOfItem(last), `, ${writeFlow(value)}`)];
  const column = columnOf(text, node.range?.[0] ?? 0);
  const eol = eolOf(text);
  return [insertLine(text, endOfItem(last), `${' '.repeat(column)}- ${writeFlow(value)}`, eol)];
}

/** Puts a value in place of the one at `path`, on one line. */
export function replaceValue(
  parsed: EditedDocument,
  path: DocumentPath,
  value: unknown,
): readonly TextChange[] | undefined {
  const node = nodeAt(parsed, path);
  if (!node?.range) return undefined;
  return [{ start: node.range[0], end: node.range[1], text: writeFlow(value) }];
}

/** Puts a field with another name and value in place of the one at `path`. */
export function replaceField(
  parsed: EditedDocument,
  path: DocumentPath,
  field: NewField,
): readonly TextChange[] | undefined {
  const owner = pairAt(parsed, path);
  if (owner === undefined) return undefined;
  const { text } = parsed;
  const start = startOfItem(owner.pair);
  const end = endOfItem(owner.pair);
  const eol = eolOf(text);
  const isBlock = owner.map.flow !== true;
  const written = isBlock
    ? writeBlockField(field.name, field.value, columnOf(text, start), stepOf(parsed), eol)
    : `${writeFlow(field.name)}: ${writeFlow(field.value)}`;
  return [{ start, end: text[end - 1] === '\n' ? lineEnd(text, lineStart(text, end - 1)) : end, text: written }];
}
