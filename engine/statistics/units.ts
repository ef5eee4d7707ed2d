import { studentQuantile } from './quantiles.ts';
import { shuffle, type Random } from './random.ts';
import { percentileBootstrap } from './resampling.ts';
import type { Interval } from './intervals.ts';

/**
 * Sufficient statistics of a corpus figure, one set a row: the figure is a function of their sums, as BLEU is of matched and possible
 * n-grams. Rows are independent of each other: repeats of a row go through {@link clusterRows} first.
 */
export interface RowStatistics {
  readonly rows: number;
  /** Statistics a row. */
  readonly width: number;
  /** Adds a row's statistics to `into`, from position `at` on. */
  addTo(row: number, into: Float64Array, at: number): void;
}

/** A figure from summed statistics, the same array each time. A figure that is not finite is none: 0 ÷ 0 of some resamples. */
export type Score = (sums: Float64Array) => number;

/** What is resampled: rows, or the sums of random groups of rows. */
export interface Units {
  readonly count: number;
  readonly width: number;
  /** `count` × `width`. */
  readonly values: Float64Array;
  readonly totals: Float64Array;
  readonly isGrouped: boolean;
}

/** Above this many rows, their random groups take their place. */
export const mostUnits = 2000;
/** Below this many rows the bootstrap is too narrow; above the other, the jackknife is as good and instant. */
const fewestForBootstrap = 30;
const mostForBootstrap = 1000;
const mostResamples = 2000;
const fewestResamples = 200;
/** Additions in all, so that wide statistics cannot stall a report. */
const mostAdditions = 20_000_000;

/** Statistics that lie in one array, row after row. */
export function statisticRows(values: Float64Array, width: number): RowStatistics {
  return {
    rows: values.length / width,
    width,
    addTo(row, into, at) {
      for (let column = 0, from = row * width; column < width; column++) into[at + column]! += values[from + column]!;
    },
  };
}

/** The rows of a cluster, such as the repeats of one, summed into a row. `clusters` holds each row's cluster, any number. */
export function clusterRows(statistics: RowStatistics, clusters: ArrayLike<number>): RowStatistics {
  const slots = new Map<number, number>();
  const slotOf = Int32Array.from({ length: statistics.rows }, (_, row) => {
    const known = slots.get(clusters[row]!);
    if (known !== undefined) return known;
    slots.set(clusters[row]!, slots.size);
    return slots.size - 1;
  });
  const values = new Float64Array(slots.size * statistics.width);
  slotOf.forEach((slot, row) => statistics.addTo(row, values, slot * statistics.width));
  return statisticRows(values, statistics.width);
}

/**
 * Sums rows into at most 2,000 units. Groups are random and equally large, so that the spread of their sums is in expectation exactly that
 * of single rows, in whatever order the rows come; with 2,000 of them a standard error is off by about 1.6 % (1 ÷ √4,000).
 */
export function sumUnits(statistics: RowStatistics, random: Random): Units {
  const { rows, width } = statistics;
  const count = Math.min(rows, mostUnits);
  const isGrouped = rows > count;
  const values = new Float64Array(count * width);
  if (isGrouped) {
    const unitOf = Int32Array.from({ length: rows }, (_, row) => row % count);
    shuffle(unitOf, random);
    for (let row = 0; row < rows; row++) statistics.addTo(row, values, unitOf[row]! * width);
  } else {
    for (let row = 0; row < rows; row++) statistics.addTo(row, values, row * width);
  }
  const totals = new Float64Array(width);
  for (let at = 0; at < values.length; at++) totals[at % width]! += values[at]!;
  return { count, width, values, totals, isGrouped };
}

interface Resampled extends Interval {
  /** Standard error; undefined where there are no bounds. */
  readonly error?: number;
  readonly method: string;
  /** The figure of each resample; empty where none were drawn. */
  readonly estimates: Float64Array;
}

/** Whether there are so many rows that resampling makes no difference. */
export function isLarge({ count }: Units): boolean {
  return count > mostForBootstrap;
}

/** How often `units` may be drawn again within bounded work. */
export function affordTimes({ count, width }: Units, wanted: number, fewest: number): number {
  return Math.max(fewest, Math.min(wanted, Math.floor(mostAdditions / (count * width))));
}

/**
 * Interval of a figure: percentile bootstrap (Efron 1979). Below 30 rows, where resampling gives intervals that are too narrow, and above
 * 1,000, where it makes no difference, the jackknife's standard error (Tukey 1958) with Student's t, above 2,000 rows leaving out a random
 * group at a time (Shao and Tu 1995, section 2.3). No bounds for fewer than two rows.
 */
export function boundFigure(units: Units, score: Score, confidence: number, random: Random): Resampled {
  if (units.count < fewestForBootstrap || isLarge(units)) return jackknife(units, score, confidence);
  return bootstrap(units, score, confidence, random);
}

function bootstrap(units: Units, score: Score, confidence: number, random: Random): Resampled {
  const { count, width, values } = units;
  const times = affordTimes(units, mostResamples, fewestResamples);
  const sums = new Float64Array(width);
  const estimates = new Float64Array(times);
  let known = 0;
  for (let time = 0; time < times; time++) {
    sums.fill(0);
    for (let draw = 0; draw < count; draw++) {
      const from = random.below(count) * width;
      for (let column = 0; column < width; column++) sums[column]! += values[from + column]!;
    }
    const estimate = score(sums);
    if (Number.isFinite(estimate)) estimates[known++] = estimate;
  }
  const method = `bootstrap, ${times} resamples`;
  const drawn = estimates.subarray(0, known);
  if (known < times / 2) return { method, estimates: drawn };
  return { ...percentileBootstrap(drawn, confidence), error: deviationOf(drawn), method, estimates: drawn };
}

function jackknife({ count, width, values, totals, isGrouped }: Units, score: Score, confidence: number): Resampled {
  const method = isGrouped ? `jackknife over ${count} groups, Student’s t` : 'jackknife, Student’s t';
  const named = { method, estimates: new Float64Array(0) };
  const point = score(totals);
  if (count < 2 || !Number.isFinite(point)) return named;
  const without = new Float64Array(width);
  const estimates = new Float64Array(count);
  for (let unit = 0; unit < count; unit++) {
    for (let column = 0; column < width; column++) without[column] = totals[column]! - values[unit * width + column]!;
    estimates[unit] = score(without);
  }
  const error = deviationOf(estimates) * ((count - 1) / Math.sqrt(count));
  if (!Number.isFinite(error)) return named;
  const margin = studentQuantile((1 + confidence) / 2, count - 1) * error;
  return { low: point - margin, high: point + margin, error, ...named };
}

/** Sample standard deviation (n − 1). */
function deviationOf(values: Float64Array): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return Math.sqrt(squares / (values.length - 1));
}
