import type { Block } from './block.ts';

/** A list, where there is anything to list. */
export function listBlock(title: string | undefined, items: readonly string[]): readonly Block[] {
  if (items.length === 0) return [];
  return [{ kind: 'list', items, ...(title === undefined ? {} : { title: `${title}:` }) }];
}
