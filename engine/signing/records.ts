import { digestRecord } from '../../schemas/verify-scorecard.ts';
import type { Validator } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { LedgerRecord } from '../ports/ledger.ts';

/**
 * A record's payload, once it has shown to be what its digest was made of and to have the shape of its kind.
 * Throws `record-tampered`, also for one that was erased.
 */
export function readPayload<T>(record: LedgerRecord, validate: Validator<T>, digest: Digest): T {
  if (record.payload === null) throw erased(record);
  if (!isUnchanged(record, digest)) throw tampered(record, 'it is not the one its digest was made of');
  const payload: unknown = record.payload;
  if (!validate(payload)) throw tampered(record, `it is no ${record.kind}`);
  return payload;
}

/** Whether a record's payload still has the digest it was stored with. */
function isUnchanged(record: LedgerRecord, digest: Digest): boolean {
  return digestRecord(record.payload, text => digest.sha256(text)) === record.digest;
}

/** Nobody can tell an erasure that somebody asked for from one that hides something: it is refused like a change. */
function erased({ id, kind }: LedgerRecord): WorkbenchError {
  return new WorkbenchError(
    'record-tampered',
    `The content of the ${kind} ${id} was erased: what it said counts no more.`,
    {
      remedy: 'Do again what rests on it.',
    },
  );
}

function tampered({ id, kind }: LedgerRecord, what: string): WorkbenchError {
  return new WorkbenchError('record-tampered', `The ${kind} ${id} in the store was changed: ${what}.`, {
    remedy: '`aiwb audit verify` shows what else does not fit. Restore the store from a backup.',
  });
}
