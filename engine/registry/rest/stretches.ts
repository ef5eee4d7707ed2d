import { WorkbenchError } from '../../base/errors.ts';

interface Stretch<Item> {
  readonly items: readonly Item[];
  readonly next?: string | undefined;
}

/**
 * A page of several listings that follow each other as if they were one; `after` tells which of them, and where in it. Listings with
 * nothing left are passed over. Throws `usage` for a place that none of them ended at.
 */
export async function pageThrough<Group, Item>(
  groups: readonly Group[],
  after: string | undefined,
  read: (group: Group, token: string | undefined) => Promise<Stretch<Item>>,
): Promise<{ readonly items: readonly Item[]; readonly next?: string }> {
  let { at, token } = after === undefined ? { at: 0, token: undefined } : readPlace(after);
  for (;;) {
    const group = groups[at];
    if (group === undefined) return { items: [] };
    const { items, next } = await read(group, token);
    if (next === undefined) at += 1;
    token = next;
    const isLast = at >= groups.length;
    if (items.length > 0 || isLast) return { items, ...(isLast ? {} : { next: `${at}:${token ?? ''}` }) };
  }
}

function readPlace(after: string): { at: number; token: string | undefined } {
  const [, at, token] = /^(\d{1,9}):(.*)$/s.exec(after) ?? [];
  if (at === undefined) {
    throw new WorkbenchError('usage', 'This is not where a page of the registry ended.', {
      remedy: 'Begin at the first.',
    });
  }
  return { at: Number(at), token: token === '' ? undefined : token };
}

/** Lists of at most `most`, in order. */
export function splitInto<Item>(items: readonly Item[], most: number): (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, at) => items.slice(at * most, (at + 1) * most));
}

/** The results of `work` in the order of `items`, so many under way at once. The first failure calls the others off. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  let at = 0;
  let isFailed = false;
  const worker = async (): Promise<void> => {
    while (at < items.length && !isFailed) {
      const index = at++;
      try {
        results[index] = await work(items[index] as Item);
      } catch (error) {
        isFailed = true;
        throw error;
      }
    }
  };
  const workers = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, worker));
  for (const one of workers) if (one.status === 'rejected') throw one.reason;
  return results;
}
