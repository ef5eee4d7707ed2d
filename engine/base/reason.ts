import { WorkbenchError } from './errors.ts';
import { trimComment } from './comment.ts';

/** Steps back are explained: an empty reason is none. Throws `usage`. */
export function requireReason(text: string): string {
  const reason = trimComment(text, 'reason');
  if (reason !== undefined) return reason;
  throw new WorkbenchError('usage', 'No reason is given.', {
    remedy: 'Say why: `--reason "…"`. It is kept with the record.',
  });
}
