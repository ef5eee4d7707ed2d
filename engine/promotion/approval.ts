import type { Approval, ApprovalGrant, ApprovalRequest, Identity } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { approverRole, requireRole } from '../people/roles.ts';
import type { Store } from '../ports/store.ts';
import { isUndecided } from '../registry/status.ts';
import type { LedgerRecord } from '../ports/ledger.ts';
import { appendSigned } from '../signing/append-signed.ts';
import { provePerson, signatureOf, type SignatureTrust } from '../signing/proven.ts';
import { readPeople } from '../workspace/people.ts';
import { judgeApproval } from './approval-state.ts';
import { findObstacles, refuseFor } from './obstacles.ts';
import { createRecordId } from '../base/record-id.ts';
import { readTrail, type Trail } from './trail.ts';
import { makersOf, requireAnotherPerson, requireUnchanged } from './trust.ts';
import { trimComment } from '../base/comment.ts';
import type { PromotionStep } from './step.ts';
import { findLiveVersion } from '../registry/version-of-use.ts';
import { nameOfVersion } from '../base/version-name.ts';

/**
 * Where a version (its number, no alias) stands on its way to production. Says what the records say; whether they still are
 * what was sealed is checked by the steps that rest on them, and by `verifyAudit`. With `trust`, people whose signature holds are
 * marked as signed.
 */
export async function approvalOf(
  model: string,
  version: string,
  store: Store,
  trust?: SignatureTrust,
): Promise<Approval> {
  const trail = await readTrail(model, version, store.ledger);
  return judgeApproval(trust === undefined ? trail : markSigned(trail, trust));
}

function markSigned({ assessment, request, grant }: Trail, trust: SignatureTrust): Trail {
  const prove = (person: Identity, { record }: { readonly record: LedgerRecord }): Identity =>
    signatureOf(record, trust)?.state === 'valid' ? provePerson(person, record, trust) : person;
  return {
    assessment,
    request: request && {
      ...request,
      content: { ...request.content, requestedBy: prove(request.content.requestedBy, request) },
    },
    grant: grant && { ...grant, content: { ...grant.content, approvedBy: prove(grant.content.approvedBy, grant) } },
  };
}

/**
 * Puts a version up for approval of its newest assessment. Asking again for the same assessment changes nothing. Throws
 * `gate-not-met` with every reason: no assessment, a gate that is not passed, expired evidence, no benchmark, a benchmark's gate.
 */
export async function requestApproval(
  step: PromotionStep,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Approval> {
  const { store, clock, random, identities } = ports;
  const comment = trimComment(step.comment);
  const version = await findLiveVersion(step, store, signal);
  const trail = await readTrail(version.model, version.version, store.ledger);
  const standing = judgeApproval(trail);
  if (standing.state === 'requested' || standing.state === 'approved') return standing;
  refuseFor(await findObstacles(version, trail.assessment, ports, signal), version, 'put up for approval');
  const { assessment } = trail;
  if (assessment === undefined) throw new Error('A version without an assessment has an obstacle.');
  await requireUnchanged({ assessment, request: undefined, grant: undefined }, ports, signal);
  const requestedBy = await identities.whoAmI(step.folder, signal);
  const payload: ApprovalRequest = {
    model: version.model,
    version: version.version,
    weightsDigest: version.weightsDigest,
    assessmentId: assessment.content.id,
    recordDigest: assessment.record.digest,
    requestedBy,
    requestedAt: clock.now(),
    ...(comment === undefined ? {} : { comment }),
  };
  const { signers } = await readPeople(step.folder, ports, signal);
  const record = {
    id: createRecordId('request', clock, random),
    kind: 'approval-request' as const,
    model: version.model,
    version: version.version,
    at: payload.requestedAt,
    actor: requestedBy,
    payload,
  };
  await appendSigned(record, signers, ports);
  return approvalOf(version.model, version.version, store);
}

/**
 * Approves the assessment a version was put up with, and moves status and alias `approved` in the same step. The approver is
 * neither author, trainer, assessor nor requester, and is listed where the role `approver` is (`separation-of-duties`). Throws `approval-missing` where nothing is asked, or
 * where the version was assessed again since; `gate-not-met` where what the request rested on no longer holds;
 * `record-tampered` where a record or the log was changed. Approving what is approved changes nothing.
 */
export async function approve(step: PromotionStep, ports: GovernancePorts, signal: AbortSignal): Promise<Approval> {
  const { store, clock, random, identities } = ports;
  const comment = trimComment(step.comment);
  const version = await findLiveVersion(step, store, signal);
  const trail = await readTrail(version.model, version.version, store.ledger);
  const standing = judgeApproval(trail);
  if (standing.state === 'approved') return standing;
  const { assessment, request } = requireRequest(trail, standing, nameOfVersion(version));
  await requireUnchanged(trail, ports, signal);
  const approvedBy = await identities.whoAmI(step.folder, signal);
  const roles = [
    ...makersOf(version, assessment.content),
    ['assessor', assessment.content.assessor],
    ['requester', request.content.requestedBy],
  ] as const;
  requireAnotherPerson(approvedBy, roles, version, 'approve it');
  const people = await readPeople(step.folder, ports, signal);
  const listed = requireRole(approverRole, approvedBy, people, `approve ${nameOfVersion(version)}`);
  refuseFor(await findObstacles(version, assessment, ports, signal), version, 'approved');
  const payload: ApprovalGrant = {
    model: version.model,
    version: version.version,
    weightsDigest: version.weightsDigest,
    requestId: request.record.id,
    requestDigest: request.record.digest,
    recordDigest: assessment.record.digest,
    approvedBy,
    approvedAt: clock.now(),
    ...listed,
    ...(comment === undefined ? {} : { comment }),
  };
  await appendSigned(
    {
      id: createRecordId('approval', clock, random),
      kind: 'approval',
      model: version.model,
      version: version.version,
      at: payload.approvedAt,
      actor: approvedBy,
      payload,
      uniqueKey: `approval:${request.record.id}`,
    },
    people.signers,
    ports,
    [
      { type: 'alias', model: version.model, alias: 'approved', version: version.version },
      // What is locked or in production stays that: a new assessment was approved, the version is the same.
      ...(isUndecided(version.status) || version.status === 'retired'
        ? [{ type: 'status' as const, model: version.model, version: version.version, status: 'approved' as const }]
        : []),
    ],
  );
  return approvalOf(version.model, version.version, store);
}

function requireRequest({ assessment, request }: Trail, standing: Approval, name: string) {
  if (standing.state === 'requested' && assessment !== undefined && request !== undefined)
    return { assessment, request };
  throw new WorkbenchError('approval-missing', `Nothing is to be approved for ${name}. ${standing.sentence}`, {
    remedy: `Put it up first: \`aiwb registry request-approval ${name}\`.`,
  });
}
