import type { RunSummary } from '../../schemas/generated/messages.ts';
import type { AgentDesk, CallOptions } from './desk.ts';
import { hasEnded } from './runs.ts';

const lookEveryMs = 250;

/**
 * The runs once all have ended, or as they are when the time is over. Other processes run them, so the store is looked at until then.
 * Throws the signal's reason when aborted; the runs go on.
 */
export async function waitForEnd(
  ids: readonly string[],
  seconds: number,
  { store, clock }: Pick<AgentDesk, 'store' | 'clock'>,
  { onProgress }: Pick<CallOptions, 'onProgress'>,
  signal: AbortSignal,
): Promise<readonly RunSummary[]> {
  const until = clock.monotonic() + seconds * 1000;
  let told = '';
  for (;;) {
    const runs = await Promise.all(ids.map(async id => (await store.getRun(id)).summary));
    signal.throwIfAborted();
    const left = until - clock.monotonic();
    if (runs.every(hasEnded) || left <= 0) return runs;
    const now = JSON.stringify(runs.map(({ state, progress: { done, failed } }) => [state, done, failed]));
    if (now !== told) onProgress?.(runs);
    told = now;
    await clock.sleep(Math.min(lookEveryMs, left), signal);
  }
}
