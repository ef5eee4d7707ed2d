import { FailureError } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunBook } from './run-book.ts';

/** The engine whose store has a run. Throws a FailureError where none has it. */
export async function engineOfRun(
  runId: string | undefined,
  book: Pick<RunBook, 'find'>,
  engineAt: (folder: string) => Engine | undefined,
): Promise<Engine> {
  const entry = runId === undefined ? undefined : await book.find(runId);
  const found = entry === undefined ? undefined : engineAt(entry.folder);
  if (found !== undefined) return found;
  throw new FailureError({
    code: 'run-not-found',
    message: t('There is no run {0} in this workspace.', runId ?? ''),
    remedy: t('It may lie in another store or folder, or have been removed.'),
  });
}
