import type { Identity, RecordSignature } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { isSamePerson } from '../people/same-person.ts';
import type { Digest } from '../ports/digest.ts';
import type { LedgerRecord, NewLedgerRecord } from '../ports/ledger.ts';
import type { Signing } from '../ports/signing.ts';
import { verifyRecord, type VerifiedRecord } from './signed-record.ts';
import type { VouchedKey } from '../people/roles.ts';

/** What signatures are verified with, and by whose keys. */
export interface SignatureTrust {
  readonly signers: readonly VouchedKey[];
  readonly digest: Digest;
  readonly signing: Pick<Signing, 'verify'>;
}

/** What the signature beside a record shows; absent where there is none. */
export function signatureOf(
  record: NewLedgerRecord & { readonly digest: string },
  { signers, digest, signing }: SignatureTrust,
): VerifiedRecord | undefined {
  if (record.signed === undefined) return undefined;
  const tools = { sha256: (data: Uint8Array) => digest.sha256(data), verify: signing.verify };
  return verifyRecord(record.signed, record, signers, tools);
}

/** Whoever works here: `signed` where what they do will be, with a key that is vouched for as theirs. Throws what `ownKey` throws. */
export async function proveSelf(
  self: Identity,
  signers: readonly VouchedKey[],
  signing: Pick<Signing, 'ownKey'>,
): Promise<Identity> {
  const key = await signing.ownKey();
  const isVouched = signers.some(
    ({ email, publicKey }) => publicKey === key?.publicKey && isSamePerson(self, { email, assurance: 'self-asserted' }),
  );
  return isVouched ? { ...self, assurance: 'signed' } : self;
}

/** A signature as messages carry it. */
export function describeSignature({ state, sentence, keyId, by }: VerifiedRecord): RecordSignature {
  return { state, sentence, ...(keyId === undefined ? {} : { keyId }), ...(by === undefined ? {} : { by }) };
}

/**
 * A person whom a record names as who made it: `signed` where a key that is vouched for says so, else as it was asserted. Throws
 * `record-tampered` where a signature stands beside the record that does not hold.
 */
export function provePerson(person: Identity, record: LedgerRecord, trust: SignatureTrust): Identity {
  const signature = signatureOf(record, trust);
  if (signature?.state === 'invalid') throw forged(record, signature.sentence);
  if (signature?.state !== 'valid' || !isSamePerson(person, record.actor)) return person;
  return { ...person, assurance: 'signed' };
}

/** Throws `record-tampered` where a signature stands beside a record that does not hold; who holds its key is another question. */
export function requireUnforged(record: LedgerRecord, trust: SignatureTrust): void {
  const signature = signatureOf(record, trust);
  if (signature?.state === 'invalid') throw forged(record, signature.sentence);
}

function forged({ kind, id }: LedgerRecord, sentence: string): WorkbenchError {
  return new WorkbenchError('record-tampered', `The signature of the ${kind} ${id} does not hold. ${sentence}`, {
    remedy: '`aiwb audit verify` shows what else does not fit. Restore the store from a backup.',
  });
}
