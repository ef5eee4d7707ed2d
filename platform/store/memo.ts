import type { StoreContext } from './context.ts';

/** The result of `compute` for this question, computed again only after somebody has written. */
export type Memo = <T>(kind: string, question: readonly unknown[], compute: () => T) => T;

/** Counts and lists that paging asks for again and again. Holds the latest answers only, `size` of them. */
export function createMemo(context: StoreContext, size: number): Memo {
  const held = new Map<string, { readonly version: string; readonly value: unknown }>();
  return <T>(kind: string, question: readonly unknown[], compute: () => T): T => {
    const key = JSON.stringify([kind, question]);
    const version = `${readDataVersion(context)}/${context.writes.count}`;
    const known = held.get(key);
    if (known?.version === version) return known.value as T;
    const value = compute();
    held.delete(key);
    held.set(key, { version, value });
    const [oldest] = held.keys();
    if (held.size > size && oldest !== undefined) held.delete(oldest);
    return value;
  };
}

/** Changes whenever another connection has committed. */
export function readDataVersion(context: StoreContext): number {
  return Number(context.driver.get('PRAGMA data_version')?.['data_version']);
}
