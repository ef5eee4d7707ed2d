import type { RunState } from './generated/messages.ts';

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
