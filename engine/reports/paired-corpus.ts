import type { CorpusStatistics, Metric } from '../metrics/metric.ts';
import type { SampleColumns, SampleRecord, Store } from '../ports/store.ts';
import type { CompareOptions, PairedResult } from '../statistics/compare.ts';
import { comparePairedStatistics } from '../statistics/corpus.ts';
import { createRandom, shuffle } from '../statistics/random.ts';
import { statisticRows } from '../statistics/units.ts';
import { observe } from './aggregate.ts';
import type { ComparedMetric } from './compared-metrics.ts';
import { comparePoints, startPoints, type GroupedPoints } from './paired-points.ts';
import type { RowNumbers } from './paired-rows.ts';

/** What one side's rows come to, by one metric. */
interface Collected {
  /** Summed statistics, group after group. */
  readonly sums?: Float64Array;
  readonly points?: GroupedPoints;
}

/** One side of a pair: whose samples, and to which group of rows each row belongs. */
interface Side {
  readonly runId: string;
  readonly variant: number;
  /** Rows of the pair. */
  readonly n: number;
  readonly groups: number;
  /** Group by position of the row in the run; rows without one are not paired. */
  readonly groupOf: ReadonlyMap<number, number>;
  /** By metric. */
  readonly collected: Map<ComparedMetric, Collected>;
}

/** A pair whose answers are still to be read. */
export interface CorpusPair {
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
  shuffle(order, createRandom(seed));
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
    return { runId, variant: index, n, groups, groupOf, collected: new Map() };
  };
  return { variant: sideOf(variant), baseline: sideOf(baseline) };
}

/** Reads each run once and adds every sample to the pairs it belongs to. */
export async function sumCorpus(
  pairs: readonly CorpusPair[],
  metrics: readonly ComparedMetric[],
  store: Store,
  signal: AbortSignal,
): Promise<void> {
  const sides = pairs.flatMap(({ variant, baseline }) => [variant, baseline]);
  for (const runId of new Set(sides.map(side => side.runId))) {
    const own = sides.filter(side => side.runId === runId);
    for await (const samples of store.readObserved(runId, signal)) {
      for (const sample of samples) addSample(sample, own, metrics);
    }
  }
}

function addSample(sample: SampleRecord, sides: readonly Side[], metrics: readonly ComparedMetric[]): void {
  if (sample.failure !== undefined || sample.details?.perturbed === true) return;
  const wanting = sides.filter(({ variant, groupOf }) => variant === sample.variant && groupOf.has(sample.row));
  if (wanting.length === 0) return;
  const observation = observe(sample);
  for (const metric of metrics) {
    const statistics = metric.corpus?.of(observation);
    for (const side of wanting) {
      const group = side.groupOf.get(sample.row)!;
      if (statistics !== undefined) addStatistics(side, metric, group, statistics);
      else if (metric.whole !== undefined) pointsOf(side, metric, metric.whole).add(group, observation);
    }
  }
}

function addStatistics(side: Side, metric: ComparedMetric, group: number, statistics: Float64Array): void {
  let sums = side.collected.get(metric)?.sums;
  if (sums === undefined) {
    sums = new Float64Array(side.groups * statistics.length);
    side.collected.set(metric, { sums });
  }
  const at = group * statistics.length;
  for (let column = 0; column < statistics.length; column++) sums[at + column]! += statistics[column]!;
}

function pointsOf(side: Side, metric: ComparedMetric, whole: Metric): GroupedPoints {
  let points = side.collected.get(metric)?.points;
  if (points === undefined) {
    points = startPoints(whole, side.n);
    side.collected.set(metric, { points });
  }
  return points;
}

/** The comparison by one metric, after the answers were read; undefined for metrics that need none. */
export function compareCorpus(
  { variant, baseline }: CorpusPair,
  metric: ComparedMetric,
  options: CompareOptions,
): PairedResult | undefined {
  const { n, groups } = variant;
  if (metric.whole !== undefined)
    return comparePoints(pointsOf(variant, metric, metric.whole), pointsOf(baseline, metric, metric.whole), n, options);
  if (metric.corpus === undefined) return undefined;
  return compareSums(
    metric.corpus,
    n,
    groups,
    variant.collected.get(metric)?.sums,
    baseline.collected.get(metric)?.sums,
    options,
  );
}

function compareSums(
  corpus: CorpusStatistics,
  n: number,
  groups: number,
  first: Float64Array = new Float64Array(),
  second: Float64Array = new Float64Array(),
  { confidence, seed }: CompareOptions,
): PairedResult {
  const width = groups === 0 ? 1 : Math.max(1, first.length / groups);
  const result = comparePairedStatistics(
    { variant: statisticRows(first, width), baseline: statisticRows(second, width) },
    sums => corpus.figure(sums),
    { confidence, seed },
  );
  if (n <= groups) return { ...result, n };
  const { rowsNeeded, method } = result;
  return {
    ...result,
    n,
    method: `${method}, over ${String(groups)} groups of rows`,
    rowsNeeded: rowsNeeded === undefined ? undefined : Math.ceil((rowsNeeded * n) / groups),
  };
}
