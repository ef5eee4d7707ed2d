import type { RunProgress } from '../../schemas/generated/messages.ts';
import type { RunWriter, SampleRecord } from '../ports/store.ts';
import type { Clock } from '../ports/clock.ts';

/** Samples are at most this far behind in the store, in milliseconds. */
const flushEvery = 250;
/** More than this many waiting samples are written without waiting for the timer. */
const flushAt = 4000;
/** Workers wait when this many samples are waiting: the store is slower than the models. */
const mostPending = 20_000;

/**
 * Writes samples in batches, one batch at a time, in order. The first failure to write ends everything: it is thrown from
 * `settled`, `add` and `flush`, and `onFailure` is called at once so that no further answer is paid for.
 */
export class SampleRecorder {
  readonly #writer: RunWriter;
  readonly #progress: () => RunProgress;
  readonly #onFailure: (error: unknown) => void;
  readonly #stopTimer: () => void;
  #pending: SampleRecord[] = [];
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  constructor(writer: RunWriter, clock: Clock, progress: () => RunProgress, onFailure: (error: unknown) => void) {
    this.#writer = writer;
    this.#progress = progress;
    this.#onFailure = onFailure;
    this.#stopTimer = clock.every(flushEvery, () => {
      this.#write();
    });
  }

  /** Takes a sample; returns a promise only when the caller has to wait for the store to catch up. */
  add(sample: SampleRecord): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#pending.push(sample);
    if (this.#pending.length >= flushAt) this.#write();
    return this.#pending.length >= mostPending ? this.#writing : undefined;
  }

  /** Resolves when everything added so far is committed. */
  async flush(): Promise<void> {
    while (this.#pending.length > 0 || this.#writing !== undefined) {
      this.#write();
      await this.#writing;
    }
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  stop(): void {
    this.#stopTimer();
  }

  #write(): void {
    if (this.#writing !== undefined || this.#pending.length === 0 || this.#failure !== undefined) return;
    const batch = this.#pending;
    this.#pending = [];
    this.#writing = this.#writer
      .append(batch, this.#progress())
      .catch((error: unknown) => {
        this.#failure = { error };
        this.#pending = [];
        this.#onFailure(error);
      })
      .finally(() => {
        this.#writing = undefined;
      });
  }
}
