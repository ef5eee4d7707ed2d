import type { SampleRecord, Store } from '../ports/store.ts';

/** Names of a run's scores and slices, which become columns. */
export interface ExportColumns {
  readonly scores: readonly string[];
  readonly slices: readonly string[];
}

/** More names than this are no columns: the rest stays in the JSON Lines. */
const mostNames = 500;

/**
 * Reads the run once for the names its samples use: a judge that failed on the first rows, or a disturbed row, adds names late. In the
 * order they are first seen.
 */
export async function collectColumns(runId: string, store: Store, signal: AbortSignal): Promise<ExportColumns> {
  const scores = new Set<string>();
  const slices = new Set<string>();
  // Equal texts are parsed once, so most samples share these objects.
  const seen = new Set<SampleRecord['scores'] | SampleRecord['slices']>();
  const collect = (names: Set<string>, values: SampleRecord['scores'] | SampleRecord['slices']): void => {
    if (seen.has(values)) return;
    for (const name of Object.keys(values)) if (names.size < mostNames) names.add(name);
  };
  for await (const samples of store.readObserved(runId, signal)) {
    seen.clear();
    for (const sample of samples) {
      collect(scores, sample.scores);
      collect(slices, sample.slices);
      seen.add(sample.scores).add(sample.slices);
    }
  }
  return { scores: [...scores], slices: [...slices] };
}
