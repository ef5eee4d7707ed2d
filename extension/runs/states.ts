import type { RunState, RunSummary } from '../../schemas/generated/messages.ts';

/** In the order a run goes through them. */
export const runStates: readonly RunState[] = [
  'queued',
  'provisioning',
  'running',
  'cancelling',
  'succeeded',
  'failed',
  'cancelled',
  'lost',
];

const endedStates: ReadonlySet<RunState> = new Set<RunState>(['succeeded', 'failed', 'cancelled', 'lost']);

/** Whether a run in this state will not change any more, unless it is resumed. */
export function isEnded(state: RunState): boolean {
  return endedStates.has(state);
}

/** A run that can still be asked to stop. */
export function isCancellable(run: RunSummary): boolean {
  return !isEnded(run.state) && run.state !== 'cancelling';
}

/** A run that ended before its last sample and can be taken up again. */
export function isResumable(run: RunSummary): boolean {
  return run.resumable ?? (isEnded(run.state) && run.state !== 'succeeded');
}
