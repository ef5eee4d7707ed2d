import { computeMoments, meanInterval, type ClosedInterval, type Moments } from './intervals.ts';
import { countRows, mcnemarExact, newcombePaired, type PairedCounts } from './paired-counts.ts';
import { studentTail } from './quantiles.ts';
import { createRandom } from './random.ts';
import { bootstrapMean, signFlipTest } from './resampling.ts';
import { rowsNeededForMean, rowsNeededForRanks, rowsNeededForShares } from './rows-needed.ts';
import { rankSigned, wilcoxonTest } from './wilcoxon.ts';

/** Two variants on the rows both answered: counts of right and wrong, or variant minus baseline for each row. */
type PairedInput = { readonly counts: PairedCounts } | { readonly differences: Float64Array };

export interface CompareOptions {
  /** Such as 0.95. */
  readonly confidence: number;
  readonly seed: number;
  /**
   * Test of differences by their ranks instead of their mean, for scores with long tails or on an ordinal scale. The interval stays the
   * mean's. Counts keep McNemar's test: on them ranks say the same.
   */
  readonly test?: 'wilcoxon';
}

/** Variant against baseline. Without enough rows the figures are undefined and the p-value is 1. */
export interface PairedResult {
  /** Paired rows. */
  readonly n: number;
  /** Variant minus baseline. */
  readonly difference: number | undefined;
  readonly low: number | undefined;
  readonly high: number | undefined;
  /** Two-sided, not adjusted for other comparisons. */
  readonly pValue: number;
  /** Name of the test, such as `McNemar, exact`. */
  readonly test: string;
  /** How the interval was made. */
  readonly method: string;
  /** About how many rows would show this difference as significant with 80 % power; undefined where there is none. */
  readonly rowsNeeded: number | undefined;
}

const resamples = 2000;
const signFlips = 4999;
/** Below this the bootstrap of a mean is too narrow; above the other, Student's t is as good and instant. */
const fewestForBootstrap = 30;
const mostForBootstrap = 1000;

/**
 * Counts: McNemar's exact test and Newcombe's interval. Differences: a sign-flip test and a bootstrap interval of the mean, or Student's t
 * where rows are too few or so many that it makes no difference.
 */
export function comparePaired(input: PairedInput, options: CompareOptions): PairedResult {
  if ('counts' in input) return compareCounts(input.counts, options);
  const result = compareDifferences(input.differences, options);
  return options.test === 'wilcoxon' ? testRanks(input.differences, result, options) : result;
}

function compareCounts(counts: PairedCounts, { confidence }: CompareOptions): PairedResult {
  const names = { test: 'McNemar, exact', method: 'Newcombe, paired' };
  const n = countRows(counts);
  if (n === 0) return { ...nothingKnown(n), ...names };
  const { onlyVariant, onlyBaseline } = counts;
  const difference = (onlyVariant - onlyBaseline) / n;
  return {
    n,
    difference,
    ...newcombePaired(counts, confidence),
    pValue: mcnemarExact(onlyVariant, onlyBaseline),
    ...names,
    rowsNeeded: rowsNeededForShares((onlyVariant + onlyBaseline) / n, difference, confidence),
  };
}

function compareDifferences(differences: Float64Array, { confidence, seed }: CompareOptions): PairedResult {
  const moments = computeMoments(differences);
  const { n, mean, variance } = moments;
  const interval = meanInterval(moments, confidence);
  const names = { test: 'paired t', method: 'Student’s t' };
  if (!interval) return { ...nothingKnown(n), ...names };
  const common = { n, difference: mean, rowsNeeded: rowsNeededForMean(Math.sqrt(variance), mean, confidence) };
  if (variance === 0 && mean === 0) return { ...common, low: 0, high: 0, pValue: 1, ...names };
  if (n > mostForBootstrap) return { ...common, ...interval, pValue: pairedT(moments), ...names };
  const random = createRandom(seed);
  const test = { pValue: signFlipTest(differences, signFlips, random), test: 'sign flip, 4,999 draws' };
  if (n < fewestForBootstrap) return { ...common, ...interval, ...test, method: names.method };
  const bounds: ClosedInterval = bootstrapMean(differences, confidence, resamples, random);
  return { ...common, ...bounds, ...test, method: 'paired bootstrap, 2,000 resamples' };
}

function testRanks(differences: Float64Array, result: PairedResult, { confidence }: CompareOptions): PairedResult {
  const ranks = rankSigned(differences);
  return { ...result, ...wilcoxonTest(ranks), rowsNeeded: rowsNeededForRanks(ranks, result.n, confidence) };
}

function pairedT({ n, mean, variance }: Moments): number {
  return variance === 0 ? 0 : 2 * studentTail(Math.abs(mean) / Math.sqrt(variance / n), n - 1);
}

function nothingKnown(n: number) {
  return { n, difference: undefined, low: undefined, high: undefined, pValue: 1, rowsNeeded: undefined };
}
