import type { FailureClass } from '../../../schemas/generated/messages.ts';

/** When a failed request is sent again. */
export interface RetryPolicy {
  /** Most requests after the first; 0 in load runs, where a retry would falsify the load. */
  readonly retries: number;
  /** Whether a request that timed out is sent again. Default false: it usually times out again, at the same price. */
  readonly timeouts?: boolean;
  /** Milliseconds that bound the first wait, doubled for each further one. Default 500. */
  readonly baseDelay?: number;
  /** Milliseconds no wait exceeds, unless the server asks for more. Default 30 000. */
  readonly maxDelay?: number;
}

/** What an attempt's failure says about trying again. */
export interface RetryHint {
  readonly class: FailureClass;
  /** False where the same request is known to fail again, such as an exhausted quota. */
  readonly permanent?: boolean;
  /** Milliseconds the server asked to wait. */
  readonly retryAfter?: number;
}

const longestRetryAfter = 120_000;

/**
 * Milliseconds to wait before attempt number `attempts + 1`, or undefined when the failure is final.
 * Full jitter: uniform between 0 and the exponential bound (Brooker, "Exponential Backoff And Jitter", AWS Architecture
 * Blog, 2015). A Retry-After is honoured in full and spread by up to a tenth (at most a second) more.
 */
export function planRetry(
  hint: RetryHint,
  attempts: number,
  policy: RetryPolicy,
  random: () => number,
): number | undefined {
  if (attempts > policy.retries || hint.permanent || !canSucceedLater(hint.class, policy)) return undefined;
  if (hint.retryAfter !== undefined) return hint.retryAfter + random() * Math.min(1000, hint.retryAfter / 10);
  const bound = Math.min(policy.maxDelay ?? 30_000, (policy.baseDelay ?? 500) * 2 ** (attempts - 1));
  return random() * bound;
}

function canSucceedLater(failure: FailureClass, policy: RetryPolicy): boolean {
  if (failure === 'timeout') return policy.timeouts === true;
  return failure === 'rate-limit' || failure === 'server' || failure === 'network';
}

/**
 * Milliseconds a response asks to wait: `retry-after-ms`, or `Retry-After` in seconds or as a date (RFC 9110, 10.2.3),
 * bounded to 120 seconds. Undefined without a readable header. `now` is wall-clock milliseconds.
 */
export function readRetryAfter(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const exact = readNumber(headers['retry-after-ms']);
  if (exact !== undefined) return bound(exact);
  const value = headers['retry-after'];
  if (value === undefined) return undefined;
  const seconds = readNumber(value);
  if (seconds !== undefined) return bound(seconds * 1000);
  const date = /[a-z]/i.test(value) ? Date.parse(value) : NaN; // A bare number would be read as a year.
  return Number.isNaN(date) ? undefined : bound(date - now);
}

function readNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : undefined;
}

function bound(milliseconds: number): number {
  return Math.min(longestRetryAfter, Math.max(0, milliseconds));
}
