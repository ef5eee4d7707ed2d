import type { CompareOptions } from './compare.ts';
import { resampleStatistics } from './corpus.ts';
import type { Estimate } from './estimate.ts';
import { wilsonInterval } from './intervals.ts';
import type { RowStatistics, Score } from './units.ts';

/** How much a disagreement counts: all alike, by the categories' distance, or by its square. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

/**
 * Agreement of two raters beyond chance: Cohen (1960), and weighted (1968), as scikit-learn's `cohen_kappa_score` computes it. Categories are
 * whole numbers from 0 up to below `categories` (1,000 at most), in order; a row that either rater left out (a negative number) does not count.
 * Undefined where chance alone agrees on all: both always said the same one thing. Interval: resampled over rows; where raters
 * never disagree, Wilson's bound of that share, corrected for chance.
 */
export function cohenKappa(
  first: Int32Array,
  second: Int32Array,
  categories: number,
  weights: KappaWeights,
  options: Pick<CompareOptions, 'confidence' | 'seed'>,
): Estimate {
  const statistics = countRatings(first, second, categories, weights);
  const expectAt = (sums: Float64Array) => {
    const rows = sums.subarray(2, 2 + categories);
    return expectDisagreement(rows, sums.subarray(2 + categories), weights) / sums[0]!;
  };
  const score: Score = sums => 1 - sums[1]! / expectAt(sums);
  const estimate = resampleStatistics(statistics, score, options, { least: -1, most: 1 });
  if (estimate.point !== 1) return estimate;
  const sums = new Float64Array(statistics.width);
  for (let row = 0; row < statistics.rows; row++) statistics.addTo(row, sums, 0);
  const { n } = estimate;
  const worst = (1 - wilsonInterval(n, n, options.confidence).low) * n * distanceOf(0, categories - 1, weights);
  const low = Math.max(-1, 1 - worst / expectAt(sums));
  return { n, point: 1, low, high: 1, method: 'Wilson, corrected for chance' };
}

/** A row's statistics: one row, its disagreement, and which category each rater gave. */
function countRatings(first: Int32Array, second: Int32Array, categories: number, weights: KappaWeights): RowStatistics {
  const rated = Int32Array.from(first.keys()).filter(row => first[row]! >= 0 && second[row]! >= 0);
  return {
    rows: rated.length,
    width: 2 + 2 * categories,
    addTo(row, into, at) {
      const one = first[rated[row]!]!;
      const other = second[rated[row]!]!;
      into[at]! += 1;
      into[at + 1]! += distanceOf(one, other, weights);
      into[at + 2 + one]! += 1;
      into[at + 2 + categories + other]! += 1;
    },
  };
}

function distanceOf(one: number, other: number, weights: KappaWeights): number {
  if (weights === 'none') return one === other ? 0 : 1;
  return weights === 'linear' ? Math.abs(one - other) : (one - other) ** 2;
}

/** Σ rows × columns × distance over all pairs of categories, in one pass over the categories. */
function expectDisagreement(rows: Float64Array, columns: Float64Array, weights: KappaWeights): number {
  let rowSum = 0;
  let columnSum = 0;
  for (let category = 0; category < rows.length; category++) {
    rowSum += rows[category]!;
    columnSum += columns[category]!;
  }
  let same = 0;
  let steps = 0;
  let rowsUpTo = 0;
  let columnsUpTo = 0;
  let rowMoment = 0;
  let columnMoment = 0;
  let squares = 0;
  for (let category = 0; category < rows.length; category++) {
    const row = rows[category]!;
    const column = columns[category]!;
    same += row * column;
    rowsUpTo += row;
    columnsUpTo += column;
    steps += rowsUpTo * (columnSum - columnsUpTo) + (rowSum - rowsUpTo) * columnsUpTo;
    rowMoment += row * category;
    columnMoment += column * category;
    squares += category * category * (row * columnSum + column * rowSum);
  }
  if (weights === 'none') return rowSum * columnSum - same;
  return weights === 'linear' ? steps : squares - 2 * rowMoment * columnMoment;
}
