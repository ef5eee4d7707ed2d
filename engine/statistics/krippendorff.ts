import type { CompareOptions } from './compare.ts';
import { resampleStatistics } from './corpus.ts';
import type { Estimate } from './estimate.ts';
import { wilsonInterval } from './intervals.ts';
import { statisticRows, type Score } from './units.ts';

/** What values mean: names, ranks, or numbers whose differences count. */
export type AlphaLevel = 'nominal' | 'ordinal' | 'interval';

/** Ratings of units, unit after unit with one place for each rater; NaN where a rater gave none. */
interface Ratings {
  readonly values: Float64Array;
  readonly raters: number;
}

/**
 * Agreement of any number of raters, with gaps: Krippendorff (2011), "Computing Krippendorff's alpha-reliability", for nominal, ordinal and
 * interval values; equals the `krippendorff` package. Units with fewer than two ratings say nothing and `n` leaves them out. Undefined where
 * all ratings are equal. Interval: bootstrap over units, with categories' ranks (ordinal) held at those of all units and their shares
 * (nominal) to first order; where no unit has a disagreement, Wilson's bound of that share at the largest possible disagreement.
 */
export function krippendorffAlpha(
  ratings: Ratings,
  level: AlphaLevel,
  options: Pick<CompareOptions, 'confidence' | 'seed'>,
): Estimate {
  const units = collectUnits(ratings);
  const { statistics, score, widest } = level === 'nominal' ? countNames(units) : measureDistances(units, level);
  const estimate = resampleStatistics(statistics, score, options, { least: -1, most: 1 });
  if (estimate.point !== 1) return estimate;
  const { low } = wilsonInterval(estimate.n, estimate.n, options.confidence);
  return { ...estimate, low: Math.max(-1, 1 - (1 - low) * widest), high: 1, method: 'Wilson, corrected for chance' };
}

function collectUnits({ values, raters }: Ratings): Float64Array[] {
  const units: Float64Array[] = [];
  for (let from = 0; from < values.length; from += raters) {
    const unit = values.subarray(from, from + raters).filter(value => !Number.isNaN(value));
    if (unit.length >= 2) units.push(unit);
  }
  return units;
}

/** `widest` is the largest disagreement of two values over the one that chance expects. */
function countNames(units: readonly Float64Array[]) {
  const counts = countValues(units);
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const squares = [...counts.values()].reduce((sum, count) => sum + count * count, 0);
  const values = new Float64Array(units.length * 3);
  units.forEach((unit, index) => {
    let common = 0;
    for (const value of unit) common += counts.get(value)!;
    let same = 0;
    for (const count of countValues([unit]).values()) same += count * count;
    values.set([unit.length, (unit.length ** 2 - same) / (unit.length - 1), common], index * 3);
  });
  const score: Score = ([n = 0, within = 0, common = 0]) => {
    const expected = n * n * (1 - (2 * common) / (n * all) + squares / (all * all));
    return alphaOf(n, within, expected);
  };
  return { statistics: statisticRows(values, 3), score, widest: (all * (all - 1)) / (all * all - squares) };
}

/** Squared distances of values, or of their mean ranks: then a distance is the ordinal one, the values ranked between and half of both. */
function measureDistances(units: readonly Float64Array[], level: 'ordinal' | 'interval') {
  const counts = countValues(units);
  const ordered = Float64Array.from(counts.keys()).sort();
  const positions = new Map<number, number>();
  let all = 0;
  for (const value of ordered) {
    const count = counts.get(value)!;
    positions.set(value, level === 'ordinal' ? all + count / 2 : value);
    all += count;
  }
  const centre = [...counts].reduce((sum, [value, count]) => sum + (positions.get(value)! * count) / all, 0);
  const values = new Float64Array(units.length * 4);
  units.forEach((unit, index) => {
    let sum = 0;
    let squares = 0;
    for (const value of unit) {
      const position = positions.get(value)! - centre;
      sum += position;
      squares += position * position;
    }
    const equal = unit.every(value => value === unit[0]);
    const within = equal ? 0 : (2 * (unit.length * squares - sum * sum)) / (unit.length - 1);
    values.set([unit.length, within, sum, squares], index * 4);
  });
  const score: Score = ([n = 0, within = 0, sum = 0, squares = 0]) =>
    ordered.length < 2 ? NaN : alphaOf(n, within, 2 * (n * squares - sum * sum));
  const range = ordered.length < 2 ? 0 : positions.get(ordered.at(-1)!)! - positions.get(ordered[0]!)!;
  const total = statisticRows(values, 4);
  const sums = new Float64Array(4);
  for (let row = 0; row < total.rows; row++) total.addTo(row, sums, 0);
  const expected = (2 * (all * sums[3]! - sums[2]! ** 2)) / (all * (all - 1));
  return { statistics: total, score, widest: range ** 2 / expected };
}

function alphaOf(n: number, within: number, expected: number): number {
  return 1 - ((n - 1) * within) / expected;
}

function countValues(units: readonly Float64Array[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const unit of units) for (const value of unit) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
