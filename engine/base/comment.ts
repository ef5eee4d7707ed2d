import { WorkbenchError } from './errors.ts';

/** Longest comment or reason, characters. */
const longestComment = 2000;

/** A comment as it is kept: without white space around it, absent when there is nothing. Throws `usage` when it is too long. */
export function trimComment(text: string | undefined, what = 'comment'): string | undefined {
  const trimmed = text?.trim() ?? '';
  if (trimmed.length > longestComment) {
    throw new WorkbenchError('usage', `The ${what} has ${trimmed.length} characters; at most 2,000 are kept.`, {
      remedy: 'Say it shorter, and keep the long form in a file of the workspace.',
    });
  }
  return trimmed === '' ? undefined : trimmed;
}
