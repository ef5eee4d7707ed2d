import type { Report, RunSummary } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { parseDocument } from '../documents/parse.ts';
import { createMetrics, leadingMetric } from '../metrics/benchmark-metrics.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import { VariantAggregate } from './aggregate.ts';
import { judgeGates } from './gates.ts';
import { comparePairs, type PairableVariant } from './pairs.ts';
import { buildReport } from './report.ts';

/**
 * A run's report: the stored one when the run has ended, else made from the samples stored so far.
 * Throws `run-not-found`.
 */
export async function reportRun(runId: string, store: Store, clock: Clock, signal: AbortSignal): Promise<Report> {
  const record = await store.getRun(runId);
  if (record.summary.kind !== 'benchmark') {
    throw new WorkbenchError('usage', `Run ${record.summary.id} is a tuning run and has another kind of report.`, {
      remedy: 'Name benchmark runs only, or tuning runs only.',
    });
  }
  if (record.report !== undefined) return { ...record.report, runs: [record.summary] };
  const benchmark = parseDocument('bench', record.spec.text).value;
  if (benchmark === undefined) {
    throw new WorkbenchError('run-failed', `Run ${record.summary.id} never started: its benchmark is not valid.`, {
      remedy: record.summary.failure?.message ?? `Correct ${record.spec.file} and run it again.`,
    });
  }
  const metrics = createMetrics(benchmark);
  const aggregates = record.variants.map(() => new VariantAggregate(metrics));
  for await (const samples of store.readSamples(record.summary.id, signal)) {
    for (const sample of samples) aggregates[sample.variant]?.addStored(sample);
  }
  const options = { confidence: benchmark.compare?.confidence ?? 0.95, seed: benchmark.seed ?? 7 };
  const results = record.variants.map((variant, index) => {
    const aggregate = aggregates[index] ?? new VariantAggregate(metrics);
    return aggregate.result(record.summary.id, variant, options, []);
  });
  const leading = leadingMetric(metrics);
  const gates = judgeGates(benchmark.gate ?? [], results, false);
  const baseline = benchmark.compare?.baseline ?? record.variants[0]?.model ?? '';
  return buildReport(
    { record, results, gates, leading: leading.id, baseline, repeats: benchmark.repeats ?? 1, ...options },
    store,
    clock,
  );
}

/**
 * Several runs side by side. Each variant of a later run is compared with the same model and prompt of the first run, or with the
 * first run's baseline when that has no such variant, on the rows both answered.
 */
export async function compareRuns(
  runIds: readonly string[],
  store: Store,
  clock: Clock,
  signal: AbortSignal,
): Promise<Report> {
  const [firstId, ...otherIds] = runIds;
  if (firstId === undefined)
    throw new WorkbenchError('usage', 'No run was named.', {
      remedy: 'Name one or more runs; `aiwb runs list` shows them.',
    });
  const first = await reportRun(firstId, store, clock, signal);
  if (otherIds.length === 0) return first;
  const others: Report[] = [];
  for (const id of otherIds) others.push(await reportRun(id, store, clock, signal));
  const reports = [first, ...others];
  const records: RunRecord[] = [];
  for (const report of reports) for (const run of report.runs) records.push(await store.getRun(run.id));
  const variants = reports.flatMap(report => report.variants);
  const placed = variants.map((result, index): PairableVariant => ({
    index,
    result,
    repeats: repeatsOf(result.runId, records),
  }));
  const firstCount = first.variants.length;
  const pairs = placed.slice(firstCount).flatMap(variant => {
    const same = placed
      .slice(0, firstCount)
      .find(({ result }) => result.model === variant.result.model && result.prompt === variant.result.prompt);
    const baseline = same ?? placed[first.baseline ?? 0];
    return baseline === undefined ? [] : [{ variant, baseline }];
  });
  const leading = first.comparisons[0]?.metric ?? leadingOf(first);
  const options = { leading, confidence: first.confidence, seed: first.environment?.seed ?? 7 };
  return {
    title: [...new Set(reports.map(({ title }) => title))].join(' and '),
    createdAt: clock.now(),
    runs: reports.flatMap(({ runs }) => runs),
    ...(first.dataset === undefined ? {} : { dataset: first.dataset }),
    ...(first.environment === undefined ? {} : { environment: first.environment }),
    confidence: first.confidence,
    ...(first.baseline === undefined ? {} : { baseline: first.baseline }),
    variants,
    comparisons: await comparePairs(pairs, options, store),
    gates: reports.flatMap(({ gates }) => gates),
    failures: reports.flatMap(({ failures }) => failures),
    notes: [
      ...unlikeDatasets(reports),
      ...reports.flatMap(({ notes, runs }) => notes.map(note => `${nameRun(runs[0])}: ${note}`)),
    ],
  };
}

function leadingOf(report: Report): string {
  return report.variants[0]?.metrics.find(({ kind }) => kind === 'quality')?.metric ?? 'accuracy';
}

function repeatsOf(runId: string, records: readonly RunRecord[]): number {
  const record = records.find(({ summary }) => summary.id === runId);
  return record === undefined ? 1 : (parseDocument('bench', record.spec.text).value?.repeats ?? 1);
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
