import { wilsonInterval, type ClosedInterval } from '../statistics/intervals.ts';
import { createRandom } from '../statistics/random.ts';
import { createMultinomial, percentileBootstrap } from '../statistics/resampling.ts';
import {
  computeClassFigure,
  createClassCounts,
  type Average,
  type ClassCounts,
  type ClassFigure,
} from './class-figures.ts';
import type { ConfusionCell } from './confusion.ts';
import type { AggregateOptions } from './metric.ts';

const resamples = 1000;
const fewestResamples = 200;
/** Draws in all, so that thousands of classes cannot stall a report. */
const mostDraws = 20_000_000;

interface ClassInterval extends ClosedInterval {
  readonly method: string;
}

/**
 * Percentile bootstrap of a class figure: rows are resampled with replacement, which for counts is a multinomial draw over the
 * confusion matrix's cells. Where every row is right, or none, resampling cannot vary and the interval is Wilson's, for macro
 * averages with the rows that as many equally large classes would need for the same precision.
 */
export function computeClassInterval(
  figure: ClassFigure,
  average: Average,
  cells: readonly ConfusionCell[],
  labels: number,
  options: AggregateOptions,
): ClassInterval | undefined {
  const counts = sumCells(
    cells,
    Float64Array.from(cells, cell => cell.count),
    createClassCounts(labels),
  );
  const rows = sum(counts.support);
  if (rows === 0) return undefined;
  const right = sum(counts.right);
  if (right === 0 || right === rows) return widenCertainty(average, counts, rows, right, options.confidence);
  return resample(figure, average, cells, labels, rows, options);
}

function resample(
  figure: ClassFigure,
  average: Average,
  cells: readonly ConfusionCell[],
  labels: number,
  rows: number,
  options: AggregateOptions,
): ClassInterval {
  const affordable = Math.floor(mostDraws / (Math.min(rows, cells.length * 24) + labels));
  const times = Math.max(fewestResamples, Math.min(resamples, affordable));
  const draw = createMultinomial(
    Float64Array.from(cells, cell => cell.count),
    createRandom(options.seed),
  );
  const drawn = new Float64Array(cells.length);
  const counts = createClassCounts(labels);
  const estimates = new Float64Array(times);
  for (let index = 0; index < times; index++) {
    draw(drawn);
    estimates[index] = computeClassFigure(figure, average, sumCells(cells, drawn, counts)) ?? 0;
  }
  return { ...percentileBootstrap(estimates, options.confidence), method: `bootstrap, ${times} resamples` };
}

function widenCertainty(
  average: Average,
  counts: ClassCounts,
  rows: number,
  right: number,
  confidence: number,
): ClassInterval {
  let classes = 0;
  let reciprocals = 0;
  for (const support of counts.support) {
    if (support === 0) continue;
    classes++;
    reciprocals += 1 / support;
  }
  const effective = average === 'macro' ? (classes * classes) / reciprocals : rows;
  return { ...wilsonInterval(right === 0 ? 0 : effective, effective, confidence), method: 'Wilson' };
}

/** Class counts of cells that hold `drawn` rows, written into `counts`. */
export function sumCells(cells: readonly ConfusionCell[], drawn: Float64Array, counts: ClassCounts): ClassCounts {
  counts.right.fill(0);
  counts.answered.fill(0);
  counts.support.fill(0);
  for (let index = 0; index < cells.length; index++) {
    const { target, answer } = cells[index]!;
    const count = drawn[index]!;
    counts.support[target]! += count;
    if (answer < 0) continue;
    counts.answered[answer]! += count;
    if (answer === target) counts.right[target]! += count;
  }
  return counts;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
