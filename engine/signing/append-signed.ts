import { canonicalJson } from '../../schemas/canonical.ts';
import type { DsseEnvelope } from '../../schemas/generated/messages.ts';
import { auditOrigin, type LedgerRecord, type NewLedgerRecord } from '../ports/ledger.ts';
import { WorkbenchError } from '../base/errors.ts';
import { isSamePerson } from '../people/same-person.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import type { RegistryChange } from '../ports/registry.ts';
import { signRecord } from './signed-record.ts';
import type { VouchedKey } from '../people/roles.ts';

type SigningPorts = Pick<GovernancePorts, 'store' | 'digest' | 'signing' | 'workbench'>;

/**
 * Appends what a person did, signed with the key of whoever works here; unsigned where there is none. Throws `separation-of-duties` for
 * a key that is vouched for under another address, `file-invalid` for one that cannot be used, and what the ledger throws.
 */
export async function appendSigned(
  record: NewLedgerRecord,
  signers: readonly VouchedKey[],
  ports: SigningPorts,
  changes: readonly RegistryChange[] = [],
): Promise<LedgerRecord> {
  const signed = await signOwn(record, signers, ports);
  return ports.store.ledger.append(signed === undefined ? record : { ...record, signed }, changes);
}

async function signOwn(
  record: NewLedgerRecord,
  signers: readonly VouchedKey[],
  { store, digest, signing, workbench }: SigningPorts,
): Promise<DsseEnvelope | undefined> {
  const key = await signing.ownKey();
  if (key === undefined) return undefined;
  const holders = signers.filter(({ publicKey }) => publicKey === key.publicKey).map(({ email }) => email);
  const isOwn = holders.some(email => isSamePerson(record.actor, { email, assurance: 'self-asserted' }));
  if (holders.length > 0 && !isOwn) {
    throw new WorkbenchError(
      'separation-of-duties',
      `The signing key here is vouched for as that of ${holders.join(' and ')}, and git says you are ${record.actor.email}.`,
      { remedy: 'Act under the identity the key belongs to, or with a key of your own: `aiwb keys show`.' },
    );
  }
  const sealed = digest.sha256(canonicalJson(record.payload));
  const auditHead = (await store.ledger.readAuditHead()) ?? auditOrigin;
  return signRecord({ ...record, digest: sealed }, { auditHead, workbench }, key);
}
