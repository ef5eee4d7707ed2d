import type { ApprovalGrant, AssessmentRecord } from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { judgeApproval } from './approval-state.ts';
import { judgeStanding, refuseFor } from './obstacles.ts';
import { readTrail, type Sealed } from './trail.ts';
import { requireAnotherPerson, requireUnchanged, makersOf } from './trust.ts';
import { nameOfVersion } from '../base/version-name.ts';

/** The records an approval rests on. */
export interface Approved {
  readonly assessment: Sealed<AssessmentRecord>;
  readonly grant: Sealed<ApprovalGrant>;
}

/**
 * A version's approval, once it has shown to count: given, for the newest assessment, by somebody who may, in records and a log
 * that are unchanged, and with evidence that has not expired. Throws `approval-missing`, `record-tampered`,
 * `separation-of-duties`, `gate-not-met`.
 */
export async function requireApproval(
  version: LocalVersion,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Approved> {
  const trail = await readTrail(version.model, version.version, ports.store.ledger);
  const standing = judgeApproval(trail);
  const { assessment, request, grant } = trail;
  if (standing.state !== 'approved' || assessment === undefined || grant === undefined) {
    const name = nameOfVersion(version);
    throw new WorkbenchError('approval-missing', `${name} is not approved. ${standing.sentence}`, {
      remedy:
        standing.state === 'requested'
          ? `Another person approves it: \`aiwb registry approve ${name}\`.`
          : `Ask for it: \`aiwb registry request-approval ${name}\`.`,
    });
  }
  await requireUnchanged(trail, ports, signal);
  // The approval was checked when it was given; a record that was put into the store by other means is checked here.
  const roles = [
    ...makersOf(version, assessment.content),
    ['assessor', assessment.content.assessor],
    ['requester', request?.content.requestedBy],
  ] as const;
  requireAnotherPerson(grant.content.approvedBy, roles, version, 'approve it');
  refuseFor(await judgeStanding(version, assessment, ports), version, 'used on the strength of its approval');
  return { assessment, grant };
}
