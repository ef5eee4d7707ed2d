import type { ClosedInterval, Interval } from './intervals.ts';

/** Any figure of one group of rows. */
export interface GroupFigure {
  readonly name: string;
  readonly n: number;
  readonly value: number;
  /** The figure's own interval at a confidence; a side is absent where the rows cannot bound it. */
  bounds(confidence: number): Interval;
}

/** The largest difference between two groups' figures and the smallest ratio of two, lowest to highest, with their intervals. */
export interface FigureGap {
  /** The first among equals. */
  readonly highest: string;
  readonly lowest: string;
  readonly gap: number;
  readonly low: number;
  readonly high: number;
  /** 0 … 1, 1 where all are alike; undefined where a figure is negative or all are 0. */
  readonly ratio: number | undefined;
  readonly ratioLow: number | undefined;
  readonly ratioHigh: number | undefined;
  readonly confidence: number;
  /** Rows of all compared groups. */
  readonly n: number;
  readonly pairs: number;
  /** Groups with too few rows to bound their figure. */
  readonly leftOut: readonly string[];
}

type Bounded = ClosedInterval & { readonly value: number };

/**
 * Gap: each pair's difference gets an interval at the confidence that Bonferroni's inequality
 * asks for, 1 − (1 − confidence) / pairs, from the groups' own intervals (MOVER: Zou and Donner 2008, Statistics in Medicine 27, of which
 * Newcombe's is the case of proportions); the largest true difference lies between the largest of their lower and upper bounds.
 * Ratio: the groups' intervals hold together at 1 − (1 − confidence) / groups each; then the lowest true figure is between the smallest
 * lower and the smallest upper bound, the highest likewise, and their ratio between the quotients. Both are conservative.
 * Undefined for fewer than two groups.
 */
export function figureGap(groups: readonly GroupFigure[], confidence: number): FigureGap | undefined {
  const possible = (groups.length * (groups.length - 1)) / 2;
  const compared: GroupFigure[] = [];
  const bounded: Bounded[] = [];
  const leftOut: string[] = [];
  for (const group of groups) {
    const { low, high } = group.bounds(1 - (1 - confidence) / possible);
    if (low === undefined || high === undefined || !Number.isFinite(group.value)) leftOut.push(group.name);
    else {
      compared.push(group);
      bounded.push({ low, high, value: group.value });
    }
  }
  const [first] = compared;
  if (first === undefined || compared.length < 2) return undefined;
  const highest = compared.reduce((leader, group) => (group.value > leader.value ? group : leader), first);
  const lowest = compared.reduce((last, group) => (group.value < last.value ? group : last), first);
  return {
    highest: highest.name,
    lowest: lowest.name,
    gap: highest.value - lowest.value,
    ...boundGap(bounded),
    ...divideFigures(compared, lowest.value, highest.value, confidence),
    confidence,
    n: compared.reduce((sum, { n }) => sum + n, 0),
    pairs: (compared.length * (compared.length - 1)) / 2,
    leftOut,
  };
}

/** Interval of a − b from the intervals of both (MOVER). */
export function differBounds(a: Bounded, b: Bounded): ClosedInterval {
  const difference = a.value - b.value;
  return {
    low: difference - Math.hypot(a.value - a.low, b.high - b.value),
    high: difference + Math.hypot(a.high - a.value, b.value - b.low),
  };
}

function boundGap(groups: readonly Bounded[]): ClosedInterval {
  let low = 0;
  let high = 0;
  for (let a = 0; a < groups.length; a++) {
    for (let b = a + 1; b < groups.length; b++) {
      const interval = differBounds(groups[a]!, groups[b]!);
      low = Math.max(low, interval.low, -interval.high);
      high = Math.max(high, interval.high, -interval.low);
    }
  }
  return { low, high };
}

function divideFigures(groups: readonly GroupFigure[], lowest: number, highest: number, confidence: number) {
  if (lowest < 0 || highest === 0) return { ratio: undefined, ratioLow: undefined, ratioHigh: undefined };
  const each = 1 - (1 - confidence) / groups.length;
  const least = { low: Infinity, high: Infinity };
  const most = { low: 0, high: 0 };
  for (const group of groups) {
    const { low = 0, high = Infinity } = group.bounds(each);
    least.low = Math.min(least.low, Math.max(0, low));
    least.high = Math.min(least.high, high);
    most.low = Math.max(most.low, low);
    most.high = Math.max(most.high, high);
  }
  return {
    ratio: lowest / highest,
    ratioLow: least.low / most.high,
    ratioHigh: most.low === 0 ? 1 : Math.min(1, least.high / most.low),
  };
}
