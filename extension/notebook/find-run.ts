import type { Failure, RunSummary } from '../../schemas/generated/messages.ts';
import { toFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { RunBook } from '../runs/run-book.ts';
import { untrusted } from './output-questions.ts';

/** The run that an output shows, or in plain words why it cannot be followed here. Never rejects. */
export async function findRunOrWhyNot(
  runId: string,
  book: Pick<RunBook, 'find'>,
  isTrusted: boolean,
): Promise<{ readonly run: RunSummary } | { readonly failure: Failure }> {
  if (!isTrusted) return { failure: untrusted() };
  try {
    const entry = await book.find(runId);
    if (entry !== undefined) return { run: entry.run };
  } catch (error) {
    return { failure: toFailure(error) };
  }
  return {
    failure: {
      code: 'run-not-found',
      message: t('This run is not in the store of this workspace.'),
      remedy: t('It was deleted, or made on another machine. What the notebook holds of it is shown.'),
    },
  };
}
