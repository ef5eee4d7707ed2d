import type { Clock } from '../../ports/clock.ts';
import { createAbortFan, reasonOf } from './abort-fan.ts';

/** A limit on the tokens asked for in a minute, where a request's tokens are known only after it. */
export interface TokenBucket {
  /** Takes what a request is expected to use: undefined when there was room, else a promise of its turn, in order of asking. */
  take(expected: number, signal: AbortSignal): Promise<void> | undefined;
  /** A request used this many tokens more than it took; negative for less. */
  settle(difference: number): void;
}

const minute = 60_000;
const rounding = 1e-6;

interface Waiter {
  readonly expected: number;
  start(): void;
}

/**
 * A schedule like the requests' own (see `createBucket`), but with a queue: what a request did not use is given back at once, so
 * those who wait start earlier. A request starts when all before it are paid for, however large it is itself.
 */
export function createTokenBucket(tokensPerMinute: number, clock: Clock): TokenBucket {
  const burst = Math.max(1, Math.floor(tokensPerMinute / 60));
  const interval = minute / (tokensPerMinute - burst + 1);
  const tolerance = (burst - 1) * interval;
  const fan = createAbortFan();
  const waiters = new Set<Waiter>(); // In order of arrival.
  let due = -Infinity; // When all tokens taken are refilled, in monotonic milliseconds.
  let cancelTimer: (() => void) | undefined;

  function charge(expected: number): void {
    due = Math.max(due, clock.monotonic()) + expected * interval;
  }

  function admit(): void {
    cancelTimer?.();
    cancelTimer = undefined;
    for (const waiter of waiters) {
      const wait = due - tolerance - clock.monotonic();
      if (wait > rounding) {
        cancelTimer = clock.after(Math.ceil(wait), admit);
        return;
      }
      waiters.delete(waiter);
      charge(waiter.expected);
      waiter.start();
    }
  }

  function wait(expected: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const unwatch = fan.watch(signal, () => {
        waiters.delete(waiter);
        reject(reasonOf(signal));
        admit();
      });
      const waiter: Waiter = {
        expected,
        start() {
          unwatch();
          resolve();
        },
      };
      waiters.add(waiter);
      if (cancelTimer === undefined) admit();
    });
  }

  return {
    take(expected, signal) {
      if (signal.aborted) return Promise.reject(reasonOf(signal));
      if (waiters.size > 0 || due - tolerance - clock.monotonic() > rounding) return wait(expected, signal);
      charge(expected);
      return undefined;
    },
    settle(difference) {
      due += difference * interval;
      if (waiters.size > 0) admit();
    },
  };
}
