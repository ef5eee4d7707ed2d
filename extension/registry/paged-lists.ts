import type { Disposable } from '../base/emitter.ts';

/** A stretch of a long list as the engine gives it. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Of the whole list. */
  readonly total: number;
  /** Ask with it for what follows; absent on the last page. */
  readonly next?: string;
}

/** What is known of a list. */
export interface KnownList<Item, P extends Page<Item>> {
  readonly items: readonly Item[];
  readonly total: number;
  readonly hasMore: boolean;
  /** The first page, for what else it says. */
  readonly first: P;
}

export type AskPage<P> = (after: string | undefined, limit: number, signal: AbortSignal) => Promise<P>;

/** Long lists by key, of which as much is known as was asked for. */
export interface PagedLists<Item, P extends Page<Item>> extends Disposable {
  /** Gives what is known; asks where nothing is, or where it is old: then for as much as was known. */
  read(key: string, ask: AskPage<P>): Promise<KnownList<Item, P>>;
  /** Lets the next `read` give a page more. */
  more(key: string): void;
  /** Lets the next `read` ask for everything, up to `most` items, until it is told otherwise. */
  setWanted(key: string, most: number): void;
  /** Every item of every list, as far as they are known. */
  known(): Iterable<Item>;
  /** What is known is old from now on. */
  expire(): void;
  /** Forgets everything, and calls off what is being asked. */
  clear(): void;
}

interface Entry<Item, P> {
  wanted: number;
  generation: number;
  items: Item[];
  total: number;
  next: string | undefined;
  first: P | undefined;
  reading: Promise<unknown> | undefined;
}

/**
 * @param pageSize what a list shows at first, and more of with each wish
 * @param largest what one question may ask for
 */
export function createPagedLists<Item, P extends Page<Item>>(pageSize: number, largest: number): PagedLists<Item, P> {
  const entries = new Map<string, Entry<Item, P>>();
  let generation = 0;
  let calling = new AbortController();

  function entryOf(key: string): Entry<Item, P> {
    const known = entries.get(key);
    if (known !== undefined) return known;
    const entry: Entry<Item, P> = {
      wanted: pageSize,
      generation: -1,
      items: [],
      total: 0,
      next: undefined,
      first: undefined,
      reading: undefined,
    };
    entries.set(key, entry);
    return entry;
  }

  /** Reads what is missing. What is old stays known until what replaces it is whole. */
  async function fill(entry: Entry<Item, P>, ask: AskPage<P>, signal: AbortSignal): Promise<void> {
    const began = generation;
    const isFresh = entry.generation === began;
    const items = isFresh ? [...entry.items] : [];
    let next = isFresh ? entry.next : undefined;
    let { first, total } = entry;
    let isFirst = !isFresh;
    while (isFirst || (next !== undefined && items.length < entry.wanted)) {
      const page = await ask(next, Math.min(largest, Math.max(1, entry.wanted - items.length)), signal);
      if (isFirst) first = page;
      isFirst = false;
      items.push(...page.items);
      ({ total } = page);
      // A page without items that claims to have a next one would be asked for for ever.
      next = page.items.length === 0 ? undefined : page.next;
    }
    Object.assign(entry, { items, total, next, first, generation: began });
  }

  function isShort(entry: Entry<Item, P>): boolean {
    return entry.generation !== generation || (entry.next !== undefined && entry.items.length < entry.wanted);
  }

  return {
    async read(key, ask) {
      const entry = entryOf(key);
      // Twice at most: a reader may have joined a question asked before the change, but a registry that is being read changes all the time.
      for (let times = 0; times < 2 && isShort(entry); times++) {
        entry.reading ??= fill(entry, ask, calling.signal).finally(() => {
          entry.reading = undefined;
        });
        await entry.reading;
      }
      const { items, total, next, first } = entry;
      return { items, total, hasMore: next !== undefined, first: first as P };
    },
    more(key) {
      const entry = entryOf(key);
      entry.wanted = entry.items.length + pageSize;
    },
    setWanted(key, most) {
      entryOf(key).wanted = most;
    },
    *known() {
      for (const { items } of entries.values()) yield* items;
    },
    expire() {
      generation += 1;
    },
    clear() {
      calling.abort();
      calling = new AbortController();
      generation += 1;
      entries.clear();
    },
    dispose() {
      calling.abort();
    },
  };
}
