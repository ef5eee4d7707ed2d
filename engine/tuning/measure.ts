import type { MetricValue, SliceGap, SliceResult } from '../../schemas/generated/messages.ts';
import { leadingMetric } from '../metrics/benchmark-metrics.ts';
import type { Aggregator, Metric, Observation } from '../metrics/metric.ts';
import type { Classifier } from '../models/embedded/classifier.ts';
import { createBreather } from '../models/embedded/training.ts';
import type { Clock } from '../ports/clock.ts';
import { VariantAggregate } from '../reports/aggregate.ts';
import { figureGap, type GroupFigure } from '../statistics/figure-gap.ts';
import { maxGap, type GroupCounts } from '../statistics/max-gap.ts';
import type { TuningRow } from './rows.ts';

/** A model's answers to an aspect's test rows, in their order; undefined where a row has none. */
export type RowAnswers = readonly (string | undefined)[];

/** A model's figures on an aspect's test rows. */
export interface MeasuredRows {
  readonly metrics: readonly MetricValue[];
  readonly slices: readonly SliceResult[];
  readonly gaps: readonly SliceGap[];
  /** Rows without an answer: no figure counts them, as in benchmarks. */
  readonly failed: number;
}

export interface MeasureOptions {
  readonly confidence: number;
  readonly seed: number;
}

/** Counts of one value of a slice column. */
type Group = { -readonly [K in keyof GroupCounts]: GroupCounts[K] } & { readonly aggregator: Aggregator | undefined };
/** By column, then by value. */
type Groups = Map<string, Map<string, Group>>;

/** A column with more values than this names rows, not groups. */
const mostGroups = 100;

/** Asks a classifier all rows, as a benchmark would, and lets the host breathe between them. */
export async function classifyRows(
  rows: readonly TuningRow[],
  classifier: Classifier,
  clock: Clock,
  signal: AbortSignal,
): Promise<RowAnswers> {
  const breather = createBreather(() => clock.sleep(0, signal), signal);
  const answers: string[] = [];
  for (const row of rows) {
    answers.push(classifier.classify(row.text));
    const wait = breather.spend(row.text.length * 20 * classifier.labels.length);
    if (wait) await wait;
  }
  return answers;
}

/** What is measured between groups: the share of right answers where a metric tells right from wrong, else the first metric's figure. */
export function gapMetric(metrics: readonly Metric[], classes: boolean): Metric {
  const binary = metrics.filter(({ right }) => right?.binary === true);
  const [first] = metrics;
  return binary.length > 0 || classes || first === undefined ? leadingMetric(binary) : first;
}

/** A model's figures by the metrics of benchmarks. */
export async function measureAnswers(
  rows: readonly TuningRow[],
  answers: RowAnswers,
  metrics: readonly Metric[],
  leading: Metric,
  options: MeasureOptions,
  clock: Clock,
  signal: AbortSignal,
): Promise<MeasuredRows> {
  const aggregate = new VariantAggregate(metrics);
  const counts = leading.right?.binary === true;
  const groups: Groups = new Map();
  const breather = createBreather(() => clock.sleep(0, signal), signal);
  let failed = 0;
  for (const [position, row] of rows.entries()) {
    const observation = observe(row, answers[position]);
    if (observation === undefined) {
      failed += 1;
      aggregate.addFailed();
      continue;
    }
    aggregate.addAnswered(observation, row.slices);
    countGroups(groups, row, observation, leading, counts);
    const wait = breather.spend((observation.output.length + row.label.length) * 20 * metrics.length);
    if (wait) await wait;
  }
  const variant = { variant: 0, model: '', modelDigest: '' };
  const { metrics: figures, slices } = aggregate.result('', variant, options, []);
  const gaps = [...groups].flatMap(([column, values]) =>
    values.size > mostGroups ? [] : gapOf(column, [...values.values()], leading, options),
  );
  return { metrics: figures, slices, gaps, failed };
}

/** What metrics see of an answered row; undefined where it has no answer. */
export function observe({ label, slices }: TuningRow, output: string | undefined): Observation | undefined {
  return output === undefined ? undefined : { output, target: label, slices };
}

function countGroups(
  groups: Groups,
  { slices }: TuningRow,
  observation: Observation,
  leading: Metric,
  counts: boolean,
): void {
  for (const [column, name] of Object.entries(slices)) {
    const values: Map<string, Group> = groups.get(column) ?? new Map<string, Group>();
    groups.set(column, values);
    let group = values.get(name);
    if (group === undefined) {
      // Beyond the limit the column is not compared: it needs no figures.
      const aggregator = counts || values.size >= mostGroups ? undefined : leading.startAggregate();
      group = { name, right: 0, n: 0, aggregator };
      values.set(name, group);
    }
    group.n += 1;
    if (counts && (leading.score?.(observation) ?? 0) >= 1) group.right += 1;
    group.aggregator?.add(observation);
  }
}

/** The largest difference between a slice column's values; none where there is one value, or as many as there are rows. */
function gapOf(column: string, groups: readonly Group[], leading: Metric, options: MeasureOptions): SliceGap[] {
  return leading.right?.binary === true
    ? gapOfShares(column, groups, leading, options.confidence)
    : gapOfFigures(column, groups, leading, options);
}

function gapOfShares(column: string, groups: readonly Group[], leading: Metric, confidence: number): SliceGap[] {
  const gap = maxGap(groups, confidence);
  if (gap === undefined) return [];
  const { best, worst, gap: value, low, high, n, method } = gap;
  return [
    { column, best, worst, figure: { ...gapShape(leading), unit: 'ratio', value, n, low, high, confidence, method } },
  ];
}

function gapOfFigures(
  column: string,
  groups: readonly Group[],
  leading: Metric,
  { confidence, seed }: MeasureOptions,
): SliceGap[] {
  const figures = groups.flatMap(({ name, n, aggregator }): GroupFigure[] => {
    const value = aggregator?.point?.();
    if (value === undefined) return [];
    const bounds = (level: number) => {
      const { low, high } = aggregator?.values({ confidence: level, seed })[0] ?? {};
      return { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
    };
    return [{ name, n, value, bounds }];
  });
  const gap = figureGap(figures, confidence);
  if (gap === undefined) return [];
  const { highest, lowest, gap: value, low, high, n } = gap;
  const [best, worst] = leading.direction === 'lower' ? [lowest, highest] : [highest, lowest];
  const method = 'of all pairs at once, Bonferroni';
  const figure: MetricValue = { ...gapShape(leading), unit: leading.unit, value, n, low, high, confidence, method };
  return [{ column, best, worst, figure }];
}

function gapShape(leading: Metric): Pick<MetricValue, 'metric' | 'label' | 'kind' | 'direction'> {
  return {
    metric: `${leading.id}.gap`,
    label: `Largest gap in ${leading.label.toLowerCase()}`,
    kind: 'quality',
    direction: 'lower',
  };
}
