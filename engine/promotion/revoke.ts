import type { Revocation } from '../../schemas/generated/messages.ts';
import { validateRevocation } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import type { RegistryChange } from '../ports/registry.ts';
import { readPayload } from '../signing/records.ts';
import type { StepBack } from './demote.ts';
import { requireReason } from '../base/reason.ts';
import { createRecordId } from '../base/record-id.ts';
import { findVersionOfUse } from '../registry/version-of-use.ts';
import { nameOfVersion } from '../base/version-name.ts';

/**
 * Says for good that a version may not be used: every alias that stood for it goes, and no step leads on from here. Revoking what is
 * revoked changes nothing. The version, its figures and its records stay to be looked at. Throws `usage` without a reason.
 */
export async function revoke(step: StepBack, ports: GovernancePorts, signal: AbortSignal): Promise<Revocation> {
  const { store, clock, random, identities, digest } = ports;
  const reason = requireReason(step.reason);
  const found = await findVersionOfUse(step, store, signal);
  const { model, version, weightsDigest, aliases } = found;
  if (found.status === 'revoked') {
    const [record] = await store.ledger.list({ kind: 'revocation', model, version, limit: 1 });
    if (record !== undefined) return readPayload(record, validateRevocation, digest);
    throw new WorkbenchError('record-tampered', `${nameOfVersion(found)} is revoked, and no record says by whom.`, {
      remedy: '`aiwb audit verify` shows what does not fit. Restore the store from a backup.',
    });
  }
  const revokedBy = await identities.whoAmI(step.folder, signal);
  const payload: Revocation = {
    model,
    version,
    weightsDigest,
    reason,
    revokedBy,
    revokedAt: clock.now(),
    aliases: [...aliases],
  };
  const changes: RegistryChange[] = aliases.map(alias => ({ type: 'alias', model, alias }));
  const id = createRecordId('revocation', clock, random);
  const record = { id, kind: 'revocation' as const, model, version, at: payload.revokedAt, actor: revokedBy, payload };
  await store.ledger.append({ ...record, uniqueKey: `revocation:${nameOfVersion(found)}` }, [
    ...changes,
    { type: 'status', model, version, status: 'revoked' },
  ]);
  return payload;
}
