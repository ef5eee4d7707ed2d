import type { Environment } from '../../schemas/generated/messages.ts';
import { countOccurrences } from '../datasets/scan.ts';
import { WorkbenchError } from '../base/errors.ts';
import { omit } from '../base/omit.ts';
import type { RunRecord, SampleRecord } from '../ports/store.ts';
import { observe } from '../reports/aggregate.ts';
import { rescore } from './desk.ts';
import { taskKey } from './feed.ts';
import type { RunPlan } from './plan.ts';
import type { RunningVariant } from './running-variant.ts';
import { lacksScore, readValues, type TakeOver } from './take-over.ts';

/**
 * Takes over the answers of an earlier run: every sample whose row, occurrence, repeat, model and prompt are the same is written as this
 * run's own, scored anew, and measured where a metric has no score of it or measures otherwise by now. The rest is left to be asked.
 */
export async function extendRun(
  earlier: RunRecord,
  measuring: Environment['measuring'],
  context: TakeOver,
  signal: AbortSignal,
): Promise<void> {
  const { plan, store, desk, tracker } = context;
  const own = matchVariants(earlier, context.variants);
  if (own.size === 0) throw nothingShared(earlier);
  tracker.setPhase('Taking over earlier answers');
  const positions = await readPositions(plan, signal);
  const stale = findStale(earlier.environment?.measuring, measuring);
  const values = await readValues(new Set(positions.values()), context, signal);
  for await (const samples of store.readSamples(earlier.summary.id, signal)) {
    for (const sample of samples) {
      if (sample.failure !== undefined) continue;
      const row = positions.get(taskKey(sample.rowDigest, sample.occurrence, 0));
      if (row === undefined || sample.repeat >= plan.repeats) continue;
      const key = taskKey(sample.rowDigest, sample.occurrence, sample.repeat);
      for (const variant of own.get(sample.variant) ?? []) {
        if (variant.answered.has(key)) continue;
        variant.answered.add(key);
        tracker.addReused(variant.record.variant, 1, undefined);
        tracker.addExtended();
        const taken = adopt(sample, variant, row, stale, plan);
        const wait = desk.keepTaken(variant, taken, lacksScore(taken, plan), values.get(row));
        if (wait !== undefined) await wait;
        signal.throwIfAborted();
      }
    }
  }
}

/** This run's variants of each of the earlier one's: the same model with the same prompt. */
function matchVariants(
  { variants }: RunRecord,
  own: readonly RunningVariant[],
): ReadonlyMap<number, readonly RunningVariant[]> {
  const matched = new Map<number, readonly RunningVariant[]>();
  for (const { variant, modelDigest, promptDigest } of variants) {
    const same = own.filter(({ record }) => record.modelDigest === modelDigest && record.promptDigest === promptDigest);
    if (same.length > 0) matched.set(variant, same);
  }
  return matched;
}

function nothingShared({ summary }: RunRecord): WorkbenchError {
  return new WorkbenchError('usage', `Run ${summary.id} shares no model and prompt with this benchmark as it is now.`, {
    remedy:
      'Models with other parameters or addresses, and prompts with other words, are other models. Run it without --extend.',
  });
}

/** Positions of this run's rows by what makes a row the same. */
async function readPositions(plan: RunPlan, signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  const occurrenceOf = countOccurrences(plan.scan.repeated);
  const positions = new Map<string, number>();
  for await (const rows of plan.rows(signal)) {
    for (const { digest, index } of rows) positions.set(taskKey(digest, occurrenceOf(digest), 0), index);
  }
  return positions;
}

/** Ids of metrics that measured otherwise in the earlier run. */
function findStale(before: Environment['measuring'], now: Environment['measuring']): readonly string[] {
  const digests = new Map((before ?? []).map(({ metric, digest }) => [metric, digest]));
  return (now ?? []).flatMap(({ metric, digest }) => (digests.get(metric) === digest ? [] : [metric]));
}

/** The sample as this run's own, without scores that no longer hold and money that was paid before. */
function adopt(
  sample: SampleRecord,
  { record }: RunningVariant,
  row: number,
  stale: readonly string[],
  plan: RunPlan,
): SampleRecord {
  const holds = (key: string): boolean => !stale.some(id => key === id || key.startsWith(`${id}.`));
  const keep = <Value>(entries: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(entries).filter(([key]) => holds(key)));
  const { measured } = sample.details ?? {};
  const others = omit(sample.details ?? {}, 'measured', 'unmeasured', 'measuringCost');
  // What was compared with another model's answers is compared anew.
  const pairs = plan.metrics.flatMap(metric => (metric.pairs === undefined ? [] : [metric.id]));
  const scores = keep(sample.scores);
  for (const id of pairs)
    for (const key in scores) if (key === id || key.startsWith(`${id}.`)) Reflect.deleteProperty(scores, key);
  const taken: SampleRecord = {
    ...sample,
    variant: record.variant,
    row,
    scores,
    details: { ...others, cached: true, ...(measured === undefined ? {} : { measured: keep(measured) }) },
  };
  return rescore(taken, observe(taken), plan).record;
}
