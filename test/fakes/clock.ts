import type { Clock } from '../../engine/ports/clock.ts';

/** A clock that stands still until it is told to move. Both its clocks start at `start` and move together. */
export interface ManualClock extends Clock {
  /** Moves time on, firing what falls due in order, and lets promises settle between. */
  advance(milliseconds: number): Promise<void>;
  /** Timers and sleeps not yet due. */
  readonly pending: number;
}

interface Timer {
  due: number;
  readonly fire: () => void;
  readonly period?: number;
}

export function createManualClock(start = 0): ManualClock {
  const timers = new Set<Timer>();
  let now = start;

  function add(milliseconds: number, fire: () => void, period?: number): () => void {
    const timer: Timer = { due: now + milliseconds, fire, ...(period === undefined ? {} : { period }) };
    timers.add(timer);
    return () => void timers.delete(timer);
  }

  function nextDue(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) if (timer.due <= until && (!first || timer.due < first.due)) first = timer;
    return first;
  }

  return {
    now: () => now,
    monotonic: () => now,
    sleep(milliseconds, signal) {
      return new Promise((resolve, reject) => {
        if (signal.aborted) {
          reject(signal.reason as Error);
          return;
        }
        const cancel = add(milliseconds, () => {
          signal.removeEventListener('abort', stop);
          resolve();
        });
        const stop = () => {
          cancel();
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', stop, { once: true });
      });
    },
    every: (milliseconds, callback) => add(milliseconds, callback, milliseconds),
    after: (milliseconds, callback) => add(milliseconds, callback),
    async advance(milliseconds) {
      const until = now + milliseconds;
      await settle();
      for (let timer = nextDue(until); timer; timer = nextDue(until)) {
        now = Math.max(now, timer.due);
        if (timer.period === undefined) timers.delete(timer);
        else timer.due += timer.period;
        timer.fire();
        await settle();
      }
      now = until;
    },
    get pending() {
      return timers.size;
    },
  };
}

async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await Promise.resolve();
  await new Promise(resolve => setImmediate(resolve));
}

/** `real` with sleeps that return at once and are written down, for tests of waits against real servers. */
export function createHurriedClock(real: Clock): Clock & { readonly sleeps: number[] } {
  const sleeps: number[] = [];
  return {
    ...real,
    sleeps,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      sleeps.push(milliseconds);
      await Promise.resolve();
    },
  };
}
