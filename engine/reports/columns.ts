import type { SampleColumns, Store } from '../ports/store.ts';

/** Reads variants' numbers and keeps the last few that were used: a report needs its baseline again and again. */
export interface ColumnReader {
  read(runId: string, variant: number): Promise<SampleColumns>;
}

const mostKept = 2;

export function createColumnReader(store: Store, scores: readonly string[], signal: AbortSignal): ColumnReader {
  const kept = new Map<string, SampleColumns>();
  return {
    async read(runId, variant) {
      const key = `${runId}/${String(variant)}`;
      const columns = kept.get(key) ?? (await store.readColumns(runId, variant, scores, signal));
      kept.delete(key);
      kept.set(key, columns);
      const [oldest] = kept.keys();
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
      return columns;
    },
  };
}
