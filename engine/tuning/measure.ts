import type { MetricValue, SliceGap, SliceResult } from '../../schemas/generated/messages.ts';
import { leadingMetric } from '../metrics/benchmark-metrics.ts';
import type { Metric, Observation } from '../metrics/metric.ts';
import type { Classifier } from '../models/embedded/classifier.ts';
import { createBreather } from '../models/embedded/training.ts';
import type { Clock } from '../ports/clock.ts';
import { VariantAggregate } from '../reports/aggregate.ts';
import { maxGap, type GroupCounts } from '../statistics/max-gap.ts';
import type { TuningRow } from './rows.ts';

/** A model's figures on an aspect's test rows. */
export interface MeasuredRows {
  readonly metrics: readonly MetricValue[];
  readonly slices: readonly SliceResult[];
  readonly gaps: readonly SliceGap[];
}

export interface MeasureOptions {
  readonly confidence: number;
  readonly seed: number;
}

/** Counts of one value of a slice column. */
type Group = { -readonly [K in keyof GroupCounts]: GroupCounts[K] };
/** By column, then by value. */
type Groups = Map<string, Map<string, Group>>;

/** A column with more values than this names rows, not groups. */
const mostGroups = 100;

/** Asks a classifier all rows, as a benchmark would, and lets the host breathe between them. */
export async function measureRows(
  rows: readonly TuningRow[],
  classifier: Classifier,
  metrics: readonly Metric[],
  options: MeasureOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<MeasuredRows> {
  const aggregate = new VariantAggregate(metrics);
  // Gaps are between shares of right answers, so a metric that only grades answers cannot lead.
  const leading = leadingMetric(metrics.filter(({ right }) => right?.binary === true));
  const groups: Groups = new Map();
  const breather = createBreather(() => clock.sleep(0, signal), signal);
  for (const row of rows) {
    const observation: Observation = { output: classifier.classify(row.text), target: row.label };
    aggregate.addAnswered(observation, row.slices);
    countGroups(groups, row, (leading.score?.(observation) ?? 0) >= 1);
    const wait = breather.spend(row.text.length * 20 * classifier.labels.length);
    if (wait) await wait;
  }
  const variant = { variant: 0, model: '', modelDigest: '' };
  const { metrics: figures, slices } = aggregate.result('', variant, options, []);
  const gaps = [...groups].flatMap(([column, values]) =>
    gapOf(column, [...values.values()], leading, options.confidence),
  );
  return { metrics: figures, slices, gaps };
}

function countGroups(groups: Groups, { slices }: TuningRow, right: boolean): void {
  for (const [column, name] of Object.entries(slices)) {
    const values: Map<string, Group> = groups.get(column) ?? new Map<string, Group>();
    const group = values.get(name) ?? { name, right: 0, n: 0 };
    groups.set(column, values.set(name, group));
    group.n += 1;
    if (right) group.right += 1;
  }
}

/** The largest difference between a slice column's values; none where there is one value, or as many as there are rows. */
function gapOf(column: string, groups: readonly GroupCounts[], leading: Metric, confidence: number): SliceGap[] {
  const gap = groups.length > mostGroups ? undefined : maxGap(groups, confidence);
  if (gap === undefined) return [];
  const { best, worst, gap: value, low, high, n, method } = gap;
  const figure: MetricValue = {
    metric: `${leading.id}.gap`,
    label: `Largest gap in ${leading.label.toLowerCase()}`,
    kind: 'quality',
    unit: 'ratio',
    direction: 'lower',
    value,
    n,
    low,
    high,
    confidence,
    method,
  };
  return [{ column, best, worst, figure }];
}
