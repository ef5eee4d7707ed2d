import { toWorkbenchError } from '../base/errors.ts';
import { askTask } from './ask.ts';
import type { RunningVariant } from './running-variant.ts';
import { TaskFeed } from './feed.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { Budget } from '../models/budget.ts';
import type { SampleDesk } from './desk.ts';
import { judgeErrors } from './guards.ts';
import type { RunPlan } from './plan.ts';
import type { RunPorts } from './ports.ts';
import type { ProgressTracker } from './progress.ts';

export interface AskDependencies {
  readonly desk: SampleDesk;
  readonly budget: Budget;
  readonly cache: AnswerCache | undefined;
  readonly ports: RunPorts;
  readonly tracker: ProgressTracker;
  /** Ends the run; its reason becomes the run's failure. */
  readonly stop: AbortController;
}

/**
 * Asks every variant its open tasks. Embedded and trained models go first and one after another: they compute in this process and would
 * disturb the clocks of the others. Then all connections at once, each with its own concurrency, its prompts in turn.
 * Throws the reason the run was stopped for; whatever was answered until then is stored.
 */
export async function askVariants(
  plan: RunPlan,
  variants: readonly RunningVariant[],
  dependencies: AskDependencies,
  signal: AbortSignal,
): Promise<void> {
  const { stop } = dependencies;
  const ask = (variant: RunningVariant): Promise<void> => askVariant(plan, variant, dependencies, signal);
  try {
    for (const variant of variants) {
      if (variant.open.planned.kind !== 'connection') await ask(variant);
    }
    const connected = variants.filter(variant => variant.open.planned.kind === 'connection');
    const byModel = Map.groupBy(connected, variant => variant.open);
    await Promise.all(
      [...byModel.values()].map(async own => {
        for (const variant of own) await ask(variant);
      }),
    );
  } catch (error) {
    if (!stop.signal.aborted && !signal.aborted) stop.abort(toWorkbenchError(error));
  }
  signal.throwIfAborted();
}

/** Workers share one feed; the first to fail stops the run, and the others end at their next step. */
async function askVariant(
  plan: RunPlan,
  variant: RunningVariant,
  { desk, budget, cache, ports, tracker, stop }: AskDependencies,
  signal: AbortSignal,
): Promise<void> {
  const rows = plan.rows(signal);
  const feed = new TaskFeed(rows, plan.repeats, plan.scan.repeated, variant.answered);
  const { record, open } = variant;
  const prompt = plan.variants[record.variant]?.prompt;
  const breathe = open.planned.kind === 'connection' ? undefined : createBreather(ports, signal);

  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      let task = feed.take();
      if (task instanceof Promise) task = await task;
      if (task === undefined) return;
      tracker.addAsked();
      const asked = await askTask(task, record.variant, open, prompt, plan, budget, cache, signal);
      const wait = desk.take(variant, asked);
      if (wait !== undefined) await wait;
      if (asked.failure !== undefined) checkErrors(plan, variant, tracker);
      const pause = breathe?.();
      if (pause !== undefined) await pause;
    }
  };
  const guarded = (): Promise<void> =>
    work().catch((error: unknown) => {
      if (!signal.aborted) stop.abort(toWorkbenchError(error));
    });
  try {
    await Promise.all(Array.from({ length: open.concurrency }, guarded));
  } finally {
    await feed.close();
  }
  signal.throwIfAborted();
}

function checkErrors(plan: RunPlan, { record, open }: RunningVariant, tracker: ProgressTracker): void {
  const counts = tracker.variantCounts(record.variant);
  const fresh = { done: tracker.done - tracker.reused, failed: tracker.failed };
  const error = judgeErrors(
    fresh,
    { ...counts, model: record.model, lastFailure: open.lastFailure ?? '' },
    plan.limits,
  );
  if (error !== undefined) throw error;
}

/** Milliseconds a model in this process may compute before timers and messages get their turn. */
const longestBreath = 15;

function createBreather(ports: RunPorts, signal: AbortSignal): () => Promise<void> | undefined {
  let since = ports.clock.monotonic();
  return () => {
    if (ports.clock.monotonic() - since < longestBreath) return undefined;
    return ports.clock.sleep(0, signal).then(() => {
      since = ports.clock.monotonic();
    });
  };
}
