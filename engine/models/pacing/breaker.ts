import type { Clock } from '../../ports/clock.ts';

/** Stops asking an endpoint that cannot be reached at all. */
export interface Breaker {
  /** Why nothing may be asked now, or undefined. After each cool-down one question is let through to try. */
  check(): string | undefined;
  /** A question ended because no connection came about; `reason` is told to those that fail fast. */
  failed(reason: string): void;
  /** The endpoint answered something, even an error. */
  reached(): void;
}

export interface BreakerOptions {
  /** Questions in a row that found no connection (each after its retries) before the breaker opens. Default 10. */
  readonly threshold?: number;
  /** Milliseconds of failing fast before one question may try again. Default 15 000. */
  readonly coolDown?: number;
}

export function createBreaker(clock: Clock, options: BreakerOptions = {}): Breaker {
  const threshold = options.threshold ?? 10;
  const coolDown = options.coolDown ?? 15_000;
  let failures = 0;
  let closedUntil = 0;
  let lastReason = '';

  return {
    check() {
      if (failures < threshold) return undefined;
      const now = clock.monotonic();
      if (now < closedUntil) {
        const seconds = Math.ceil((closedUntil - now) / 1000);
        return `not asked, because the last ${failures} questions found no connection; tried again in ${seconds} s. Last: ${lastReason}`;
      }
      closedUntil = now + coolDown;
      return undefined;
    },
    failed(reason) {
      failures++;
      lastReason = reason;
      if (failures >= threshold) closedUntil = clock.monotonic() + coolDown;
    },
    reached() {
      failures = 0;
    },
  };
}
