/** Rows that a list shows at first, and more of with each wish: VS Code draws every row it is given. */
const pageRows = 100;

/** How much of each long list is shown. */
export interface Pages {
  /** The shown part of a list, and how many rows are left. */
  take<T>(key: string, list: readonly T[]): { readonly shown: readonly T[]; readonly left: number };
  /** Shows more of a list from now on. */
  more(key: string): void;
}

export function createPages(rows = pageRows): Pages {
  const lengths = new Map<string, number>();
  return {
    take(key, list) {
      const length = lengths.get(key) ?? rows;
      // A single row more takes no more room than the row that would offer it.
      if (list.length <= length + 1) return { shown: list, left: 0 };
      return { shown: list.slice(0, length), left: list.length - length };
    },
    // Each page is larger than the one before: whoever goes on wants to see much.
    more: key => void lengths.set(key, (lengths.get(key) ?? rows) * 3),
  };
}
