import type { ApprovalGrant, ApprovalRequest, AssessmentRecord, Baseline } from '../../schemas/generated/messages.ts';
import {
  validateApprovalGrant,
  validateApprovalRequest,
  validateAssessmentRecord,
  validateBaseline,
  type Validator,
} from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { Ledger, LedgerKind, LedgerRecord } from '../ports/ledger.ts';

/** What a record says, with its place in the ledger. */
export interface Sealed<T> {
  readonly record: LedgerRecord;
  readonly content: T;
}

/** The newest record of each kind that decides where a version stands. */
export interface Trail {
  readonly assessment: Sealed<AssessmentRecord> | undefined;
  readonly request: Sealed<ApprovalRequest> | undefined;
  readonly grant: Sealed<ApprovalGrant> | undefined;
}

/** Reads a version's trail. Throws `record-tampered` for a record that no longer has the shape of its kind. */
export async function readTrail(model: string, version: string, ledger: Ledger): Promise<Trail> {
  const newest = async <T>(kind: LedgerKind, validate: Validator<T>): Promise<Sealed<T> | undefined> => {
    const [record] = await ledger.list({ kind, model, version, limit: 1 });
    return unseal(record, validate, { kind, model, version });
  };
  return {
    assessment: await newest('assessment', validateAssessmentRecord),
    request: await newest('approval-request', validateApprovalRequest),
    grant: await newest('approval', validateApprovalGrant),
  };
}

/** The version's baseline; there is at most one. */
export async function readBaseline(
  model: string,
  version: string,
  ledger: Ledger,
): Promise<Sealed<Baseline> | undefined> {
  const [record] = await ledger.list({ kind: 'baseline', model, version, limit: 1 });
  return unseal(record, validateBaseline, { kind: 'baseline', model, version });
}

type Asked = Pick<LedgerRecord, 'kind' | 'model' | 'version'>;

/**
 * A record found under another kind, model or version than it was made for counts for none. One whose content was erased counts no
 * more.
 */
function unseal<T>(record: LedgerRecord | undefined, validate: Validator<T>, asked: Asked): Sealed<T> | undefined {
  if (record === undefined || record.payload === null) return undefined;
  const content: unknown = record.payload;
  const isAsked = record.kind === asked.kind && record.model === asked.model && record.version === asked.version;
  if (isAsked && validate(content)) return { record, content };
  throw new WorkbenchError(
    'record-tampered',
    `The ${asked.kind} ${record.id} of ${asked.model}@${asked.version} in the store is not what was recorded.`,
    { remedy: '`aiwb audit verify` shows what else does not fit. Restore the store from a backup.' },
  );
}
