import type { Failure } from '../../schemas/generated/messages.ts';
import { toWorkbenchError } from './errors.ts';

/** Any thrown value as the message that a window shows. */
export function toFailure(error: unknown): Failure {
  const { code, message, remedy, place } = toWorkbenchError(error);
  return {
    code,
    message,
    ...(remedy === undefined ? {} : { remedy }),
    ...(place === undefined ? {} : { place }),
  };
}
