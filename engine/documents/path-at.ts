import { isAlias, isMap, isSeq, type Node, type Pair } from 'yaml';
import type { DocumentPath } from './diagnostic.ts';
import type { ParsedDocument } from './parse.ts';
import { keyText } from './values.ts';

/** What is written at an offset: the path of the innermost field or item, and whether the offset is on its key. */
export function pathAt(
  { contents, aliasTargets }: Pick<ParsedDocument, 'contents' | 'aliasTargets'>,
  offset: number,
): { readonly path: DocumentPath; readonly part: 'key' | 'value' } {
  const path: (string | number)[] = [];
  let node = contents;
  for (let depth = 0; depth < 64 && node !== undefined; depth += 1) {
    if (isAlias(node)) node = aliasTargets.get(node);
    if (isMap(node)) {
      const pair: Pair<Node, Node | null> | undefined = (node.items as Pair<Node, Node | null>[]).find(
        ({ key, value }) => covers(key, offset) || covers(value, offset),
      );
      const name = pair && keyText(pair.key);
      if (pair === undefined || name === undefined) break;
      path.push(name);
      if (covers(pair.key, offset)) return { path, part: 'key' };
      node = pair.value ?? undefined;
    } else if (isSeq(node)) {
      const index = node.items.findIndex(item => covers(item as Node, offset));
      if (index < 0) break;
      path.push(index);
      node = node.items[index] as Node;
    } else break;
  }
  return { path, part: 'value' };
}

function covers(node: Node | null, offset: number): boolean {
  const range = node?.range;
  return range !== null && range !== undefined && range[0] <= offset && offset < Math.max(range[1], range[0] + 1);
}
