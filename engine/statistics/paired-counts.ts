import { binomialCumulative } from './binomial.ts';
import { wilsonInterval, type ClosedInterval } from './intervals.ts';

/** Rows that two variants both answered, by who was right. */
export interface PairedCounts {
  readonly bothRight: number;
  readonly onlyVariant: number;
  readonly onlyBaseline: number;
  readonly bothWrong: number;
}

/** Two-sided exact p-value of McNemar's test: the binomial test that rows only one answered right fall to either side alike. */
export function mcnemarExact(onlyVariant: number, onlyBaseline: number): number {
  const discordant = onlyVariant + onlyBaseline;
  return Math.min(1, 2 * binomialCumulative(Math.min(onlyVariant, onlyBaseline), discordant, 0.5));
}

/**
 * Interval of the difference of two paired shares, variant minus baseline: Newcombe (1998), "Improved confidence intervals for the
 * difference between binomial proportions based on paired data", Statistics in Medicine 17, method 10: Wilson's intervals
 * of both shares combined with their correlation, the latter corrected for continuity. At least one row.
 */
export function newcombePaired(counts: PairedCounts, confidence: number): ClosedInterval {
  const { bothRight, onlyVariant, onlyBaseline } = counts;
  const n = countRows(counts);
  const variant = (bothRight + onlyVariant) / n;
  const baseline = (bothRight + onlyBaseline) / n;
  const variantBounds = wilsonInterval(bothRight + onlyVariant, n, confidence);
  const baselineBounds = wilsonInterval(bothRight + onlyBaseline, n, confidence);
  const correlation = correctedCorrelation(counts);
  const difference = (onlyVariant - onlyBaseline) / n;
  return {
    low: difference - combine(variant - variantBounds.low, baselineBounds.high - baseline, correlation),
    high: difference + combine(baseline - baselineBounds.low, variantBounds.high - variant, correlation),
  };
}

export function countRows({ bothRight, onlyVariant, onlyBaseline, bothWrong }: PairedCounts): number {
  return bothRight + onlyVariant + onlyBaseline + bothWrong;
}

function combine(first: number, second: number, correlation: number): number {
  return Math.sqrt(Math.max(0, first * first - 2 * correlation * first * second + second * second));
}

function correctedCorrelation(counts: PairedCounts): number {
  const { bothRight, onlyVariant, onlyBaseline, bothWrong } = counts;
  const product =
    (bothRight + onlyVariant) * (onlyBaseline + bothWrong) * (bothRight + onlyBaseline) * (onlyVariant + bothWrong);
  if (product === 0) return 0;
  const determinant = bothRight * bothWrong - onlyVariant * onlyBaseline;
  const corrected = determinant > 0 ? Math.max(determinant - countRows(counts) / 2, 0) : determinant;
  return corrected / Math.sqrt(product);
}
