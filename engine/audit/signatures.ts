import type { AuditVerification } from '../../schemas/generated/messages.ts';
import type { Ledger, LedgerKind, LedgerRecord } from '../ports/ledger.ts';
import { signatureOf, type SignatureTrust } from '../signing/proven.ts';
import type { AuditFault } from './fault.ts';

/** What people do, and sign where they have a key. A promotion carries a signed statement of its own, see `verifyPromotion`. */
const personal: readonly LedgerKind[] = [
  'assessment',
  'attestation',
  'attestation-withdrawal',
  'waiver',
  'waiver-approval',
  'waiver-end',
  'approval-request',
  'approval',
  'document-answer',
  'document-review',
  'seal',
  'policy-approval',
];
/** Far more than there will ever be of one kind; a bound all the same. */
const mostRecords = 100_000;

export interface SignatureCheck {
  readonly counts: NonNullable<AuditVerification['signatures']>;
  /** Signatures that do not hold. */
  readonly faults: readonly AuditFault[];
  /** Ids of records that are unsigned, or signed with a key nobody vouches for. */
  readonly unproven: readonly string[];
}

/** Holds the signature beside every record of what people did against the record and the keys that are vouched for. */
export async function verifySignatures(
  ledger: Pick<Ledger, 'list'>,
  trust: SignatureTrust,
  signal: AbortSignal,
): Promise<SignatureCheck> {
  const counts = { valid: 0, unknown: 0, unsigned: 0 };
  const faults: AuditFault[] = [];
  const unproven: string[] = [];
  for (const kind of personal) {
    for (const record of await ledger.list({ kind, limit: mostRecords })) {
      signal.throwIfAborted();
      // What was erased says nothing any more; the log still seals its digest.
      if (record.payload === null || isOfModel(record)) continue;
      const signature = signatureOf(record, trust);
      if (signature?.state === 'invalid') {
        const sentence = `The signature of the ${kind} ${record.id} does not hold. ${signature.sentence}`;
        faults.push({ sequence: record.sequence, sentence });
      } else if (signature?.state === 'valid') counts.valid += 1;
      else {
        counts[signature === undefined ? 'unsigned' : 'unknown'] += 1;
        unproven.push(record.id);
      }
    }
  }
  return { counts, faults, unproven };
}

/** What a model answered is nobody's act until a person confirms it. */
function isOfModel({ kind, payload }: LedgerRecord): boolean {
  const { by } = payload as { readonly by?: { readonly kind?: unknown } };
  return kind === 'document-answer' && by?.kind === 'model';
}
