import type { RunProgress } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import { toFailure } from '../base/failure.ts';
import type { Clock } from '../ports/clock.ts';
import type { LeaseOwner, RunEnding, RunRecord, RunWriter, Store } from '../ports/store.ts';

export interface ExecuteOptions {
  readonly owner: LeaseOwner;
  /** Called about four times a second with the run's progress. */
  readonly onProgress?: (progress: RunProgress) => void;
  /** Called with what a person should know of and the run does not fail by, a sentence at a time. */
  readonly onNote?: (sentence: string) => void;
}

/** What an attempt works with, whatever kind of run it is. */
export interface Attempt {
  readonly writer: RunWriter;
  /** Ends the attempt; its reason becomes the run's failure. */
  readonly stop: AbortController;
}

/** Milliseconds between two signs of life; the store takes a lease for lost after several have failed to come. */
const heartbeatEvery = 1000;
const progressEvery = 250;

/**
 * One attempt at a run under its lease: takes the lease, shows signs of life and progress, listens for a cancel, and hands over to
 * `work`, which must end the run in the store (see `failureOf` and `endingOf`). Returns the run's record. Throws only what kept the run from
 * being recorded, such as `run-lease-lost`.
 */
export async function runAttempt(
  runId: string,
  store: Store,
  clock: Clock,
  snapshot: () => RunProgress,
  options: ExecuteOptions,
  work: (attempt: Attempt, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<RunRecord> {
  const writer = await store.openWriter(runId, options.owner);
  const stop = new AbortController();
  const stopHeartbeat = keepAlive(writer, snapshot, stop, clock);
  const stopProgress = clock.every(progressEvery, () => options.onProgress?.(snapshot()));
  try {
    await work({ writer, stop }, AbortSignal.any([signal, stop.signal]));
  } finally {
    stopHeartbeat();
    stopProgress();
  }
  options.onProgress?.(snapshot());
  return store.getRun(runId);
}

/** Renews the lease; a cancel asked for elsewhere, or the loss of the lease, stops the attempt. */
function keepAlive(writer: RunWriter, snapshot: () => RunProgress, stop: AbortController, clock: Clock): () => void {
  let beating = false;
  return clock.every(heartbeatEvery, () => {
    if (beating || stop.signal.aborted) return;
    beating = true;
    writer
      .heartbeat(snapshot())
      .then(({ cancelRequested }) => {
        if (cancelRequested) stop.abort(new WorkbenchError('cancelled', 'Cancelled on request.'));
      })
      .catch((error: unknown) => {
        stop.abort(toWorkbenchError(error));
      })
      .finally(() => {
        beating = false;
      });
  });
}

/**
 * Does the work of an attempt and tells why it ended early, if it did: the signal's reason once that is aborted, else what was thrown.
 * Throws `run-lease-lost` on: the run is another process's now, and nothing may be written.
 */
export async function failureOf(work: () => Promise<void>, signal: AbortSignal): Promise<WorkbenchError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    const failure = toWorkbenchError(signal.aborted ? signal.reason : error);
    if (failure.code === 'run-lease-lost') throw failure;
    return failure;
  }
}

/** A run's last state, and its failure as it is stored: a cancelled run has none. */
export function endingOf(failure: WorkbenchError | undefined): Pick<RunEnding, 'state' | 'failure'> {
  if (failure === undefined) return { state: 'succeeded' };
  if (failure.code === 'cancelled') return { state: 'cancelled' };
  return { state: 'failed', failure: toFailure(failure) };
}
