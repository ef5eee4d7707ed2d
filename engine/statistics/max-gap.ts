import { differBounds, figureGap, type GroupFigure } from './figure-gap.ts';
import { wilsonInterval, type ClosedInterval } from './intervals.ts';

/** One group's proportion: `right` of `n` rows. */
export interface GroupCounts {
  readonly name: string;
  readonly right: number;
  readonly n: number;
}

/** The largest difference between two groups' proportions, 0 … 1, with its interval. */
export interface MaxGap {
  /** The group with the highest proportion; the first among equals. */
  readonly best: string;
  readonly worst: string;
  readonly gap: number;
  readonly low: number;
  readonly high: number;
  /** Level at which `low` and `high` hold together. */
  readonly confidence: number;
  /** Rows of all compared groups. */
  readonly n: number;
  /** How the interval was made. */
  readonly method: string;
}

/**
 * Largest difference between the proportions of any two groups. The interval is simultaneous: every pair's difference gets Newcombe's
 * interval at the confidence that Bonferroni's inequality asks for, 1 − (1 − confidence) / pairs; with at least `confidence` all of them hold,
 * and then the largest true difference lies between the largest lower and the largest upper bound of an absolute difference.
 * That is conservative: the true coverage is above `confidence`, the more so the more groups there are. The observed gap itself is
 * biased upward, as every maximum is; judge the bound and not the point.
 * Groups without rows are left out; undefined for fewer than two groups with rows.
 */
export function maxGap(groups: readonly GroupCounts[], confidence: number): MaxGap | undefined {
  const counted = groups.filter(({ n }) => n > 0);
  const found = figureGap(counted.map(shareGroup), confidence);
  if (!found) return undefined;
  const { highest: best, lowest: worst, gap, low, high, n, pairs } = found;
  const method = pairs === 1 ? 'Newcombe' : `Newcombe, Bonferroni over ${String(pairs)} pairs`;
  return { best, worst, gap, low, high, confidence, n, method };
}

/** A group's proportion with Wilson's interval. At least one row. */
export function shareGroup({ name, right, n }: GroupCounts): GroupFigure {
  return { name, n, value: right / n, bounds: confidence => wilsonInterval(right, n, confidence) };
}

/**
 * Newcombe's (1998) hybrid score interval of the difference of two independent proportions, a − b, without continuity correction
 * (method 10, Statistics in Medicine 17:873–890). Both groups have at least one row.
 */
export function newcombeIndependent(a: GroupCounts, b: GroupCounts, confidence: number): ClosedInterval {
  return differBounds(
    { value: a.right / a.n, ...wilsonInterval(a.right, a.n, confidence) },
    { value: b.right / b.n, ...wilsonInterval(b.right, b.n, confidence) },
  );
}
