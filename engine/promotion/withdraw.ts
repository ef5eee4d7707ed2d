import type { Attestation, AttestationWithdrawal } from '../../schemas/generated/messages.ts';
import { validateAttestation } from '../../schemas/generated/validators.js';
import { readWithdrawn } from './attestations.ts';
import { WorkbenchError } from '../base/errors.ts';
import { isSamePerson } from '../people/same-person.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import { approverRole, requireRole } from '../people/roles.ts';
import { appendSigned } from '../signing/append-signed.ts';
import { readPeople } from '../workspace/people.ts';
import { requireReason } from '../base/reason.ts';
import { createRecordId } from '../base/record-id.ts';
import { makersOf, requireAnotherPerson } from './trust.ts';

export interface Withdrawal {
  /** The attestation's id, or a unique beginning of it. */
  readonly attestationId: string;
  readonly reason: string;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

/**
 * Takes an attestation back: from then on it counts nowhere, and an assessment that rests on it carries no approval any more. Whoever made
 * it may, or another approver who is neither author nor trainer (`separation-of-duties`). Throws `usage` without a reason.
 */
export async function withdrawAttestation(
  step: Withdrawal,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Attestation> {
  const { store, clock, random, identities, digest } = ports;
  const reason = requireReason(step.reason);
  const record = await store.ledger.get(step.attestationId);
  if (record.kind !== 'attestation') {
    throw new WorkbenchError('record-not-found', `${record.id} is no attestation.`, {
      remedy: 'See `aiwb attest list MODEL@V`.',
    });
  }
  const attestation = readPayload(record, validateAttestation, digest);
  const { model, version } = attestation;
  if ((await readWithdrawn({ model, version }, ports)).has(record.digest))
    throw new WorkbenchError('usage', `The attestation ${record.id} was taken back already.`);
  const by = await identities.whoAmI(step.folder, signal);
  const people = await readPeople(step.folder, ports, signal);
  if (!isSamePerson(by, attestation.by)) {
    const found = await store.registry.getVersion(model, version, signal);
    requireAnotherPerson(by, makersOf(found), found, "take back another's attestation");
    requireRole(approverRole, by, people, "take back another's attestation");
  }
  const payload: AttestationWithdrawal = {
    attestation: record.id,
    attestationDigest: record.digest,
    reason,
    by,
    at: clock.now(),
  };
  const withdrawal = {
    id: createRecordId('withdrawal', clock, random),
    kind: 'attestation-withdrawal' as const,
    model,
    version,
    at: payload.at,
    actor: by,
    payload,
    uniqueKey: `attestation-withdrawal:${record.id}`,
  };
  await appendSigned(withdrawal, people.signers, ports);
  return attestation;
}
