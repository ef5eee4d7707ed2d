import type { RunSummary } from '../../schemas/generated/messages.ts';
import { isEnded } from '../../schemas/run-states.ts';

/** A run that can still be asked to stop. */
export function isCancellable(run: RunSummary): boolean {
  return !isEnded(run.state) && run.state !== 'cancelling';
}

/** A run that ended before its last sample and can be taken up again. */
export function isResumable(run: RunSummary): boolean {
  return run.resumable ?? (isEnded(run.state) && run.state !== 'succeeded');
}
