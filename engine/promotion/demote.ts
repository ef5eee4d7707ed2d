import type { Demotion } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { createRecordId } from '../base/record-id.ts';
import { requireReason } from '../base/reason.ts';
import type { PromotionStep } from './step.ts';
import { findLiveVersion } from '../registry/version-of-use.ts';
import { nameOfVersion } from '../base/version-name.ts';

/** A step back: it says why. */
export type StepBack = Omit<PromotionStep, 'comment'> & { readonly reason: string };

/**
 * Takes a version out of production: the alias goes, and the version is again the baseline it was locked as. Nobody's approval is
 * needed to use less. Throws `usage` for a version that is not in production, and without a reason.
 */
export async function demote(step: StepBack, ports: GovernancePorts, signal: AbortSignal): Promise<Demotion> {
  const { store, clock, random, identities } = ports;
  const reason = requireReason(step.reason);
  const { model, version, status, weightsDigest } = await findLiveVersion(step, store, signal);
  if (status !== 'production') {
    throw new WorkbenchError('usage', `${nameOfVersion({ model, version })} is not in production: it is ${status}.`, {
      remedy: `See what is: \`aiwb registry show ${model}\`.`,
    });
  }
  const demotedBy = await identities.whoAmI(step.folder, signal);
  const payload: Demotion = { model, version, weightsDigest, reason, demotedBy, demotedAt: clock.now() };
  await store.ledger.append(
    {
      id: createRecordId('demotion', clock, random),
      kind: 'demotion',
      model,
      version,
      at: payload.demotedAt,
      actor: demotedBy,
      payload,
    },
    [
      { type: 'alias', model, alias: 'production' },
      { type: 'status', model, version, status: 'baseline' },
    ],
  );
  return payload;
}
