import type { AssessmentRecord } from '../../schemas/generated/messages.ts';
import { validateAssessmentRecord } from '../../schemas/generated/validators.js';
import type { Ledger } from '../ports/ledger.ts';

/** Assessments a history goes back to. */
export const longestHistory = 200;
/** Records read at a time: a large one is many megabytes. */
const readAtOnce = 20;

/**
 * Assessments of a model, of one version, or all there are, newest first, each with its record's digest. Ones that cannot be read any more are left out;
 * `aiwb audit verify` names them.
 */
export async function* readAssessments(
  filter: { readonly model?: string; readonly version?: string },
  ledger: Pick<Ledger, 'list'>,
): AsyncGenerator<{ readonly record: AssessmentRecord; readonly digest: string }> {
  let older: { readonly upTo?: number } = {};
  for (let read = 0; read < longestHistory; read += readAtOnce) {
    const records = await ledger.list({ ...filter, ...older, kind: 'assessment', limit: readAtOnce });
    for (const { payload, digest } of records) if (validateAssessmentRecord(payload)) yield { record: payload, digest };
    const oldest = records.at(-1);
    if (oldest === undefined || records.length < readAtOnce) return;
    older = { upTo: oldest.sequence - 1 };
  }
}
