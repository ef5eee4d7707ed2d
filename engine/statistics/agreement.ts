import type { CompareOptions } from './compare.ts';
import type { Estimate } from './estimate.ts';
import { wilsonInterval } from './intervals.ts';
import { createRandom } from './random.ts';
import { createMultinomial, percentileBootstrap } from './resampling.ts';

type Options = Pick<CompareOptions, 'confidence' | 'seed'>;
/** How much a disagreement counts: all alike, by the categories' distance, or by its square. */
export type KappaWeights = 'none' | 'linear' | 'quadratic';

const mostResamples = 1000;
const fewestResamples = 200;
/** Draws in all, so that many categories cannot stall a report. */
const mostDraws = 20_000_000;

/**
 * Agreement of two raters beyond chance: Cohen (1960), and weighted (1968), as scikit-learn's `cohen_kappa_score` computes it. Categories are
 * whole numbers from 0 up to below `categories`, in order; a row that either rater left out (a negative number) does not count.
 * Undefined where chance alone agrees on all: both always said the same one thing. Interval: percentile bootstrap over rows; where raters
 * never disagree, Wilson's bound of that share, corrected for chance.
 */
export function cohenKappa(
  first: Int32Array,
  second: Int32Array,
  categories: number,
  weights: KappaWeights,
  options: Options,
): Estimate {
  const cells = countCells(first, second, categories);
  const counts = Float64Array.from(cells.values());
  const pairs = Float64Array.from(cells.keys());
  const n = counts.reduce((sum, count) => sum + count, 0);
  const compute = createKappa(pairs, categories, weights);
  const { kappa, disagreement, expected } = compute(counts);
  if (!Number.isFinite(kappa)) return { n, point: undefined, method: 'bootstrap' };
  if (disagreement === 0) {
    const { low } = wilsonInterval(n, n, options.confidence);
    const worst = (1 - low) * n * distanceOf(0, categories - 1, weights);
    return { n, point: 1, low: Math.max(-1, 1 - worst / expected), high: 1, method: 'Wilson, corrected for chance' };
  }
  const affordable = Math.floor(mostDraws / (Math.min(n, counts.length * 24) + categories));
  const times = Math.max(fewestResamples, Math.min(mostResamples, affordable));
  const draw = createMultinomial(counts, createRandom(options.seed));
  const drawn = new Float64Array(counts.length);
  const estimates = new Float64Array(times);
  let known = 0;
  for (let time = 0; time < times; time++) {
    draw(drawn);
    const estimate = compute(drawn).kappa;
    if (Number.isFinite(estimate)) estimates[known++] = estimate;
  }
  const method = `bootstrap, ${times} resamples`;
  if (known < times / 2) return { n, point: kappa, method };
  return { n, point: kappa, ...percentileBootstrap(estimates.subarray(0, known), options.confidence), method };
}

/** Rows by pair of categories, keyed first × categories + second, in order. */
function countCells(first: Int32Array, second: Int32Array, categories: number): Map<number, number> {
  const cells = new Map<number, number>();
  for (let row = 0; row < Math.min(first.length, second.length); row++) {
    const one = first[row]!;
    const other = second[row]!;
    if (one < 0 || other < 0) continue;
    const key = one * categories + other;
    cells.set(key, (cells.get(key) ?? 0) + 1);
  }
  return new Map([...cells].sort(([a], [b]) => a - b));
}

function createKappa(pairs: Float64Array, categories: number, weights: KappaWeights) {
  const rows = new Float64Array(categories);
  const columns = new Float64Array(categories);
  return (counts: Float64Array) => {
    rows.fill(0);
    columns.fill(0);
    let n = 0;
    let disagreement = 0;
    for (let cell = 0; cell < pairs.length; cell++) {
      const one = Math.floor(pairs[cell]! / categories);
      const other = pairs[cell]! % categories;
      const count = counts[cell]!;
      n += count;
      rows[one]! += count;
      columns[other]! += count;
      disagreement += count * distanceOf(one, other, weights);
    }
    const expected = expectDisagreement(rows, columns, weights) / n;
    return { kappa: 1 - disagreement / expected, disagreement, expected };
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
