import { wilsonInterval, type ClosedInterval } from '../statistics/intervals.ts';
import { createRandom } from '../statistics/random.ts';
import { createMultinomial, percentileBootstrap } from '../statistics/resampling.ts';
import {
  canCorrelate,
  computeClassFigure,
  createClassCounts,
  type Average,
  type ClassCounts,
  type ClassFigure,
  type MatrixFigure,
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
 * averages and balanced accuracy with the rows that as many equally large classes would need for the same precision. MCC's is
 * Wilson's of the share right, corrected for chance, and of either sign where targets or answers do not vary.
 */
export function computeClassInterval(
  figure: ClassFigure | MatrixFigure,
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
  if (figure === 'mcc') {
    const interval = boundCorrelation(counts, rows, right, options.confidence);
    return interval ?? resample(figure, average, cells, labels, rows, options);
  }
  if (right === 0 || right === rows)
    return widenCertainty(figure === 'balanced-accuracy' ? 'macro' : average, counts, rows, right, options.confidence);
  return resample(figure, average, cells, labels, rows, options);
}

function resample(
  figure: ClassFigure | MatrixFigure,
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

/** Interval of an MCC that resampling cannot vary; undefined where it can. */
function boundCorrelation(
  counts: ClassCounts,
  rows: number,
  right: number,
  confidence: number,
): ClassInterval | undefined {
  if (!canCorrelate(counts)) {
    const { high } = wilsonInterval(0, rows, confidence);
    return { low: -high, high, method: 'Wilson' };
  }
  if (right < rows) return undefined;
  const { low } = wilsonInterval(rows, rows, confidence);
  const chance = counts.support.reduce((total, support) => total + (support / rows) ** 2, 0);
  return { low: Math.max(-1, (low - chance) / (1 - chance)), high: 1, method: 'Wilson, corrected for chance' };
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
