import type { CorpusStatistics } from '../metrics/metric.ts';
import type { SampleColumns, SampleRecord, Store } from '../ports/store.ts';
import type { CompareOptions, PairedResult } from '../statistics/compare.ts';
import { comparePairedStatistics } from '../statistics/corpus.ts';
import { createRandom, shuffle } from '../statistics/random.ts';
import { statisticRows } from '../statistics/units.ts';
import { observe } from './aggregate.ts';
import type { RowNumbers } from './paired-rows.ts';

/** One side of a pair: whose samples, and to which group of rows each row belongs. */
interface Side {
  readonly runId: string;
  readonly variant: number;
  /** Group by position of the row in the run; rows without one are not paired. */
  readonly groupOf: ReadonlyMap<number, number>;
  /** For each metric the summed statistics, group after group. */
  readonly sums: Float64Array[];
}

/** A pair whose corpus statistics are still to be summed. */
export interface CorpusPair {
  /** Rows both answered. */
  readonly n: number;
  readonly groups: number;
  readonly variant: Side;
  readonly baseline: Side;
}

interface SideInput {
  readonly runId: string;
  readonly variant: number;
  readonly columns: SampleColumns;
  readonly numbers: RowNumbers;
}

/** Resampling sums more rows than this into random groups itself. */
const mostGroups = 2000;

/**
 * Finds the rows both sides answered. Above 2,000 of them, statistics are summed over as many random groups of rows, which is what would be
 * resampled anyway: so memory does not grow with the rows.
 */
export function pairCorpus(variant: SideInput, baseline: SideInput, rows: number, seed: number): CorpusPair {
  const seen = new Uint8Array(rows);
  for (const row of baseline.numbers) if (row >= 0) seen[row] = 1;
  for (const row of variant.numbers) if (row >= 0 && seen[row] === 1) seen[row] = 2;
  const n = seen.reduce((sum, state) => (state === 2 ? sum + 1 : sum), 0);
  const groups = Math.min(n, mostGroups);
  const order = Int32Array.from({ length: n }, (_, position) => position % groups);
  if (n > groups) shuffle(order, createRandom(seed));
  const groupOfRow = new Int32Array(rows).fill(-1);
  let next = 0;
  for (let row = 0; row < rows; row++) if (seen[row] === 2) groupOfRow[row] = order[next++]!;
  const sideOf = ({ runId, variant: index, columns, numbers }: SideInput): Side => {
    const groupOf = new Map<number, number>();
    for (let sample = 0; sample < columns.count; sample++) {
      const number = numbers[sample]!;
      const group = number < 0 ? -1 : groupOfRow[number]!;
      if (group >= 0) groupOf.set(columns.row[sample]!, group);
    }
    return { runId, variant: index, groupOf, sums: [] };
  };
  return { n, groups, variant: sideOf(variant), baseline: sideOf(baseline) };
}

/** Reads each run once and adds every sample's statistics to the pairs it belongs to. */
export async function sumCorpus(
  pairs: readonly CorpusPair[],
  metrics: readonly CorpusStatistics[],
  store: Store,
  signal: AbortSignal,
): Promise<void> {
  const sides = pairs.flatMap(({ variant, baseline, groups }) => [
    { side: variant, groups },
    { side: baseline, groups },
  ]);
  for (const runId of new Set(sides.map(({ side }) => side.runId))) {
    const own = sides.filter(({ side }) => side.runId === runId);
    for await (const samples of store.readSamples(runId, signal)) {
      for (const sample of samples) addSample(sample, own, metrics);
    }
  }
}

function addSample(
  sample: SampleRecord,
  sides: readonly { readonly side: Side; readonly groups: number }[],
  metrics: readonly CorpusStatistics[],
): void {
  if (sample.failure !== undefined || sample.details?.perturbed === true) return;
  const wanting = sides.filter(({ side }) => side.variant === sample.variant && side.groupOf.has(sample.row));
  if (wanting.length === 0) return;
  const observation = observe(sample);
  for (const [index, metric] of metrics.entries()) {
    const statistics = metric.of(observation);
    for (const { side, groups } of wanting) {
      const sums = (side.sums[index] ??= new Float64Array(groups * statistics.length));
      const at = side.groupOf.get(sample.row)! * statistics.length;
      for (let column = 0; column < statistics.length; column++) sums[at + column]! += statistics[column]!;
    }
  }
}

/** The comparison of one metric, after its statistics were summed. */
export function compareCorpus(
  { n, groups, variant, baseline }: CorpusPair,
  metric: CorpusStatistics,
  index: number,
  { confidence, seed }: CompareOptions,
): PairedResult {
  const [a, b] = [variant.sums[index] ?? new Float64Array(), baseline.sums[index] ?? new Float64Array()];
  const width = groups === 0 ? 1 : Math.max(1, a.length / groups);
  const result = comparePairedStatistics(
    { variant: statisticRows(a, width), baseline: statisticRows(b, width) },
    sums => metric.figure(sums),
    { confidence, seed },
  );
  if (n <= groups) return { ...result, n };
  const { rowsNeeded, method } = result;
  return {
    ...result,
    n,
    method: `${method} over ${String(groups)} groups of rows`,
    rowsNeeded: rowsNeeded === undefined ? undefined : Math.ceil((rowsNeeded * n) / groups),
  };
}
