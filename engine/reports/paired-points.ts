import type { Aggregator, Metric, Observation } from '../metrics/metric.ts';
import type { CompareOptions, PairedResult } from '../statistics/compare.ts';
import { computeMoments } from '../statistics/intervals.ts';
import { studentQuantile, studentTail } from '../statistics/quantiles.ts';
import { rowsNeededForMean } from '../statistics/rows-needed.ts';

/** Groups of rows: few enough to feed, enough for a Student's t that is nearly normal. */
const mostGroups = 50;
/** Up to this many rows a group's figure is taken over all rows but its own; above, over its own alone, which is a fiftieth of the work. */
const mostForJackknife = 5_000;

/** One side's figure as a whole and by groups of rows, of metrics that tell nothing but their figure (macro F1, say). */
export interface GroupedPoints {
  /** `group` is any number that the repeats of a row share. */
  add(group: number, observation: Observation): void;
  whole(): number;
  byGroup(): Float64Array;
}

export function startPoints(metric: Metric, rows: number): GroupedPoints {
  const all = metric.startAggregate();
  const parts = Array.from({ length: Math.min(rows, mostGroups) }, () => metric.startAggregate());
  const isJackknife = rows <= mostForJackknife;
  return {
    add(group, observation) {
      const own = group % parts.length;
      all.add(observation);
      if (isJackknife) {
        for (let part = 0; part < parts.length; part++) if (part !== own) parts[part]?.add(observation);
      } else parts[own]?.add(observation);
    },
    whole: () => pointOf(all),
    byGroup: () => Float64Array.from(parts, pointOf),
  };
}

function pointOf(aggregator: Aggregator): number {
  return aggregator.point?.() ?? NaN;
}

/**
 * Difference of two figures over the same rows, variant minus baseline, from the spread of the differences of random groups of rows: the
 * delete-a-group jackknife, or for many rows the random groups themselves (Wolter 2007, "Introduction to Variance Estimation", chapters
 * 2 and 4), with Student's t.
 */
export function comparePoints(
  variant: GroupedPoints,
  baseline: GroupedPoints,
  rows: number,
  { confidence }: CompareOptions,
): PairedResult {
  const isJackknife = rows <= mostForJackknife;
  const first = variant.byGroup();
  const second = baseline.byGroup();
  const groups = first.length;
  const names = {
    test: isJackknife ? 'jackknife t' : 'random groups t',
    method: `${isJackknife ? 'jackknife' : 'spread'} of ${String(groups)} groups, Student’s t`,
  };
  const difference = variant.whole() - baseline.whole();
  const { n, mean, variance } = computeMoments(first.map((point, group) => point - second[group]!));
  if (n < 2 || !Number.isFinite(difference) || !Number.isFinite(mean))
    return {
      n: rows,
      difference: undefined,
      low: undefined,
      high: undefined,
      pValue: 1,
      rowsNeeded: undefined,
      ...names,
    };
  const error = isJackknife ? (n - 1) * Math.sqrt(variance / n) : Math.sqrt(variance / n);
  const margin = studentQuantile((1 + confidence) / 2, n - 1) * error;
  return {
    n: rows,
    difference,
    low: difference - margin,
    high: difference + margin,
    pValue: difference === 0 ? 1 : error === 0 ? 0 : 2 * studentTail(Math.abs(difference) / error, n - 1),
    rowsNeeded: rowsNeededForMean(error * Math.sqrt(rows), difference, confidence),
    ...names,
  };
}
