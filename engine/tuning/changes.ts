import type { FigureChange, SliceChange } from '../../schemas/generated/messages.ts';
import type { Metric, Observation } from '../metrics/metric.ts';
import { sizeFormat } from '../reports/compared-metrics.ts';
import { comparePoints, startPoints } from '../reports/paired-points.ts';
import { comparePaired, type CompareOptions, type PairedResult } from '../statistics/compare.ts';
import { comparePairedStatistics } from '../statistics/corpus.ts';
import { adjustHolm } from '../statistics/holm.ts';
import { statisticRows } from '../statistics/units.ts';
import { verdictOf, verdictSentence } from '../statistics/verdict.ts';
import { observe, type RowAnswers } from './measure.ts';
import type { TuningRow } from './rows.ts';

/** A row that both the base and the tuned model have answered. */
interface Pair {
  readonly row: TuningRow;
  readonly base: Observation;
  readonly tuned: Observation;
}

/** An aspect's test rows with the answers of both models. */
export interface AnsweredAspect {
  readonly rows: readonly TuningRow[];
  readonly base: RowAnswers;
  readonly tuned: RowAnswers;
}

/** What changed on an aspect. */
export interface AspectChanges {
  readonly changes: readonly FigureChange[];
  readonly sliceChanges: readonly SliceChange[];
}

export interface ChangeOptions {
  readonly confidence: number;
  readonly seed: number;
  /** The metric by which slices are compared. */
  readonly leading: Metric;
}

/** A slice with fewer rows tells nothing. */
const fewestRows = 10;
/** Slice values of a column at most: more are no groups but identifiers. */
const mostValues = 100;
/** Slices of an aspect that are compared: the largest. Each is a comparison that all others are adjusted for. */
const mostSlices = 60;

interface Draft {
  readonly metric: Metric;
  readonly n: number;
  readonly base: number | undefined;
  readonly tuned: number | undefined;
  readonly result: PairedResult;
}

/**
 * The tuned model against the base on the same test rows, row by row, for every metric and every slice. Right and wrong: McNemar's exact
 * test. Scores: a sign-flip test, or Student's t. Figures of the corpus (WER, BLEU): approximate randomisation. All p values of the run are
 * adjusted together by Holm's method, so that any verdict among them is wrong with 1 − confidence at most.
 */
export async function compareWithBase(
  aspects: readonly AnsweredAspect[],
  metrics: readonly Metric[],
  options: ChangeOptions,
  pause: () => Promise<void>,
): Promise<readonly AspectChanges[]> {
  const drafts: { readonly figures: Draft[]; readonly slices: (Draft & { column: string; value: string })[] }[] = [];
  for (const aspect of aspects) {
    const pairs = pairRows(aspect);
    const figures: Draft[] = [];
    for (const metric of metrics.filter(isComparable)) {
      figures.push(draftChange(metric, pairs, options));
      await pause();
    }
    const slices: (Draft & { column: string; value: string })[] = [];
    for (const { column, value, rows } of slicesOf(pairs)) {
      slices.push({ column, value, ...draftChange(options.leading, rows, options) });
      await pause();
    }
    drafts.push({ figures, slices });
  }
  const all = drafts.flatMap(({ figures, slices }) => [...figures, ...slices]);
  const adjusted = adjustHolm(all.map(({ result }) => result.pValue));
  const judged = new Map(all.map((draft, position) => [draft, adjusted[position] ?? 1]));
  const judge = (draft: Draft): FigureChange =>
    describeChange(draft, judged.get(draft) ?? 1, options.confidence, all.length);
  return drafts.map(({ figures, slices }) => ({
    changes: figures.map(judge),
    sliceChanges: slices.map(slice => ({ column: slice.column, value: slice.value, change: judge(slice) })),
  }));
}

function isComparable(metric: Metric): boolean {
  const { corpus, score, direction, overallOnly, seesPerturbed } = metric;
  if (direction === 'neutral' || overallOnly === true || seesPerturbed === true) return false;
  return corpus !== undefined || score !== undefined || metric.startAggregate().point !== undefined;
}

function pairRows({ rows, base, tuned }: AnsweredAspect): readonly Pair[] {
  return rows.flatMap((row, position) => {
    const before = observe(row, base[position]);
    const after = observe(row, tuned[position]);
    return before === undefined || after === undefined ? [] : [{ row, base: before, tuned: after }];
  });
}

function slicesOf(pairs: readonly Pair[]): readonly { column: string; value: string; rows: readonly Pair[] }[] {
  const columns = new Map<string, Map<string, Pair[]>>();
  for (const pair of pairs) {
    for (const [column, value] of Object.entries(pair.row.slices)) {
      const values = columns.get(column) ?? new Map<string, Pair[]>();
      columns.set(column, values);
      const known = values.get(value);
      if (known === undefined) values.set(value, [pair]);
      else known.push(pair);
    }
  }
  const found = [...columns].flatMap(([column, values]) =>
    values.size > mostValues || values.size < 2
      ? []
      : [...values].flatMap(([value, rows]) => (rows.length < fewestRows ? [] : [{ column, value, rows }])),
  );
  const kept = new Set(found.toSorted((a, b) => b.rows.length - a.rows.length).slice(0, mostSlices));
  return found
    .filter(slice => kept.has(slice))
    .sort((a, b) => compareText(a.column, b.column) || compareText(a.value, b.value));
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type Resampling = Pick<CompareOptions, 'confidence' | 'seed'>;

function draftChange(metric: Metric, pairs: readonly Pair[], { confidence, seed }: ChangeOptions): Draft {
  return {
    metric,
    n: pairs.length,
    base: figureOf(metric, pairs, 'base'),
    tuned: figureOf(metric, pairs, 'tuned'),
    result: comparePairs(metric, pairs, { confidence, seed }),
  };
}

function figureOf(metric: Metric, pairs: readonly Pair[], side: 'base' | 'tuned'): number | undefined {
  const aggregate = metric.startAggregate();
  for (const pair of pairs) aggregate.add(pair[side]);
  const value = aggregate.point?.();
  return value === undefined || !Number.isFinite(value) ? undefined : value;
}

function comparePairs(metric: Metric, pairs: readonly Pair[], options: Resampling): PairedResult {
  if (metric.corpus !== undefined) return compareStatistics(metric.corpus, pairs, options);
  if (metric.score === undefined) return compareFigures(metric, pairs, options);
  const scores = pairs.flatMap(({ base, tuned }) => {
    const before = metric.score?.(base);
    const after = metric.score?.(tuned);
    return before === undefined || after === undefined ? [] : [[after, before] as const];
  });
  const { right } = metric;
  if (right?.binary !== true)
    return comparePaired({ differences: Float64Array.from(scores, ([after, before]) => after - before) }, options);
  const counts = { bothRight: 0, onlyVariant: 0, onlyBaseline: 0, bothWrong: 0 };
  for (const [after, before] of scores) {
    if (right.isRight(after)) counts[right.isRight(before) ? 'bothRight' : 'onlyVariant'] += 1;
    else counts[right.isRight(before) ? 'onlyBaseline' : 'bothWrong'] += 1;
  }
  return comparePaired({ counts }, options);
}

function compareStatistics(
  corpus: NonNullable<Metric['corpus']>,
  pairs: readonly Pair[],
  options: Resampling,
): PairedResult {
  const collect = (side: 'base' | 'tuned') => {
    const rows = pairs.map(pair => corpus.of(pair[side]));
    const width = rows[0]?.length ?? 1;
    const values = new Float64Array(rows.length * width);
    rows.forEach((row, position) => {
      values.set(row, position * width);
    });
    return statisticRows(values, width);
  };
  return comparePairedStatistics(
    { variant: collect('tuned'), baseline: collect('base') },
    sums => corpus.figure(sums),
    options,
  );
}

function compareFigures(metric: Metric, pairs: readonly Pair[], options: Resampling): PairedResult {
  const [tuned, base] = [startPoints(metric, pairs.length), startPoints(metric, pairs.length)];
  for (const [position, pair] of pairs.entries()) {
    tuned.add(position, pair.tuned);
    base.add(position, pair.base);
  }
  return comparePoints(tuned, base, pairs.length, options);
}

function describeChange(
  { metric, n, base, tuned, result }: Draft,
  pValue: number,
  confidence: number,
  changes: number,
): FigureChange {
  const { id, label, unit, direction } = metric;
  const verdict = n === 0 ? 'not-computed' : verdictOf(result, pValue, confidence, direction);
  const sentence = verdictSentence(verdict, result, 'The tuned model', 'the base', sizeFormat(unit));
  const { difference, low, high } = result;
  return {
    metric: id,
    label,
    unit,
    direction,
    n: result.n,
    base: base ?? null,
    tuned: tuned ?? null,
    ...(difference === undefined ? {} : { difference }),
    ...(low === undefined || high === undefined ? {} : { low, high, confidence }),
    pValue,
    test: changes > 1 ? `${result.test}, Holm-adjusted` : result.test,
    method: result.method,
    verdict,
    sentence: `${label}: ${sentence}`,
  };
}
