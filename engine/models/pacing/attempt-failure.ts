import type { FailureClass } from '../../../schemas/generated/messages.ts';
import type { RetryHint } from './retry.ts';

/** One request that brought no answer, with what is needed to decide about another. */
export class AttemptFailure extends Error implements RetryHint {
  override readonly name = 'AttemptFailure';
  readonly class: FailureClass;
  readonly permanent: boolean;
  readonly retryAfter: number | undefined;
  /** No connection came about (refused, unknown host, untrusted certificate): the endpoint itself is not there. */
  readonly unreachable: boolean;

  constructor(
    failureClass: FailureClass,
    message: string,
    details: { permanent?: boolean; retryAfter?: number | undefined; unreachable?: boolean; cause?: unknown } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.class = failureClass;
    this.permanent = details.permanent ?? false;
    this.retryAfter = details.retryAfter;
    this.unreachable = details.unreachable ?? false;
  }
}
