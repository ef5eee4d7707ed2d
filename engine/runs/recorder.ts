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
  readonly #progress: (handed: number) => RunProgress;
  readonly #onFailure: (error: unknown) => void;
  readonly #stopTimer: () => void;
  #pending: SampleRecord[] = [];
  #pendingNew = 0;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** `progress` is asked with every batch, and told how many new samples the batch hands over. */
  constructor(
    writer: RunWriter,
    clock: Clock,
    progress: (handed: number) => RunProgress,
    onFailure: (error: unknown) => void,
  ) {
    this.#writer = writer;
    this.#progress = progress;
    this.#onFailure = onFailure;
    this.#stopTimer = clock.every(flushEvery, () => {
      this.#write();
    });
  }

  /**
   * Takes a sample; returns a promise only when the caller has to wait for the store to catch up. One that is not new replaces what was
   * taken of it before.
   */
  add(sample: SampleRecord, isNew = true): Promise<void> | undefined {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#pending.push(sample);
    if (isNew) this.#pendingNew += 1;
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
    const fresh = this.#pendingNew;
    this.#pending = [];
    this.#pendingNew = 0;
    this.#writing = this.#writer
      .append(batch, this.#progress(fresh))
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
