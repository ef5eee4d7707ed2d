import type { WorkbenchError } from '../../base/errors.ts';
import type { JobBundle, JobEvent, JobResult } from '../platform.ts';

/** How a trainer's job ended, as its events tell. */
export type JobOutcome = { readonly kind: 'result' } | { readonly kind: 'failure'; readonly error: WorkbenchError };

/** Reads one trainer's events, from their beginning. */
export interface JobReader {
  /** Takes the next bytes of `events.jsonl` and tells what they mean, in order. The result itself comes with `collect`. */
  take(bytes: Uint8Array, signal: AbortSignal): AsyncIterable<JobEvent>;
  /** Present once the trainer has told its end; nothing comes after it. */
  readonly outcome: JobOutcome | undefined;
  /** Fetches what the result names, checks it and keeps it in the store's blobs. */
  collect(signal: AbortSignal): Promise<JobResult>;
}

/** A job in the trainer's own format: what goes to a machine, and what comes back of it. */
export interface JobDesk {
  /** Puts the job and the trainer into the storage, under the keys of `keysOf`. Done again, it puts the same. */
  upload(bundle: JobBundle, signal: AbortSignal): Promise<void>;
  /** Nothing is read before `take`. */
  read(bundle: JobBundle): JobReader;
}

/**
 * Keys of a run's objects in the storage. What a machine makes lies below `made`, but for the state, which outlives it. State and model are
 * indexes of archives in parts (`partKey`): there are two slots for the state, so that one is whole while the next is put.
 */
export function keysOf({ output }: Pick<JobBundle, 'output'>) {
  const made = `${output}/made`;
  return {
    prefix: output,
    bundle: `${output}/bundle.tar`,
    trainer: `${output}/trainer.tar`,
    state: `${output}/state.json`,
    stateSlots: [`${output}/state-a.tar`, `${output}/state-b.tar`],
    made,
    events: `${made}/events.jsonl`,
    answers: `${made}/answers.tar`,
    model: `${made}/model.json`,
    modelSlots: [`${made}/model.tar`],
    log: `${made}/log.txt`,
  };
}
