import type { SampleRecord, Store } from '../ports/store.ts';
import { measuringMetrics, paidCost, type SampleDesk } from './desk.ts';
import { taskKey } from './feed.ts';
import type { RunPlan } from './plan.ts';
import type { RunPorts } from './ports.ts';
import type { ProgressTracker } from './progress.ts';
import type { RunningVariant } from './running-variant.ts';

export interface TakeOver {
  readonly plan: RunPlan;
  readonly variants: readonly RunningVariant[];
  readonly store: Store;
  readonly ports: RunPorts;
  readonly desk: SampleDesk;
  readonly tracker: ProgressTracker;
}

/**
 * Takes over what a run answered before it stopped. Failed samples are not taken over: they are asked again. Returns the rows with samples
 * that a metric has not measured; `measureStored` takes those.
 */
export async function takeOverRun(
  runId: string,
  { plan, variants, store, desk, tracker }: TakeOver,
  signal: AbortSignal,
): Promise<ReadonlySet<number>> {
  const lacking = new Set<number>();
  for await (const samples of store.readSamples(runId, signal)) {
    for (const sample of samples) {
      const variant = variants[sample.variant];
      if (variant === undefined || sample.failure !== undefined) continue;
      variant.answered.add(taskKey(sample.rowDigest, sample.occurrence, sample.repeat));
      tracker.addReused(sample.variant, 1, paidCost(sample));
      if (sample.details?.measuringCost !== undefined) tracker.addMeasuringCost(sample.details.measuringCost);
      if (lacksScore(sample, plan)) lacking.add(sample.row);
      else desk.countStored(variant, sample);
    }
  }
  return lacking;
}

/** Measures the samples of these rows that lack a score from their stored answer; no model is asked for them again. */
export async function measureStored(
  runId: string,
  lacking: ReadonlySet<number>,
  context: TakeOver,
  signal: AbortSignal,
): Promise<void> {
  if (lacking.size === 0) return;
  const { plan, variants, store, desk, tracker } = context;
  tracker.setPhase('Measuring stored answers');
  const values = await readValues(lacking, context, signal);
  for await (const samples of store.readSamples(runId, signal)) {
    for (const sample of samples) {
      const variant = variants[sample.variant];
      if (variant === undefined || sample.failure !== undefined || !lacksScore(sample, plan)) continue;
      await desk.measureStored(variant, sample, values.get(sample.row));
      signal.throwIfAborted();
    }
  }
}

/** Whether a metric that measures has no score of the sample. */
export function lacksScore({ scores }: Pick<SampleRecord, 'scores'>, plan: RunPlan): boolean {
  return measuringMetrics(plan).some(({ id }) => scores[id] === undefined);
}

/** Columns of the rows with these positions, where a metric reads more of them than the store keeps. */
export async function readValues(
  wanted: ReadonlySet<number>,
  { plan }: Pick<TakeOver, 'plan'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Readonly<Record<string, unknown>>>> {
  const values = new Map<number, Readonly<Record<string, unknown>>>();
  if (!measuringMetrics(plan).some(({ needs }) => needs?.columns !== undefined)) return values;
  for await (const rows of plan.rows(signal)) {
    for (const row of rows) if (wanted.has(row.index)) values.set(row.index, row.values);
    if (values.size === wanted.size) break;
  }
  return values;
}
