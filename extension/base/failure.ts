import type { Failure } from '../../schemas/generated/messages.ts';
import { t } from './translate.ts';

/** A failure on its way to the user; carries the code, the place and the remedy that the engine gave. */
export class FailureError extends Error {
  override readonly name = 'FailureError';
  readonly failure: Failure;

  constructor(failure: Failure, cause?: unknown) {
    super(failure.message, cause === undefined ? undefined : { cause });
    this.failure = failure;
  }
}

/** Any thrown value as a failure. Response errors of the engine process carry theirs in `data`. */
export function toFailure(error: unknown): Failure {
  if (error instanceof FailureError) return error.failure;
  const data = error instanceof Error ? (error as Error & { data?: unknown }).data : undefined;
  if (isFailure(data)) return data;
  if (isCancellation(error)) return { code: 'cancelled', message: t('Cancelled.') };
  return { code: 'internal', message: error instanceof Error ? error.message : String(error) };
}

/** A failure in one paragraph: what happened, where, and what to do about it. */
export function describeFailure(failure: Failure): string {
  const { place: at } = failure;
  const place = at === undefined || failure.message.includes(at.path) ? '' : ` (${describePlace(at)})`;
  const remedy = failure.remedy === undefined ? '' : ` ${failure.remedy}`;
  return `${failure.message}${place}${remedy}`;
}

/** The message for a reader who looks at the very text it is about: its line instead of its file. */
export function describeFailureInPlace(failure: Failure): string {
  const { place } = failure;
  if (place?.line === undefined) return failure.message;
  const prefix = `${describePlace(place)}: `;
  if (failure.message.startsWith(prefix)) return t('Line {0}: {1}', place.line, failure.message.slice(prefix.length));
  return failure.message;
}

function describePlace(place: NonNullable<Failure['place']>): string {
  return [place.path, place.line, place.column].filter(part => part !== undefined).join(':');
}

function isFailure(value: unknown): value is Failure {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message } = value as Partial<Failure>;
  return typeof code === 'string' && typeof message === 'string';
}

/** LSP's codes for a request that was cancelled by the client or the server. */
const cancelledCodes: ReadonlySet<unknown> = new Set([-32800, -32802]);

function isCancellation(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'AbortError' || cancelledCodes.has((error as Error & { code?: unknown }).code);
}
