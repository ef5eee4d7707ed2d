import { isAlias, isCollection, isMap, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';
import type { DocumentPath } from '../documents/diagnostic.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { findPair } from '../documents/values.ts';

/** Where an edit looks at a document. */
export type EditedDocument = Pick<ParsedDocument, 'text' | 'contents' | 'aliasTargets'>;

/** The node written at `path`, aliases followed; absent where nothing is written, and for what only a merge key brings. */
export function nodeAt(parsed: EditedDocument, path: DocumentPath): Node | undefined {
  let node = parsed.contents;
  for (const step of path) {
    const target = followAlias(parsed, node);
    if (typeof step === 'number') node = isSeq(target) ? (target.items[step] as Node | undefined) : undefined;
    else node = isMap(target) ? ((findPair(target, step)?.value as Node | null) ?? undefined) : undefined;
    if (node === undefined) return undefined;
  }
  return followAlias(parsed, node);
}

export function followAlias({ aliasTargets }: EditedDocument, node: Node | undefined): Node | undefined {
  let current = node;
  for (let hops = 0; isAlias(current) && hops < 16; hops++) current = aliasTargets.get(current);
  return current;
}

/** The field written at `path`, with the mapping it is in. */
export function pairAt(
  parsed: EditedDocument,
  path: DocumentPath,
): { readonly map: YAMLMap; readonly pair: Pair } | undefined {
  const key = path.at(-1);
  const map = nodeAt(parsed, path.slice(0, -1));
  if (typeof key !== 'string' || !isMap(map)) return undefined;
  const pair = findPair(map, key);
  return pair && { map, pair };
}

/** The field whose name is written at an offset, also where its mapping has another of the same name. */
export function pairAtOffset(
  parsed: EditedDocument,
  offset: number,
): { readonly map: YAMLMap; readonly pair: Pair } | undefined {
  let node = parsed.contents;
  for (let depth = 0; depth < 64 && isCollection(node); depth++) {
    let inner: Node | undefined;
    for (const item of node.items as (Pair | Node | null)[]) {
      const pair = isMap(node) ? (item as Pair) : undefined;
      if (isMap(node) && pair !== undefined && covers(pair.key, offset)) return { map: node, pair };
      const value = pair === undefined ? item : pair.value;
      if (covers(value, offset)) inner = value as Node;
    }
    node = inner;
  }
  return undefined;
}

function covers(node: unknown, offset: number): boolean {
  const range = (node as Node | null | undefined)?.range;
  return range !== null && range !== undefined && range[0] <= offset && offset < range[1];
}

/** Offset behind the last text of a node, before any comment behind it. Block texts end behind their last line break. */
export function endOfNode(node: Node): number {
  if (isCollection(node) && node.flow !== true) {
    const last: unknown = node.items.at(-1);
    if (last !== undefined && last !== null) return endOfItem(last as Node | Pair);
  }
  return node.range?.[1] ?? 0;
}

/** The same for a field or an item. */
export function endOfItem(item: Node | Pair): number {
  if (!('key' in item)) return endOfNode(item);
  const value = item.value as Node | null;
  const key = item.key as Node;
  return Math.max(endOfNode(key), value === null ? 0 : endOfNode(value));
}

export function startOfItem(item: Node | Pair): number {
  const node = 'key' in item ? (item.key as Node) : item;
  return startOfNode(node);
}

/** A node's anchor and tag belong to it. */
function startOfNode(node: Node): number {
  return node.range?.[0] ?? 0;
}

export function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where a line's text ends, before its line break. */
export function lineEnd(text: string, offset: number): number {
  const next = text.indexOf('\n', offset);
  if (next < 0) return text.length;
  return text[next - 1] === '\r' && next > offset ? next - 1 : next;
}

/** Where the next line starts; the end of the text for the last. */
export function nextLine(text: string, offset: number): number {
  const next = text.indexOf('\n', offset);
  return next < 0 ? text.length : next + 1;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

export function eolOf(text: string): string {
  return /\r?\n/.exec(text)?.[0] ?? '\n';
}

/** Columns a level is indented by, as the document does it first; two where it does not. */
export function stepOf({ text, contents }: EditedDocument): number {
  if (!isMap(contents) || contents.flow === true) return 2;
  for (const pair of contents.items) {
    const value = pair.value;
    if ((!isMap(value) && !isSeq(value)) || value.flow === true || !value.range) continue;
    const column = columnOf(text, value.range[0]);
    if (column > 0 && column <= 8) return column;
  }
  return 2;
}
