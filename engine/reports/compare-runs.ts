import type { Report, RunSummary } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { parseDocument } from '../documents/parse.ts';
import { createMetrics, leadingMetric } from '../metrics/benchmark-metrics.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { VariantAggregate } from './aggregate.ts';
import { createColumnReader } from './columns.ts';
import { listCompared, scoreKeys } from './compared-metrics.ts';
import { differencesOf } from './differences.ts';
import { judgeGates } from './gates.ts';
import { comparePairs, type PlacedVariant, type VariantPair } from './pairs.ts';
import { earlierOf, findRegressions } from './regressions.ts';
import { buildReport, planComparison, type ComparisonPlan } from './report.ts';
import { describeTradeoffs } from './tradeoffs.ts';

/**
 * A run's report: the stored one when the run has ended, else made from the samples stored so far.
 * Throws `run-not-found`.
 */
export function reportRun(runId: string, store: Store, clock: Clock, signal: AbortSignal): Promise<Report> {
  return reportAt(runId, undefined, store, clock, signal);
}

/** The same with intervals and verdicts of another confidence, made anew from the stored samples. */
async function reportAt(
  runId: string,
  confidence: number | undefined,
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<Report> {
  const record = await store.getRun(runId);
  if (record.summary.kind !== 'benchmark') {
    throw new WorkbenchError('usage', `Run ${record.summary.id} is a tuning run and has another kind of report.`, {
      remedy: 'Name benchmark runs only, or tuning runs only.',
    });
  }
  const stored = record.report;
  if (stored !== undefined && (confidence ?? stored.confidence) === stored.confidence)
    return { ...stored, runs: [record.summary] };
  const benchmark = parseDocument('bench', record.spec.text).value;
  if (benchmark === undefined && stored !== undefined) {
    throw new WorkbenchError('usage', `Run ${record.summary.id} was imported: its intervals are those it came with.`, {
      remedy: 'Compare it without another confidence.',
    });
  }
  if (benchmark === undefined) {
    throw new WorkbenchError('run-failed', `Run ${record.summary.id} never started: its benchmark is not valid.`, {
      remedy: record.summary.failure?.message ?? `Correct ${record.spec.file} and run it again.`,
    });
  }
  const metrics = createMetrics(benchmark);
  const aggregates = record.variants.map(() => new VariantAggregate(metrics));
  for await (const samples of store.readObserved(record.summary.id, signal)) {
    for (const sample of samples) aggregates[sample.variant]?.addStored(sample);
  }
  const comparison = withConfidence(planComparison(benchmark, record.variants[0]?.model ?? ''), confidence);
  const results = record.variants.map((variant, index) => {
    const aggregate = aggregates[index] ?? new VariantAggregate(metrics);
    return aggregate.result(record.summary.id, variant, comparison, []);
  });
  // What the gate said when the run ended stands.
  const gates = stored?.gates ?? judgeGates(benchmark.gate ?? [], results, false);
  const report = await buildReport(
    { record, results, gates, metrics, leading: leadingMetric(metrics), comparison },
    store,
    clock,
    signal,
  );
  return stored === undefined ? report : { ...report, createdAt: stored.createdAt, notes: stored.notes };
}

function withConfidence(plan: ComparisonPlan, confidence: number | undefined): ComparisonPlan {
  return confidence === undefined ? plan : { ...plan, confidence };
}

/** Runs to be set side by side. */
export interface CompareRequest {
  /** The first is what the others are compared with. */
  readonly runIds: readonly string[];
  /** Of every interval and verdict, in place of what the runs' benchmarks say. */
  readonly confidence?: number | undefined;
}

/**
 * Several runs side by side. Each variant of a later run is compared with the same model and prompt of the first run, or with the
 * first run's baseline when that has no such variant, on the rows both answered.
 */
export function compareRuns(
  runIds: readonly string[],
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<Report> {
  return compareAsAsked({ runIds }, store, clock, signal);
}

/** The same, as it is asked for. */
export async function compareAsAsked(
  { runIds, confidence }: CompareRequest,
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<Report> {
  const [firstId, ...otherIds] = runIds;
  if (firstId === undefined)
    throw new WorkbenchError('usage', 'No run was named.', {
      remedy: 'Name one or more runs; `aiwb runs list` shows them.',
    });
  const first = await reportAt(firstId, confidence, store, clock, signal);
  if (otherIds.length === 0) return first;
  const others: Report[] = [];
  for (const id of otherIds) others.push(await reportAt(id, confidence, store, clock, signal));
  const reports = [first, ...others];
  const records: RunRecord[] = [];
  for (const report of reports) for (const run of report.runs) records.push(await store.getRun(run.id));
  const variants = reports.flatMap(report => report.variants);
  const placed = variants.map((result, index): PlacedVariant => ({ index, result }));
  const pairs = pairRuns(placed, first);
  const { metrics, comparison: planned } = planOf(records[0]);
  const comparison = withConfidence(planned, confidence);
  const leading = leadingMetric(metrics);
  const compared = listCompared(metrics, leading);
  const reader = createColumnReader(store, scoreKeys(compared, leading), signal);
  const regressions = await findRegressions(earlierOf(pairs, records), leading, comparison, store, reader);
  const comparisons = await comparePairs(pairs, compared, comparison, store, reader, signal);
  const tradeoffs = describeTradeoffs(variants);
  const differences = differencesOf(reports, records);
  return {
    title: [...new Set(reports.map(({ title }) => title))].join(' and '),
    createdAt: clock.now(),
    runs: reports.flatMap(({ runs }) => runs),
    ...(first.dataset === undefined ? {} : { dataset: first.dataset }),
    ...(first.environment === undefined ? {} : { environment: first.environment }),
    confidence: first.confidence,
    leading: leading.id,
    ...(first.baseline === undefined ? {} : { baseline: first.baseline }),
    variants,
    comparisons,
    ...(tradeoffs.length === 0 ? {} : { tradeoffs }),
    ...(regressions.length === 0 ? {} : { regressions }),
    ...(differences.length === 0 ? {} : { differences }),
    gates: reports.flatMap(({ gates }) => gates),
    failures: reports.flatMap(({ failures }) => failures),
    notes: [
      ...unlikeDatasets(reports),
      ...reports.flatMap(({ notes, runs }) => notes.map(note => `${nameRun(runs[0])}: ${note}`)),
    ],
  };
}

/** The first run's benchmark says what is compared, and how. A run with a report had a valid one. */
function planOf(record: RunRecord | undefined): {
  readonly metrics: readonly Metric[];
  readonly comparison: ComparisonPlan;
} {
  const benchmark = record === undefined ? undefined : parseDocument('bench', record.spec.text).value;
  return {
    metrics: createMetrics(benchmark ?? {}),
    comparison: planComparison(benchmark ?? {}, record?.variants[0]?.model ?? ''),
  };
}

/** Each variant of a later run with the same one of the first, or else with the first run's baseline. */
function pairRuns(placed: readonly PlacedVariant[], first: Report): VariantPair[] {
  const firstCount = first.variants.length;
  return placed.slice(firstCount).flatMap(variant => {
    const same = placed
      .slice(0, firstCount)
      .find(({ result }) => result.model === variant.result.model && result.prompt === variant.result.prompt);
    const baseline = same ?? placed[first.baseline ?? 0];
    return baseline === undefined ? [] : [{ variant, baseline }];
  });
}

function unlikeDatasets(reports: readonly Report[]): string[] {
  const digests = new Set(reports.map(({ dataset }) => dataset?.digest ?? ''));
  if (digests.size < 2) return [];
  return [
    'The runs asked different datasets: figures side by side are not comparable; verdicts use only the rows they share.',
  ];
}

function nameRun(run: RunSummary | undefined): string {
  return run === undefined ? 'Run' : `Run ${run.id}`;
}
