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
  const [first] = counted;
  if (first === undefined || counted.length < 2) return undefined;
  const pairs = (counted.length * (counted.length - 1)) / 2;
  const each = 1 - (1 - confidence) / pairs;
  const bounds = counted.map(({ right, n }) => wilsonInterval(right, n, each));
  let low = 0;
  let high = 0;
  for (let a = 0; a < counted.length; a++) {
    for (let b = a + 1; b < counted.length; b++) {
      const interval = combineBounds(counted[a]!, bounds[a]!, counted[b]!, bounds[b]!);
      low = Math.max(low, interval.low, -interval.high);
      high = Math.max(high, interval.high, -interval.low);
    }
  }
  const best = counted.reduce((leader, group) => (shareOf(group) > shareOf(leader) ? group : leader), first);
  const worst = counted.reduce((last, group) => (shareOf(group) < shareOf(last) ? group : last), first);
  return {
    best: best.name,
    worst: worst.name,
    gap: shareOf(best) - shareOf(worst),
    low,
    high,
    confidence,
    n: counted.reduce((sum, { n }) => sum + n, 0),
    method: pairs === 1 ? 'Newcombe' : `Newcombe, Bonferroni over ${String(pairs)} pairs`,
  };
}

/**
 * Newcombe's (1998) hybrid score interval of the difference of two independent proportions, a − b, without continuity correction
 * (method 10, Statistics in Medicine 17:873–890). Both groups have at least one row.
 */
export function newcombeIndependent(a: GroupCounts, b: GroupCounts, confidence: number): ClosedInterval {
  return combineBounds(a, wilsonInterval(a.right, a.n, confidence), b, wilsonInterval(b.right, b.n, confidence));
}

function combineBounds(
  a: GroupCounts,
  boundsOfA: ClosedInterval,
  b: GroupCounts,
  boundsOfB: ClosedInterval,
): ClosedInterval {
  const shareA = shareOf(a);
  const shareB = shareOf(b);
  const difference = shareA - shareB;
  return {
    low: difference - Math.hypot(shareA - boundsOfA.low, boundsOfB.high - shareB),
    high: difference + Math.hypot(boundsOfA.high - shareA, shareB - boundsOfB.low),
  };
}

function shareOf({ right, n }: GroupCounts): number {
  return right / n;
}
