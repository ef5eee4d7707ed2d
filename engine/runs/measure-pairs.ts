import type { Metric } from '../metrics/metric.ts';
import type { SampleRecord, Store } from '../ports/store.ts';
import type { SampleDesk } from './desk.ts';
import { taskKey } from './feed.ts';
import type { RunPlan } from './plan.ts';
import type { ProgressTracker } from './progress.ts';
import type { RunningVariant } from './running-variant.ts';

export interface PairContext {
  readonly runId: string;
  readonly store: Store;
  readonly desk: SampleDesk;
  readonly tracker: ProgressTracker;
}

/**
 * Measures every model's answers against the baseline's, for each metric that compares. Samples that have their score already are left
 * alone, so that a resumed run goes on where it stopped. Returns whether any metric compares.
 */
export async function measurePairs(
  plan: RunPlan,
  variants: readonly RunningVariant[],
  { runId, store, desk, tracker }: PairContext,
  signal: AbortSignal,
): Promise<boolean> {
  const comparing = plan.metrics.filter(metric => metric.pairs !== undefined);
  for (const metric of comparing) {
    tracker.setPhase(`Comparing answers (${metric.label})`);
    for (const variant of variants) {
      const baseline = findBaseline(metric, variant, variants, plan);
      if (baseline === undefined) continue;
      const [own, other] = [variant.record.variant, baseline.record.variant];
      for await (const [record, answer] of joinAnswers(store, runId, own, other, signal)) {
        if (record.scores[metric.id] !== undefined) continue;
        const wait = desk.measurePair(record, answer.output ?? '', metric);
        if (wait !== undefined) await wait;
        signal.throwIfAborted();
      }
    }
    await desk.settle();
    signal.throwIfAborted();
  }
  return comparing.length > 0;
}

/** The baseline's variant with the same prompt, else its first one; undefined for the baseline itself. */
function findBaseline(
  { pairs }: Metric,
  { record }: RunningVariant,
  variants: readonly RunningVariant[],
  plan: RunPlan,
): RunningVariant | undefined {
  const name = pairs?.baseline ?? plan.baseline;
  if (record.model === name) return undefined;
  const own = variants.filter(variant => variant.record.model === name);
  return own.find(variant => variant.record.promptDigest === record.promptDigest) ?? own[0];
}

/**
 * Answers of two variants to the same rows. Both sides are read a batch at a time and forgotten once they met; as they were stored in
 * about the same order, few wait.
 */
async function* joinAnswers(
  store: Store,
  runId: string,
  own: number,
  other: number,
  signal: AbortSignal,
): AsyncIterable<readonly [SampleRecord, SampleRecord]> {
  const sides = [own, other].map(variant => ({
    batches: store.readSamples(runId, signal, variant)[Symbol.asyncIterator](),
    waiting: new Map<string, SampleRecord>(),
  }));
  const done = new Set<number>();
  while (done.size < sides.length) {
    for (const [index, side] of sides.entries()) {
      if (done.has(index)) continue;
      const next = await side.batches.next();
      if (next.done === true) {
        done.add(index);
        continue;
      }
      for (const sample of next.value) {
        if (sample.failure !== undefined) continue;
        const key = taskKey(sample.rowDigest, sample.occurrence, sample.repeat);
        const partner = sides[1 - index]?.waiting.get(key);
        if (partner === undefined) {
          side.waiting.set(key, sample);
          continue;
        }
        sides[1 - index]?.waiting.delete(key);
        yield index === 0 ? [sample, partner] : [partner, sample];
      }
    }
  }
}
