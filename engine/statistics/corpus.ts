import type { PairedResult } from './compare.ts';
import { cutInterval, type Estimate, type Range } from './estimate.ts';
import { createRandom, type Random } from './random.ts';
import { rowsNeededForMean } from './rows-needed.ts';
import { affordTimes, boundFigure, sumUnits, type RowStatistics, type Score, type Units } from './units.ts';

interface ResampleOptions {
  /** Such as 0.95. */
  readonly confidence: number;
  readonly seed: number;
}

interface CompareStatisticsOptions extends ResampleOptions {
  /** `bootstrap` takes the p-value from the resamples of the interval, for comparison with sacrebleu's `--paired-bs`. */
  readonly test?: 'randomisation' | 'bootstrap';
}

/** Two variants' statistics, row by row for the same rows, of the same width. */
interface PairedStatistics {
  readonly variant: RowStatistics;
  readonly baseline: RowStatistics;
}

/** Random swaps; as many as keep a p-value of 0.05 within 0.01 of itself. */
const mostSwaps = 1999;
const fewestSwaps = 499;

/**
 * A corpus figure such as BLEU, TER, word error rate or F1 with its interval, from the summed statistics of its rows: percentile bootstrap
 * over rows, over 1,000 random groups of them where there are more, and the jackknife below 30.
 */
export function resampleStatistics(
  statistics: RowStatistics,
  score: Score,
  { confidence, seed }: ResampleOptions,
  range: Range = {},
): Estimate {
  const random = createRandom(seed);
  const units = sumUnits(statistics, random);
  const { low, high, method } = boundFigure(units, score, confidence, random);
  const point = finiteOrNone(units.count === 0 ? NaN : score(units.totals));
  const interval = point === undefined || low === undefined || high === undefined ? {} : { low, high };
  return { n: statistics.rows, point, ...cutInterval(interval, range), method };
}

/**
 * Difference of two corpus figures, variant minus baseline, over the rows of both. Interval: paired bootstrap, which draws the same rows
 * for both (Koehn 2004, "Statistical significance tests for machine translation evaluation"). P-value: approximate randomisation
 * (Riezler and Maxwell 2005, "On some pitfalls in automatic evaluation and significance testing for MT"), which swaps rows
 * between the two with probability ½; two-sided, and 1 for equal figures.
 */
export function comparePairedStatistics(
  { variant, baseline }: PairedStatistics,
  score: Score,
  { confidence, seed, test = 'randomisation' }: CompareStatisticsOptions,
): PairedResult {
  const random = createRandom(seed);
  const n = variant.rows;
  const units = sumUnits(joinColumns(variant, baseline), random);
  const { width } = variant;
  const gap: Score = sums => score(sums.subarray(0, width)) - score(sums.subarray(width));
  const difference = finiteOrNone(n === 0 ? NaN : gap(units.totals));
  const { low, high, error, method, estimates } = boundFigure(units, gap, confidence, random);
  const common = { n, method: estimates.length > 0 ? `paired ${method}` : method };
  if (difference === undefined || low === undefined || high === undefined || error === undefined) {
    const nothing = { difference: undefined, low: undefined, high: undefined, rowsNeeded: undefined };
    return { ...common, ...nothing, pValue: 1, test: 'approximate randomisation' };
  }
  const isBootstrap = test === 'bootstrap' && estimates.length > 0;
  return {
    ...common,
    difference,
    low,
    high,
    ...(isBootstrap ? testCentred(estimates, difference) : swapRows(units, score, difference, random)),
    rowsNeeded: rowsNeededForMean(error * Math.sqrt(n), difference, confidence),
  };
}

function joinColumns(left: RowStatistics, right: RowStatistics): RowStatistics {
  return {
    rows: left.rows,
    width: left.width + right.width,
    addTo(row, into, at) {
      left.addTo(row, into, at);
      right.addTo(row, into, at + left.width);
    },
  };
}

type Tested = Pick<PairedResult, 'pValue' | 'test'>;

function swapRows(
  { count, width, values, totals, isGrouped }: Units,
  score: Score,
  observed: number,
  random: Random,
): Tested {
  const half = width / 2;
  const moves = new Float64Array(count * half);
  for (let unit = 0; unit < count; unit++) {
    for (let column = 0; column < half; column++) {
      moves[unit * half + column] = values[unit * width + column]! - values[unit * width + half + column]!;
    }
  }
  const times = affordTimes({ count, width: half, values, totals, isGrouped }, mostSwaps, fewestSwaps);
  const first = new Float64Array(half);
  const second = new Float64Array(half);
  const bar = Math.abs(observed) - 1e-12 * Math.abs(score(totals.subarray(0, half)));
  let atLeast = 1;
  for (let time = 0; time < times; time++) {
    first.set(totals.subarray(0, half));
    second.set(totals.subarray(half));
    let bits = 0;
    for (let unit = 0; unit < count; unit++) {
      if ((unit & 31) === 0) bits = random.uint32();
      if (bits & 1) {
        for (let column = 0; column < half; column++) {
          const move = moves[unit * half + column]!;
          first[column]! -= move;
          second[column]! += move;
        }
      }
      bits >>>= 1;
    }
    if (!(Math.abs(score(first) - score(second)) < bar)) atLeast++;
  }
  return { pValue: atLeast / (times + 1), test: `approximate randomisation, ${times} draws` };
}

/** Share of resampled differences as far from their mean as the observed one from zero, on either side. */
function testCentred(estimates: Float64Array, observed: number): Tested {
  const mean = estimates.reduce((sum, estimate) => sum + estimate, 0) / estimates.length;
  const bar = Math.abs(observed) * (1 - 1e-12);
  const atLeast = estimates.reduce((count, estimate) => (Math.abs(estimate - mean) < bar ? count : count + 1), 1);
  return { pValue: atLeast / (estimates.length + 1), test: `paired bootstrap, ${estimates.length} resamples` };
}

function finiteOrNone(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
