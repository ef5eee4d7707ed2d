import { isAlias, isMap, isScalar, isSeq, type Alias, type Node, type Pair, type YAMLMap } from 'yaml';
import type { DocumentPath } from './diagnostic.ts';
import { findPair, isMergeKey } from './values.ts';

/** Start and end as offsets into the text. */
export type Span = readonly [start: number, end: number];

/**
 * Where `path` is written: its key, or its value. A path that does not exist gives the nearest parent that does, a list
 * item has no key and gives itself, and a value that is missing gives its key. Aliases lead to what they stand for.
 */
export function locateSpan(
  root: Node | null,
  targets: ReadonlyMap<Alias, Node>,
  path: DocumentPath,
  part: 'key' | 'value',
): Span {
  let node = root ?? undefined;
  let key: Node | undefined = firstKey(node);
  /** The nearest text above, for an item that has none of its own. */
  let above: Span | undefined;
  for (const step of path) {
    above = (key && spanOf(key)) ?? above;
    const followed = follow(node, targets);
    if (typeof step === 'number') {
      const item: unknown = isSeq(followed) ? followed.items[step] : undefined;
      if (!isNodeLike(item)) break;
      node = item;
      key = undefined;
    } else {
      const pair = isMap(followed) ? findPairDeep(followed, step, targets) : undefined;
      if (pair === undefined) break;
      key = pair.key as Node;
      node = (pair.value as Node | null) ?? undefined;
    }
  }
  const keySpan = key === undefined ? undefined : spanOf(key);
  const valueSpan = node === undefined ? undefined : spanOf(node);
  if (part === 'key') return keySpan ?? spanOfFirstEntry(node) ?? valueSpan ?? above ?? [0, 0];
  return valueSpan ?? keySpan ?? above ?? [0, 0];
}

function follow(node: Node | undefined, targets: ReadonlyMap<Alias, Node>): Node | undefined {
  let current = node;
  for (let hops = 0; isAlias(current) && hops < 16; hops++) current = targets.get(current);
  return current;
}

function findPairDeep(map: YAMLMap, key: string, targets: ReadonlyMap<Alias, Node>, depth = 0): Pair | undefined {
  const own = findPair(map, key);
  if (own !== undefined || depth > 16) return own;
  for (const pair of map.items) {
    if (!isMergeKey(pair.key)) continue;
    const value = follow(pair.value as Node | undefined, targets);
    for (const source of isSeq(value) ? value.items : [value]) {
      const merged = follow(source as Node | undefined, targets);
      const found = isMap(merged) ? findPairDeep(merged, key, targets, depth + 1) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function isNodeLike(value: unknown): value is Node {
  return isAlias(value) || isMap(value) || isScalar(value) || isSeq(value);
}

function firstKey(node: Node | undefined): Node | undefined {
  return isMap(node) ? (node.items[0]?.key as Node | undefined) : undefined;
}

function spanOfFirstEntry(node: Node | undefined): Span | undefined {
  const key = firstKey(node);
  return key === undefined ? undefined : spanOf(key);
}

/** Absent for an empty value, which has a place but no text. */
function spanOf(node: Node): Span | undefined {
  const range = node.range;
  if (range === null || range === undefined || range[1] <= range[0]) return undefined;
  return [range[0], range[1]];
}
