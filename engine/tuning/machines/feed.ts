import type { Clock } from '../../ports/clock.ts';
import type { JobBundle, JobEvent } from '../platform.ts';
import type { JobStorage } from '../storage/storage.ts';
import { keysOf, type JobDesk, type JobOutcome, type JobReader } from './job-desk.ts';

/** Bytes before the place that was read to, which must be as they were: a file that was begun anew has others there. */
const overlap = 256;

/**
 * What a trainer elsewhere has written, read from the storage as it grows. A file that was begun anew, by a machine that started again or by
 * another one, is read from its beginning.
 */
export class Feed {
  readonly #bundle: JobBundle;
  readonly #storage: JobStorage;
  readonly #desk: JobDesk;
  readonly #clock: Clock;
  #reader: JobReader;
  #position = 0;
  #tail: Uint8Array = new Uint8Array(0);
  #heard: number | undefined;

  constructor(bundle: JobBundle, storage: JobStorage, desk: JobDesk, clock: Clock) {
    this.#bundle = bundle;
    this.#storage = storage;
    this.#desk = desk;
    this.#clock = clock;
    this.#reader = desk.read(bundle);
  }

  /** Monotonic milliseconds when something new was last found; undefined before the first word. */
  get heard(): number | undefined {
    return this.#heard;
  }

  get outcome(): JobOutcome | undefined {
    return this.#reader.outcome;
  }

  get reader(): JobReader {
    return this.#reader;
  }

  /** Another machine begins: what the one before has told is behind. */
  restart(): void {
    this.#begin();
    this.#heard = undefined;
  }

  /** The events since it was last asked. Throws what the storage throws, and what the trainer has no right to say. */
  async *poll(signal: AbortSignal): AsyncIterable<JobEvent> {
    if (this.outcome !== undefined) return;
    const from = Math.max(0, this.#position - this.#tail.length);
    const { events } = keysOf(this.#bundle);
    let bytes = await this.#storage.read(events, signal, from);
    signal.throwIfAborted();
    if (this.#position > 0 && !startsWith(bytes, this.#tail)) {
      this.#begin();
      bytes = await this.#storage.read(events, signal);
      signal.throwIfAborted();
    }
    const fresh = bytes?.subarray(this.#tail.length) ?? new Uint8Array(0);
    if (fresh.length > 0) {
      this.#position += fresh.length;
      this.#tail = lastOf(this.#tail, fresh);
      this.#heard = this.#clock.monotonic();
    }
    // Also where nothing is new: what a line names may be there by now.
    yield* this.#reader.take(fresh, signal);
  }

  #begin(): void {
    this.#reader = this.#desk.read(this.#bundle);
    this.#position = 0;
    this.#tail = new Uint8Array(0);
  }
}

function startsWith(bytes: Uint8Array | undefined, start: Uint8Array): boolean {
  return bytes !== undefined && bytes.length >= start.length && start.every((byte, index) => bytes[index] === byte);
}

function lastOf(before: Uint8Array, fresh: Uint8Array): Uint8Array {
  if (fresh.length >= overlap) return fresh.slice(-overlap);
  const all = new Uint8Array(before.length + fresh.length);
  all.set(before);
  all.set(fresh, before.length);
  return all.slice(-overlap);
}
