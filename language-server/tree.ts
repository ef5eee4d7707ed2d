import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import type { DocumentPath } from '../engine/documents/diagnostic.ts';
import type { DocumentKind } from '../engine/documents/kinds.ts';
import type { ParsedDocument } from '../engine/documents/parse.ts';
import { keyText, scalarText } from '../engine/documents/values.ts';

/** What stands at an offset. */
export interface Spot {
  /** The field's own path, whether the offset is on its key or its value. */
  readonly path: DocumentPath;
  readonly part: 'key' | 'value';
  /** The scalar's text; absent on aliases and between the fields of a mapping. */
  readonly text: string | undefined;
  readonly start: number;
  readonly end: number;
}

/** The key or scalar at an offset, absent where neither is. */
export function spotAt(parsed: ParsedDocument, offset: number): Spot | undefined {
  let node = parsed.contents as Node | null | undefined;
  const path: (string | number)[] = [];
  for (let depth = 0; depth < 64 && node !== null && node !== undefined; depth++) {
    if (isScalar(node) || isAlias(node)) return covers(node, offset) ? toSpot(node, path, 'value') : undefined;
    let next: Node | undefined;
    if (isMap(node)) {
      for (const pair of node.items as Pair<Node, Node | null>[]) {
        if (!covers(pair.key, offset) && !covers(pair.value, offset)) continue;
        const key = keyText(pair.key);
        if (key === undefined) return undefined;
        path.push(key);
        if (covers(pair.key, offset)) return toSpot(pair.key, path, 'key');
        next = pair.value ?? undefined;
        break;
      }
    } else if (isSeq(node)) {
      const index = node.items.findIndex(item => covers(item, offset));
      if (index < 0) return undefined;
      path.push(index);
      next = node.items[index] as Node;
    }
    node = next;
  }
  return undefined;
}

function covers(node: unknown, offset: number): boolean {
  const range = (node as Node | null | undefined)?.range;
  return range !== null && range !== undefined && range[0] <= offset && offset <= range[1] && range[1] > range[0];
}

function toSpot(node: Node, path: DocumentPath, part: 'key' | 'value'): Spot {
  const text = isScalar(node) ? scalarText(node) : undefined;
  return { path, part, text, start: node.range?.[0] ?? 0, end: node.range?.[1] ?? 0 };
}

/** Whether `path` has the form of `pattern`, whose `*` stands for any one step. */
export function matchesPath(path: DocumentPath, pattern: string): boolean {
  const steps = pattern.split('.');
  return steps.length === path.length && steps.every((step, index) => step === '*' || step === path[index]);
}

/** The dataset a path leads into, and the way on from there; absent elsewhere. */
export function datasetOf(
  kind: DocumentKind,
  path: DocumentPath,
): { readonly at: DocumentPath; readonly rest: DocumentPath } | undefined {
  const depth = datasetDepth(kind, path);
  if (depth === undefined) return undefined;
  return { at: path.slice(0, depth), rest: path.slice(depth) };
}

function datasetDepth(kind: DocumentKind, path: DocumentPath): number | undefined {
  if (kind === 'bench' || kind === 'trial') return path[0] === 'dataset' ? 1 : undefined;
  if (kind !== 'tune' || path[0] !== 'aspects') return undefined;
  if (path[2] === 'dataset') return 3;
  return path[2] === 'datasets' && typeof path[3] === 'number' ? 4 : undefined;
}

/** The value of a draft at `path`; drafts hold what was typed so far, of any shape. */
export function draftAt(draft: unknown, path: DocumentPath): unknown {
  let value = draft;
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Record<string | number, unknown>)[part];
  }
  return value;
}

/** The items of a draft's list; none for anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : [];
}

/** The texts of a draft's list. */
export function textsOf(value: unknown): readonly string[] {
  return listOf(value).filter(item => typeof item === 'string');
}
