import type { ImportedRuns, ImportResults } from '../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../../engine/base/errors.ts';
import { importInto, sortImported } from '../imports.ts';
import type { Session } from './session.ts';

/** Brings results files in; what keeps one out is told beside those that came in. */
export async function importResults(
  { paths, input, target }: ImportResults,
  session: Session,
  signal: AbortSignal,
): Promise<ImportedRuns> {
  const options = { ...(input === undefined ? {} : { input }), ...(target === undefined ? {} : { target }) };
  const result: ImportedRuns = { runs: [], known: [], failures: [] };
  for (const path of paths) {
    try {
      const imported = await importInto(session.store, session.host, session.folder, path, options, signal);
      const { runs, known } = sortImported(imported);
      result.runs.push(...runs);
      result.known.push(...known);
    } catch (error) {
      signal.throwIfAborted();
      const { code, message, remedy } = toWorkbenchError(error);
      result.failures.push({ path, failure: { code, message, ...(remedy === undefined ? {} : { remedy }) } });
    }
  }
  return result;
}
