import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { DocumentPath } from '../documents/diagnostic.ts';
import { applyChanges, type TextChange } from './change.ts';
import {
  columnOf,
  endOfItem,
  endOfNode,
  eolOf,
  lineEnd,
  nodeAt,
  startOfItem,
  stepOf,
  type EditedDocument,
} from './places.ts';
import { hasSameValue } from './same-content.ts';

const longestLine = 120;

/**
 * Writes the mapping or list at `path` the other way: on lines of its own in place of in brackets, or back. Undefined where that would lose a
 * comment or make too long a line.
 */
export function changeStyle(
  parsed: EditedDocument,
  path: DocumentPath,
): { readonly to: 'brackets' | 'lines'; readonly changes: readonly TextChange[] } | undefined {
  const node = nodeAt(parsed, path);
  if ((!isMap(node) && !isSeq(node)) || node.items.length === 0 || path.length === 0) return undefined;
  const to = node.flow === true ? 'lines' : 'brackets';
  const change = to === 'lines' ? toLines(parsed, path, node) : toBrackets(parsed, node);
  if (change === undefined || !keepsContent(parsed, path, change)) return undefined;
  return { to, changes: [change] };
}

/** Looks at the field or item alone: the rest of a long document stays as it is. */
function keepsContent(parsed: EditedDocument, path: DocumentPath, change: TextChange): boolean {
  const { text } = parsed;
  const owner = nodeAt(parsed, path.slice(0, -1));
  const node = nodeAt(parsed, path);
  if (owner === undefined || !node?.range) return false;
  const start = isMap(owner) ? keyStart(owner, path) : text.lastIndexOf('-', node.range[0]);
  const from = isMap(owner) && owner.flow === true ? -1 : start;
  if (from < 0 || from > change.start) return false;
  const before = text.slice(from, lineEnd(text, trimBreak(text, Math.max(change.end, endOfNode(node)))));
  const margin = ' '.repeat(columnOf(text, from));
  const moved = { start: change.start - from, end: change.end - from, text: change.text };
  return hasSameValue(`${margin}${before}\n`, `${margin}${applyChanges(before, [moved])}\n`);
}

function toBrackets({ text }: EditedDocument, node: YAMLMap | YAMLSeq): TextChange | undefined {
  const start = node.range?.[0];
  const written = writeInBrackets(text, node);
  if (start === undefined || written === undefined) return undefined;
  const before = text.slice(0, start).trimEnd().length;
  const end = trimBreak(text, endOfNode(node));
  const isOnLine = !text.slice(before, start).includes('\n');
  if (columnOf(text, isOnLine ? start : before) + written.length + 1 > longestLine) return undefined;
  return isOnLine ? { start, end, text: written } : { start: before, end, text: ` ${written}` };
}

function trimBreak(text: string, end: number): number {
  return text.slice(0, end).trimEnd().length;
}

function writeInBrackets(text: string, node: Node | null): string | undefined {
  if (node === null) return '';
  if (isAlias(node)) return `*${node.source}`;
  const anchor = 'anchor' in node && typeof node.anchor === 'string' ? `&${node.anchor} ` : '';
  if (isScalar(node)) {
    const source = text.slice(node.range?.[0] ?? 0, node.range?.[1] ?? 0);
    if (source.includes('\n'))
      return typeof node.value === 'string' && !node.value.includes('\n') ? JSON.stringify(node.value) : undefined;
    return anchor + (node.type === 'PLAIN' && /[,[\]{}]/.test(source) ? JSON.stringify(source) : source);
  }
  if (!isMap(node) && !isSeq(node)) return undefined;
  const items = (node.items as (Pair | Node)[]).map(item => {
    if (!('key' in item)) return writeInBrackets(text, item);
    const [key, value] = [writeInBrackets(text, item.key as Node), writeInBrackets(text, item.value as Node | null)];
    return key === undefined || value === undefined ? undefined : `${key}: ${value}`.trimEnd();
  });
  if (items.includes(undefined)) return undefined;
  return anchor + (isMap(node) ? `{${items.join(', ')}}` : `[${items.join(', ')}]`);
}

function toLines(parsed: EditedDocument, path: DocumentPath, node: YAMLMap | YAMLSeq): TextChange | undefined {
  const { text } = parsed;
  const owner = nodeAt(parsed, path.slice(0, -1));
  if ((!isMap(owner) && !isSeq(owner)) || owner.flow === true || !node.range) return undefined;
  const [start, end] = node.range;
  const isItem = isSeq(owner);
  const before = text.slice(0, start).trimEnd().length;
  const column = isItem ? columnOf(text, start) : columnOf(text, keyStart(owner, path)) + stepOf(parsed);
  const lines = (node.items as (Pair | Node)[]).map(item => {
    const source = text.slice(startOfItem(item), endOfItem(item));
    const isBare = 'key' in item && item.value === null && !source.endsWith(':');
    return `${isSeq(node) ? '- ' : ''}${source}${isBare ? ':' : ''}`;
  });
  if (lines.some(line => line.includes('\n'))) return undefined;
  const eol = eolOf(text);
  const block = lines.join(`${eol}${' '.repeat(column)}`);
  return isItem ? { start, end, text: block } : { start: before, end, text: `${eol}${' '.repeat(column)}${block}` };
}

function keyStart(owner: YAMLMap | YAMLSeq, path: DocumentPath): number {
  const name = path.at(-1);
  const pair = isMap(owner) ? owner.items.find(({ key }) => isScalar(key) && String(key.value) === name) : undefined;
  return pair === undefined ? 0 : startOfItem(pair);
}
