import type { Clock } from '../../ports/clock.ts';
import { reasonOf } from './abort-fan.ts';

/** A limit on how many requests start in a minute. */
export interface Bucket {
  /** Takes a token: undefined when one was there, else a promise that resolves at this request's turn, in order of asking. */
  take(signal: AbortSignal): Promise<void> | undefined;
}

const minute = 60_000;
const rounding = 1e-6;

/**
 * A token bucket as a schedule (the generic cell rate algorithm, ITU-T I.371): each request is given its own start time, so
 * that late timers lose no capacity. About a second's worth may start at once; the refill is slowed by as much, so that no
 * 60 seconds ever hold more than `requestsPerMinute` starts.
 */
export function createBucket(requestsPerMinute: number, clock: Clock): Bucket {
  const burst = Math.max(1, Math.floor(requestsPerMinute / 60));
  const interval = minute / (requestsPerMinute - burst + 1);
  const tolerance = (burst - 1) * interval;
  let due = -Infinity; // When the next token is refilled, in monotonic milliseconds.

  return {
    take(signal) {
      if (signal.aborted) return Promise.reject(reasonOf(signal));
      const now = clock.monotonic();
      due = Math.max(due, now);
      const wait = due - tolerance - now;
      due += interval;
      return wait <= rounding ? undefined : clock.sleep(wait, signal);
    },
  };
}
