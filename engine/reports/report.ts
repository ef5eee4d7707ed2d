import type { Benchmark } from '../../schemas/generated/files.ts';
import type {
  FailedAnswers,
  FailureClass,
  GateResult,
  Headline,
  PairedComparison,
  Report,
  VariantResult,
} from '../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../base/errors.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import type { CompareOptions } from '../statistics/compare.ts';
import { createColumnReader, type ColumnReader } from './columns.ts';
import { listCompared, scoreKeys, type ComparedMetric } from './compared-metrics.ts';
import { describeVariant } from './describe-variant.ts';
import { countOf, groupDigits } from './format.ts';
import { runningNotes } from './running-notes.ts';
import { createPairComparer, type PlacedVariant } from './pairs.ts';
import { findRegressions, pairWithEarlier } from './regressions.ts';
import { describeTradeoffs } from './tradeoffs.ts';

/** What a benchmark says about comparing its variants. */
export interface ComparisonPlan extends CompareOptions {
  /** Name of the baseline model. */
  readonly baseline: string;
  /** How often every row was asked. */
  readonly repeats: number;
  /** An earlier run: its id, the beginning of one, or `last`. */
  readonly against?: string;
}

/** `baseline` is the first model's name, for benchmarks that name none. */
export function planComparison(
  { compare, seed, repeats }: Pick<Benchmark, 'compare' | 'seed' | 'repeats'>,
  baseline: string,
): ComparisonPlan {
  return {
    confidence: compare?.confidence ?? 0.95,
    seed: seed ?? 7,
    baseline: compare?.baseline ?? baseline,
    repeats: repeats ?? 1,
    ...(compare?.test === 'wilcoxon' ? { test: 'wilcoxon' } : {}),
    ...(compare?.against === undefined ? {} : { against: compare.against }),
  };
}

/** What one run contributes to a report. */
export interface ReportInput {
  readonly record: RunRecord;
  readonly results: readonly VariantResult[];
  readonly gates: readonly GateResult[];
  readonly metrics: readonly Metric[];
  /** Decides right and wrong. */
  readonly leading: Metric;
  readonly comparison: ComparisonPlan;
}

/** The leading figure of every variant, for lists. */
export function headlinesOf(variants: readonly VariantResult[], leading: string): Headline[] {
  return variants.flatMap(({ model, prompt, metrics }) => {
    const figure =
      metrics.find(({ metric }) => metric === leading) ??
      metrics.find(({ metric }) => metric.startsWith(`${leading}.`)) ??
      metrics.find(({ kind }) => kind === 'quality');
    if (figure === undefined || figure.value === null) return [];
    return [
      {
        model,
        ...(prompt === undefined ? {} : { prompt }),
        label: figure.label,
        value: figure.value,
        unit: figure.unit,
      },
    ];
  });
}

/** One run's report: every variant against the baseline on the rows both answered, and against an earlier run where one is named. */
export async function buildReport(
  input: ReportInput,
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<Report> {
  const { record, comparison, leading } = input;
  const baseline = Math.max(
    0,
    input.results.findIndex(({ model }) => model === comparison.baseline),
  );
  const compared = listCompared(input.metrics, leading);
  const reader = createColumnReader(store, scoreKeys(compared, leading), signal);
  const described = await describeVariants(input, compared, baseline, store, reader, signal);
  const { variants, comparisons } = described;
  const placed = variants.map((result, index): PlacedVariant => ({ index, result }));
  const earlier = await findEarlier(record, comparison.against, store);
  const pairs = earlier.run === undefined ? [] : pairWithEarlier(placed, earlier.run);
  const regressions = await findRegressions(pairs, leading, comparison, store, reader);
  const tradeoffs = describeTradeoffs(variants);
  return {
    title: record.spec.name,
    createdAt: clock.now(),
    runs: [record.summary],
    ...(record.dataset === undefined ? {} : { dataset: record.dataset }),
    ...(record.environment === undefined ? {} : { environment: record.environment }),
    confidence: comparison.confidence,
    leading: leading.id,
    baseline,
    variants,
    comparisons,
    ...(tradeoffs.length === 0 ? {} : { tradeoffs }),
    ...(regressions.length === 0 ? {} : { regressions }),
    gates: [...input.gates],
    failures: failuresOf(record, variants),
    notes: [
      ...notesOf(record, comparison.repeats),
      ...runningNotes(record.summary.progress, record.spec.extends),
      ...earlier.notes,
    ],
  };
}

/** Reads each variant's numbers once, for its own description and for its comparison. */
async function describeVariants(
  { record, results, leading, comparison }: ReportInput,
  compared: readonly ComparedMetric[],
  baseline: number,
  store: Store,
  reader: ColumnReader,
  signal: AbortSignal,
): Promise<{ readonly variants: VariantResult[]; readonly comparisons: PairedComparison[] }> {
  const failures = await store.countFailures(record.summary.id);
  const comparer = createPairComparer(compared, comparison, store);
  const variants: VariantResult[] = [];
  const against = results[baseline];
  for (const [index, result] of results.entries()) {
    const base = against === undefined ? undefined : await reader.read(against.runId, against.variant);
    const columns = await reader.read(result.runId, result.variant);
    variants.push(await describeVariant(result, columns, failures, leading, store));
    if (index === baseline || base === undefined || against === undefined) continue;
    comparer.add({ variant: { index, result }, baseline: { index: baseline, result: against } }, columns, base);
  }
  return { variants, comparisons: await comparer.finish(signal) };
}

/** The newest earlier run of the same benchmark that succeeded, or the one that is named. A run that is not there is told, not thrown: the figures stand. */
async function findEarlier(
  { summary }: RunRecord,
  against: string | undefined,
  store: Store,
): Promise<{ readonly run?: RunRecord; readonly notes: readonly string[] }> {
  if (against === undefined) return { notes: [] };
  if (against === 'last') {
    const runs = await store.listRuns({ kind: 'benchmark', file: summary.file, name: summary.name });
    const last = runs.find(run => run.state === 'succeeded' && run.createdAt < summary.createdAt);
    if (last !== undefined) return { run: await store.getRun(last.id), notes: [] };
    return { notes: ['There is no earlier run of this benchmark that succeeded, so nothing can have become worse.'] };
  }
  try {
    const run = await store.getRun(against);
    if (run.summary.id !== summary.id && run.summary.kind === 'benchmark') return { run, notes: [] };
    return { notes: [`Run ${against} is no other benchmark run, so there is nothing to compare with.`] };
  } catch (error) {
    const { code, message } = toWorkbenchError(error);
    if (code !== 'run-not-found') throw error;
    return { notes: [`The earlier run could not be compared with: ${message}`] };
  }
}

const reasons: Readonly<Record<FailureClass, string>> = {
  'rate-limit': 'rate limited by',
  server: 'server errors of',
  network: 'no connection to',
  timeout: 'no answer in time from',
  refused: 'refused by',
  malformed: 'unreadable answers of',
  client: 'requests rejected by',
  model: 'failures inside',
};

/** `3 rows failed: rate limited by gpt`. */
export function failuresOf(record: RunRecord, results: readonly VariantResult[]): FailedAnswers[] {
  const failing = [...new Set(results.filter(({ failed }) => failed > 0).map(({ model }) => model))];
  const model = failing.join(', ');
  return Object.entries(record.summary.progress.errors).map(([failureClass, count]) => ({
    class: failureClass as FailureClass,
    model,
    count,
    sentence: `${countOf(count, 'sample')} failed: ${reasons[failureClass as FailureClass]} ${model}.`,
  }));
}

function notesOf({ summary }: RunRecord, repeats: number): string[] {
  const notes: string[] = [];
  const { done, total, reused: kept, extended = 0 } = summary.progress;
  const reused = kept - extended;
  if (summary.state !== 'succeeded')
    notes.push(`Partial: ${groupDigits(done)} of ${countOf(total, 'sample')} were asked.`);
  if (reused > 0)
    notes.push(`Resumed: ${countOf(reused, 'stored sample')} kept, ${countOf(done - kept, 'sample')} asked after it.`);
  if (repeats > 1) {
    notes.push(
      `Every row was asked ${String(repeats)} times: intervals of quality figures and comparisons take the answers to one row together, those of latency and cost count each answer.`,
    );
  }
  return notes;
}
