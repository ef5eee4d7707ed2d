import type { CompareOptions } from './compare.ts';
import { resampleStatistics } from './corpus.ts';
import { cutInterval, estimateMean, type Estimate } from './estimate.ts';
import { wilsonInterval } from './intervals.ts';
import type { RowStatistics, Score } from './units.ts';

/**
 * What a model claimed and what came of it, row by row: the probability it gave to its answer, 0 … 1, and whether that was right, 1 or 0.
 * For a two-class score: the probability of the positive class, and whether the row is positive.
 */
export interface Claims {
  readonly confidences: Float64Array;
  readonly outcomes: Float64Array;
}

export interface BinOptions {
  /** At most so many; 10 unless told. */
  readonly bins?: number;
  /** `equal-mass` puts about as many rows in each bin; equal confidences share one. */
  readonly kind?: 'equal-width' | 'equal-mass';
}

/** One bin of a reliability diagram: confidences above `from`, up to and with `to`; the first bin holds 0 too. */
export interface ReliabilityBin {
  readonly from: number;
  readonly to: number;
  readonly n: number;
  /** Means over the bin's rows; undefined where it has none. */
  readonly confidence: number | undefined;
  readonly accuracy: number | undefined;
}

/** The bins of a reliability diagram: DeGroot and Fienberg (1983); equal width as Guo et al. (2017), equal mass as Nguyen and O'Connor (2015). */
export function reliabilityBins(claims: Claims, options: BinOptions = {}): ReliabilityBin[] {
  const edges = findEdges(claims.confidences, options);
  const counts = new Float64Array(edges.length);
  const confidences = new Float64Array(edges.length);
  const outcomes = new Float64Array(edges.length);
  claims.confidences.forEach((confidence, row) => {
    const bin = findBin(edges, confidence);
    counts[bin]! += 1;
    confidences[bin]! += confidence;
    outcomes[bin]! += claims.outcomes[row]!;
  });
  return Array.from(edges, (to, bin) => {
    const n = counts[bin]!;
    const from = bin === 0 ? 0 : edges[bin - 1]!;
    if (n === 0) return { from, to, n, confidence: undefined, accuracy: undefined };
    return { from, to, n, confidence: confidences[bin]! / n, accuracy: outcomes[bin]! / n };
  });
}

/**
 * Expected calibration error: the mean distance of confidence and accuracy over bins, weighted by rows (Naeini et al. 2015, Guo et al. 2017).
 * Interval: percentile bootstrap over rows with the bins held; where all outcomes are the same, Wilson's bound of them on either side. Both
 * the figure and its resamples are biased upward where bins hold few rows, as every mean of distances is.
 */
export function expectedCalibrationError(claims: Claims, options: Options & BinOptions): Estimate {
  return measureError(claims, options, sumOf, (gaps, counts) => sumOf(gaps.map(Math.abs)) / sumOf(counts));
}

/** Maximum calibration error: the largest distance of confidence and accuracy of any bin (Naeini et al. 2015), otherwise as above. */
export function maximumCalibrationError(claims: Claims, options: Options & BinOptions): Estimate {
  const countFewest = (counts: Float64Array) =>
    counts.reduce((least, count) => (count === 0 ? least : Math.min(least, count)), Infinity);
  return measureError(claims, options, countFewest, (gaps, counts) =>
    gaps.reduce((most, gap, bin) => (counts[bin] === 0 ? most : Math.max(most, Math.abs(gap) / counts[bin]!)), 0),
  );
}

/** Brier's (1950) score of two classes: mean squared distance of probability and outcome, 0 … 1; scikit-learn's `brier_score_loss`. */
export function brierScore({ confidences, outcomes }: Claims, confidence: number): Estimate {
  const losses = confidences.map((probability, row) => (probability - outcomes[row]!) ** 2);
  return estimateMean(losses, confidence, { least: 0, most: 1 });
}

/** Negative log likelihood of two classes, in nats; probabilities are kept 2.2e-16 off 0 and 1, as scikit-learn's `log_loss` does. */
export function logLoss({ confidences, outcomes }: Claims, confidence: number): Estimate {
  const losses = confidences.map((probability, row) =>
    outcomes[row] === 1 ? -Math.log(cut(probability)) : -Math.log(1 - cut(probability)),
  );
  return estimateMean(losses, confidence, { least: 0 });
}

/** Probabilities over several classes, row after row, and each row's class. */
interface ClassClaims {
  readonly probabilities: Float64Array;
  readonly classes: number;
  readonly targets: Int32Array;
}

/** Brier's (1950) score over all classes: mean over rows of the summed squares, 0 … 2; `brier_score_loss` with `scale_by_half=False`. */
export function brierScoreOfClasses({ probabilities, classes, targets }: ClassClaims, confidence: number): Estimate {
  const losses = Float64Array.from(targets, (target, row) => {
    let sum = 0;
    for (let index = 0; index < classes; index++) {
      sum += (probabilities[row * classes + index]! - (index === target ? 1 : 0)) ** 2;
    }
    return sum;
  });
  return estimateMean(losses, confidence, { least: 0, most: 2 });
}

/** {@link logLoss} over several classes: of the probability of each row's own class. */
export function logLossOfClasses({ probabilities, classes, targets }: ClassClaims, confidence: number): Estimate {
  const losses = Float64Array.from(targets, (target, row) => -Math.log(cut(probabilities[row * classes + target]!)));
  return estimateMean(losses, confidence, { least: 0 });
}

type Options = Pick<CompareOptions, 'confidence' | 'seed'>;
const errorRange = { least: 0, most: 1 };

/** `countRows` tells how many rows the figure rests on, from the rows of each bin. */
function measureError(
  { confidences, outcomes }: Claims,
  options: Options & BinOptions,
  countRows: (counts: Float64Array) => number,
  combine: (gaps: Float64Array, counts: Float64Array) => number,
): Estimate {
  const edges = findEdges(confidences, options);
  const bins = edges.length;
  const statistics: RowStatistics = {
    rows: confidences.length,
    width: bins * 2,
    addTo(row, into, at) {
      const bin = at + findBin(edges, confidences[row]!);
      into[bin]! += 1;
      into[bin + bins]! += outcomes[row]! - confidences[row]!;
    },
  };
  const score: Score = sums => combine(sums.subarray(bins), sums.subarray(0, bins));
  const estimate = resampleStatistics(statistics, score, options, errorRange);
  const { point } = estimate;
  if (point === undefined || outcomes.some(outcome => outcome !== outcomes[0])) return estimate;
  const counts = Float64Array.from(reliabilityBins({ confidences, outcomes }, options), ({ n }) => n);
  const rows = countRows(counts);
  const { high: doubt } = wilsonInterval(0, rows, options.confidence);
  return { ...estimate, ...cutInterval({ low: point - doubt, high: point + doubt }, errorRange), method: 'Wilson' };
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

/** Upper edges of the bins, ascending; the last is 1. */
function findEdges(confidences: Float64Array, { bins = 10, kind = 'equal-width' }: BinOptions): Float64Array {
  if (kind === 'equal-width') return Float64Array.from({ length: bins }, (_, bin) => (bin + 1) / bins);
  const sorted = confidences.slice().sort();
  const edges = new Set<number>();
  for (let bin = 1; bin < bins; bin++) {
    const last = Math.ceil((bin * sorted.length) / bins) - 1;
    if (last >= 0) edges.add(sorted[last]!);
  }
  edges.delete(sorted.at(-1) ?? 1);
  return Float64Array.from([...edges, 1]);
}

/** First bin whose upper edge is not below the confidence. */
function findBin(edges: Float64Array, confidence: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle]! >= confidence) high = middle;
    else low = middle + 1;
  }
  return low;
}

function cut(probability: number): number {
  return Math.min(1 - Number.EPSILON, Math.max(Number.EPSILON, probability));
}
