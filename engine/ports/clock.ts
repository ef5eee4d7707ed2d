/** Time, injected so that tests need not wait. */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. For records people read; never for durations. */
  now(): number;
  /** Monotonic clock in milliseconds with sub-millisecond resolution. For every duration. */
  monotonic(): number;
  /** Resolves after `milliseconds`; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
  /** Calls back every `milliseconds` until the returned function is called. Never keeps a process alive by itself. */
  every(milliseconds: number, callback: () => void): () => void;
  /** Calls back once after `milliseconds` unless the returned function is called first. */
  after(milliseconds: number, callback: () => void): () => void;
}
