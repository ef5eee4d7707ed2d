import type { AssessmentRecord, Attestation, CheckResult } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { closestName } from '../base/suggest.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { requireRole } from '../people/roles.ts';
import { appendSigned } from '../signing/append-signed.ts';
import { readPeople } from '../workspace/people.ts';
import { createRecordId } from '../base/record-id.ts';
import { readTrail, type Sealed } from './trail.ts';
import { makersOf, requireAnotherPerson, requireUnchanged } from './trust.ts';
import { trimComment } from '../base/comment.ts';
import type { PromotionStep } from './step.ts';
import { findLiveVersion } from '../registry/version-of-use.ts';
import { nameOfVersion } from '../base/version-name.ts';

export interface AttestationStep extends PromotionStep {
  /** Id of the control. */
  readonly control: string;
}

/**
 * Attests a control of a version: its newest assessment says which statement is to be made, and in which role. Neither author nor
 * trainer may make it, nor whoever is not listed in a role that is (`separation-of-duties`). It counts from the next assessment on. Throws `usage` where the version was not
 * assessed or no attestation is asked for.
 */
export async function attestControl(
  step: AttestationStep,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Attestation> {
  const { store, clock, random, identities } = ports;
  const comment = trimComment(step.comment);
  const version = await findLiveVersion(step, store, signal);
  const name = nameOfVersion(version);
  const { assessment } = await readTrail(version.model, version.version, store.ledger);
  if (assessment === undefined) {
    throw new WorkbenchError('usage', `${name} has not been assessed: nothing says what is to be attested.`, {
      remedy: `Assess it first: \`aiwb assess ${name} --policy FILE\`.`,
    });
  }
  await requireUnchanged({ assessment, request: undefined, grant: undefined }, ports, signal);
  const { control, attest } = findAsked(assessment, step.control, name);
  const by = await identities.whoAmI(step.folder, signal);
  requireAnotherPerson(by, makersOf(version, assessment.content), version, `attest ${control}`);
  const people = await readPeople(step.folder, ports, signal);
  const listed = requireRole(attest.role, by, people, `attest ${control}`);
  const payload: Attestation = {
    id: createRecordId('attestation', clock, random),
    model: version.model,
    version: version.version,
    weightsDigest: version.weightsDigest,
    control,
    role: attest.role,
    statement: attest.statement,
    ...(comment === undefined ? {} : { comment }),
    by,
    at: clock.now(),
    ...listed,
  };
  const { id, model, at } = payload;
  const record = { id, kind: 'attestation' as const, model, version: version.version, at, actor: by, payload };
  await appendSigned(record, people.signers, ports);
  return payload;
}

interface Asked {
  readonly control: string;
  readonly attest: NonNullable<CheckResult['attest']>;
}

/** Where a control asks for several statements, the first that is still open. */
function findAsked({ content }: Sealed<AssessmentRecord>, control: string, name: string): Asked {
  const all = content.controls.flatMap(({ id, checks }) =>
    checks.flatMap(({ attest, state }) => (attest === undefined ? [] : [{ control: id, attest, state }])),
  );
  const asked = all.filter(found => found.control === control);
  const found = asked.find(({ state }) => state !== 'pass') ?? asked[0];
  if (found !== undefined) return found;
  const ids = [...new Set(all.map(each => each.control))];
  const closest = closestName(control, ids);
  const others = closest === undefined ? `It asks for: ${ids.join(', ')}.` : `Did you mean "${closest}"?`;
  throw new WorkbenchError('usage', `The newest assessment of ${name} asks for no attestation of "${control}".`, {
    remedy: ids.length === 0 ? 'Its policies ask for none at all.' : others,
  });
}
