import type { Clock } from '../../ports/clock.ts';
import { AnswerFailure } from '../model.ts';
import { AttemptFailure } from './attempt-failure.ts';
import { createBreaker } from './breaker.ts';
import type { BreakerOptions } from './breaker.ts';
import { createBucket } from './bucket.ts';
import { createGate } from './gate.ts';
import { planRetry } from './retry.ts';
import type { RetryPolicy } from './retry.ts';
import { createTokenBucket } from './token-bucket.ts';

/** What an endpoint can take. */
export interface PacingLimits {
  /** Most requests under way at once. */
  readonly concurrency: number;
  /** Most requests started in any 60 seconds; absent means no limit. */
  readonly requestsPerMinute?: number;
  /** Most tokens, in and out, asked for in 60 seconds; absent means no limit. */
  readonly tokensPerMinute?: number;
}

/** The tokens of a question's requests, for the limit on them. */
export interface TokenUse<T> {
  /** What one request is expected to use: its input and the longest answer. */
  readonly expected: number;
  /** What a successful request did use. */
  countUsed(value: T): number;
}

export interface PacerOptions {
  /** The model as messages name it. */
  readonly name: string;
  readonly limits: PacingLimits;
  readonly retries: RetryPolicy;
  readonly breaker?: BreakerOptions;
}

/** Sends one question's requests when the endpoint may be asked, and again when that can help. */
export interface Pacer {
  /**
   * Calls `attempt` with 1, 2, … until one succeeds. Throws AnswerFailure with the last failure's class when none did
   * (0 attempts where the breaker was open), the signal's reason when aborted, and anything else `attempt` throws as it is.
   * A question keeps its place at the gate while it waits to try again, so a struggling endpoint is asked less.
   * `tokens` matters only where tokens are limited; without it a request counts for none.
   */
  run<T>(attempt: (number: number) => Promise<T>, signal: AbortSignal, tokens?: TokenUse<T>): Promise<T>;
  /** The concurrency now in force, after cuts. */
  readonly limit: number;
}

/** `random` returns uniform numbers in [0, 1), for the jitter. */
export function createPacer(options: PacerOptions, clock: Clock, random: () => number): Pacer {
  const gate = createGate(options.limits.concurrency);
  const { requestsPerMinute, tokensPerMinute } = options.limits;
  const bucket = requestsPerMinute === undefined ? undefined : createBucket(requestsPerMinute, clock);
  const tokenBucket = tokensPerMinute === undefined ? undefined : createTokenBucket(tokensPerMinute, clock);
  const breaker = createBreaker(clock, options.breaker);

  /** Milliseconds to wait before the next attempt; throws when the failure is final. */
  function judge(failure: AttemptFailure, attempts: number, epoch: number): number {
    if (!failure.unreachable) breaker.reached();
    if (failure.class === 'rate-limit' && !failure.permanent) gate.cut(epoch);
    const wait = planRetry(failure, attempts, options.retries, random);
    if (wait !== undefined) return wait;
    if (failure.unreachable) breaker.failed(failure.message);
    throw new AnswerFailure(failure.class, failure.message, attempts, failure);
  }

  return {
    async run(attempt, signal, tokens) {
      const place = gate.enter(signal);
      if (place) await place;
      try {
        const closed = breaker.check();
        if (closed) throw new AnswerFailure('network', `${options.name} was ${closed}`, 0);
        for (let number = 1; ; number++) {
          const turn = bucket?.take(signal);
          if (turn) await turn;
          const room = tokens && tokenBucket?.take(tokens.expected, signal);
          if (room) await room;
          signal.throwIfAborted();
          const { epoch } = gate;
          let wait: number;
          try {
            const value = await attempt(number);
            if (tokens && tokenBucket) tokenBucket.settle(tokens.countUsed(value) - tokens.expected);
            breaker.reached();
            gate.grow();
            return value;
          } catch (error) {
            signal.throwIfAborted();
            if (!(error instanceof AttemptFailure)) throw error;
            // What the endpoint turned away, or never got, cost no tokens there.
            if (tokens && (error.class === 'rate-limit' || error.unreachable)) tokenBucket?.settle(-tokens.expected);
            wait = judge(error, number, epoch);
          }
          await clock.sleep(wait, signal);
        }
      } finally {
        gate.leave();
      }
    },
    get limit() {
      return gate.limit;
    },
  };
}
