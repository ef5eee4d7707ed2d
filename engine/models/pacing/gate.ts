import { createAbortFan, reasonOf } from './abort-fan.ts';

/** How many requests may be under way, cut when the endpoint says "too many" and recovering slowly. */
export interface Gate {
  /**
   * Takes a place: undefined when one was free, else a promise of one, first come first served.
   * Rejects with the signal's reason when aborted while waiting (no place is then held).
   */
  enter(signal: AbortSignal): Promise<void> | undefined;
  /** Gives the place back. */
  leave(): void;
  /** A number for `cut`: which limit a request was sent under. */
  readonly epoch: number;
  /** The endpoint answered "too many": halves the limit, once for all requests sent under the same limit. */
  cut(epoch: number): void;
  /** A request went well: after as many as the limit without a cut, the limit grows by one. */
  grow(): void;
  /** The limit now in force, 1 to the configured concurrency. */
  readonly limit: number;
  /** Requests under way. */
  readonly active: number;
}

interface Waiter {
  start(): void;
}

/** `concurrency`: most requests under way at once, at least 1. */
export function createGate(concurrency: number): Gate {
  const fan = createAbortFan();
  const waiters = new Set<Waiter>(); // In order of arrival; a Set so that an abort removes one in constant time.
  let limit = concurrency;
  let active = 0;
  let epoch = 0;
  let successes = 0;

  function admit(): void {
    for (const waiter of waiters) {
      if (active >= limit) return;
      waiters.delete(waiter);
      active++;
      waiter.start();
    }
  }

  function wait(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const unwatch = fan.watch(signal, () => {
        waiters.delete(waiter);
        reject(reasonOf(signal));
      });
      const waiter: Waiter = {
        start() {
          unwatch();
          resolve();
        },
      };
      waiters.add(waiter);
    });
  }

  return {
    enter(signal) {
      if (signal.aborted) return Promise.reject(reasonOf(signal));
      if (active >= limit || waiters.size > 0) return wait(signal);
      active++;
      return undefined;
    },
    leave() {
      active--;
      if (waiters.size > 0) admit();
    },
    cut(sentUnder) {
      if (sentUnder !== epoch) return;
      epoch++;
      successes = 0;
      limit = Math.max(1, Math.floor(limit / 2));
    },
    grow() {
      if (limit >= concurrency || ++successes < limit) return;
      successes = 0;
      limit++;
      admit();
    },
    get epoch() {
      return epoch;
    },
    get limit() {
      return limit;
    },
    get active() {
      return active;
    },
  };
}
