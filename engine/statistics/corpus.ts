import type { PairedResult } from './compare.ts';
import { cutInterval, type Estimate, type Range } from './estimate.ts';
import { wilsonInterval } from './intervals.ts';
import { studentTail } from './quantiles.ts';
import { createRandom, type Random } from './random.ts';
import { rowsNeededForMean } from './rows-needed.ts';
import { affordTimes, boundFigure, isLarge, sumUnits, type RowStatistics, type Score, type Units } from './units.ts';

interface ResampleOptions {
  /** Such as 0.95. */
  readonly confidence: number;
  readonly seed: number;
}

interface CompareStatisticsOptions extends ResampleOptions {
  /**
   * `sacrebleu-bootstrap` is the p-value of sacrebleu's `--paired-bs`, for comparison with it: one-sided, so about half of the
   * two-sided one. Only for 30 to 1,000 rows.
   */
  readonly test?: 'sacrebleu-bootstrap';
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
 * A corpus figure such as BLEU, TER, word error rate or F1 with its interval, from the summed statistics of its rows. The interval is
 * {@link boundFigure}'s: bootstrap for 30 to 1,000 rows, else jackknife; cut to the range that the figure can have. Where no row differs from
 * the others, resampling would call the figure certain: then Wilson's bound of the share of rows that might, times the range's span, and
 * no bounds where that is unknown.
 */
export function resampleStatistics(
  statistics: RowStatistics,
  score: Score,
  { confidence, seed }: ResampleOptions,
  range: Range = {},
): Estimate {
  const random = createRandom(seed);
  const units = sumUnits(statistics, random);
  const { low, high, error, method } = boundFigure(units, score, confidence, random);
  const n = statistics.rows;
  const point = finiteOrNone(n === 0 ? NaN : score(units.totals));
  if (point === undefined || low === undefined || high === undefined || error === undefined)
    return { n, point, method };
  const span = spanOf(range);
  const scale = Number.isFinite(span) ? Math.max(span, Math.abs(point)) : Math.abs(point);
  if (error > 1e-12 * scale) return { n, point, ...cutInterval({ low, high }, range), method };
  const doubt = wilsonInterval(0, n, confidence).high * span;
  const bounds = Number.isFinite(doubt) ? cutInterval({ low: point - doubt, high: point + doubt }, range) : {};
  return { n, point, ...bounds, method: 'Wilson, as no row differs' };
}

function spanOf({ least = -Infinity, most = Infinity, span = most - least }: Range): number {
  return span;
}

/**
 * Difference of two corpus figures, variant minus baseline, over the rows of both. Interval: paired bootstrap, which draws the same rows
 * for both (Koehn 2004, "Statistical significance tests for machine translation evaluation"). P-value: approximate randomisation
 * (Riezler and Maxwell 2005, "On some pitfalls in automatic evaluation and significance testing for MT"), which swaps rows
 * between the two with probability ½; two-sided, and 1 for equal figures. Above 1,000 rows both come from the jackknife's standard
 * error with Student's t; below 30 only the interval does.
 */
export function comparePairedStatistics(
  { variant, baseline }: PairedStatistics,
  score: Score,
  { confidence, seed, test }: CompareStatisticsOptions,
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
  const tested = isLarge(units)
    ? testByError(units.count, difference, error)
    : test === 'sacrebleu-bootstrap' && estimates.length > 0
      ? testAsSacrebleu(estimates, difference)
      : swapRows(units, score, difference, random);
  const rowsNeeded = rowsNeededForMean(error * Math.sqrt(n), difference, confidence);
  return { ...common, difference, low, high, ...tested, rowsNeeded };
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

function testByError(units: number, difference: number, error: number): Tested {
  const test = 'jackknife t';
  if (error === 0) return { pValue: difference === 0 ? 1 : 0, test };
  return { pValue: 2 * studentTail(Math.abs(difference) / error, units - 1), test };
}

/** How often a resampled difference's size is above their mean by more than the observed size. */
function testAsSacrebleu(estimates: Float64Array, observed: number): Tested {
  const sizes = estimates.map(Math.abs);
  const bar = Math.abs(observed) + sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
  const above = sizes.reduce((count, size) => (size > bar ? count + 1 : count), 1);
  return { pValue: above / (sizes.length + 1), test: `paired bootstrap as sacrebleu, ${sizes.length} resamples` };
}

function finiteOrNone(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}
