import type { Diagnostic, DocumentPath } from '../../engine/documents/diagnostic.ts';
import { spotAt } from '../tree.ts';
import { isCollection, isMap, isPair, type Node, type Pair } from 'yaml';
import { keyText } from '../../engine/documents/values.ts';
import type { Scene } from './offer.ts';

/** Offsets of what a finding underlines. */
export function spanOf({ range }: Diagnostic, { document }: Scene): { readonly start: number; readonly end: number } {
  return { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
}

/** The path a finding is about, as far as its place tells: that of the field or item it underlines. */
export function pathOf(finding: Diagnostic, scene: Scene): DocumentPath {
  const { start } = spanOf(finding, scene);
  return spotAt(scene.parsed, start)?.path ?? pathAtOffset(scene, start);
}

/** The path of the innermost field or item an offset is in, also between what is written. */
export function pathAtOffset({ parsed }: Scene, offset: number): DocumentPath {
  const path: (string | number)[] = [];
  let node = parsed.contents;
  for (let depth = 0; depth < 64 && isCollection(node); depth++) {
    const items = node.items as (Pair | Node | null)[];
    const index = items.findIndex(item => covers(item, offset));
    const item = items[index];
    if (item === undefined || item === null) break;
    if (isMap(node)) {
      const key = keyText((item as Pair).key);
      if (key === undefined) break;
      path.push(key);
    } else path.push(index);
    node = (isPair(item) ? (item.value as Node | null) : item) ?? undefined;
  }
  return path;
}

function covers(item: Pair | Node | null | undefined, offset: number): boolean {
  if (item === null || item === undefined) return false;
  const first = isPair(item) ? (item.key as Node | null) : item;
  const last = isPair(item) ? ((item.value ?? item.key) as Node | null) : item;
  const [start, end] = [first?.range?.[0], last?.range?.[1]];
  return start !== undefined && end !== undefined && start <= offset && offset <= end;
}
