import type { Sliceable } from './row.ts';

/** Rows that a list shows at first, and more of with each wish: VS Code draws every row it is given. */
const pageRows = 100;

/** How much of each long list is shown. */
export interface Pages {
  /** The shown part of a list, of `length` rows at first, and how many rows are left. */
  take<T>(key: string, list: Sliceable<T>, length?: number): { readonly shown: readonly T[]; readonly left: number };
  /** Shows more of a list from now on. */
  more(key: string, length?: number): void;
}

export function createPages(rows = pageRows): Pages {
  const lengths = new Map<string, number>();
  return {
    take(key, list, length = rows) {
      const wanted = lengths.get(key) ?? length;
      // A single row more takes no more room than the row that would offer it.
      const end = list.length <= wanted + 1 ? list.length : wanted;
      return { shown: list.slice(0, end), left: list.length - end };
    },
    // Each page is larger than the one before: whoever goes on wants to see much.
    more: (key, length = rows) => void lengths.set(key, Math.min((lengths.get(key) ?? length) * 3, longest)),
  };
}

/** Nobody reads on beyond; a filter finds what they look for. */
const longest = 3_000;
