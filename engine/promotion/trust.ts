import type { Approval, AssessmentRecord, Identity } from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../ports/registry.ts';
import {
  validateApprovalGrant,
  validateApprovalRequest,
  validateAssessmentRecord,
} from '../../schemas/generated/validators.js';
import { verifyScorecard } from '../../schemas/verify-scorecard.ts';
import { verifyAudit } from '../audit/verify.ts';
import { WorkbenchError } from '../base/errors.ts';
import { isSamePerson } from '../people/same-person.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import { requireUnforged } from '../signing/proven.ts';
import type { Trail } from './trail.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { describePerson } from '../people/describe-person.ts';

/**
 * Throws `record-tampered` unless the records a decision rests on, their signatures, and the audit log that seals them, are what was written.
 * The whole log is looked at: where one entry was changed, none can be relied on.
 */
export async function requireUnchanged(
  { assessment, request, grant }: Trail,
  { store, digest, signing }: Pick<GovernancePorts, 'store' | 'digest' | 'signing'>,
  signal: AbortSignal,
): Promise<void> {
  for (const sealed of [assessment, request, grant])
    if (sealed !== undefined) requireUnforged(sealed.record, { signers: [], digest, signing });
  if (assessment !== undefined) {
    const record = readPayload(assessment.record, validateAssessmentRecord, digest);
    const card = { schemaVersion: 1, record, digest: assessment.record.digest, approval: noApproval } as const;
    const { state, sentence } = verifyScorecard(card, text => digest.sha256(text));
    if (state === 'tampered') throw tampered(`The assessment ${record.id} does not hold. ${sentence}`);
  }
  if (request !== undefined) readPayload(request.record, validateApprovalRequest, digest);
  if (grant !== undefined) readPayload(grant.record, validateApprovalGrant, digest);
  const { intact, faults } = await verifyAudit(store, digest, signal);
  if (intact) return;
  throw tampered(`The audit log does not hold. ${faults[0]?.sentence ?? ''}`);
}

/** The approval stands beside a scorecard's record and is no part of what is verified. */
const noApproval: Approval = { state: 'none', sentence: '' };

function tampered(sentence: string): WorkbenchError {
  return new WorkbenchError('record-tampered', sentence.trim(), {
    remedy: '`aiwb audit verify` shows all that does not fit. Restore the store from a backup.',
  });
}

/** What somebody already did for a version, and who: roles may stand twice. */
export type Roles = readonly (readonly [role: string, holder: Identity | undefined])[];

/** Author and trainer, as the version and its assessment name them. */
export function makersOf({ author, lineage }: LocalVersion, assessment?: AssessmentRecord): Roles {
  return [
    ['author', author],
    ['trainer', lineage.trainer],
    ['author', assessment?.subject.author],
    ['trainer', assessment?.subject.trainer],
  ];
}

/** Throws `separation-of-duties`, naming the role, when `who` holds one of the roles that may not take this step. */
export function requireAnotherPerson(who: Identity, roles: Roles, version: LocalVersion, step: string): void {
  const held = roles.flatMap(([role, holder]) => (holder !== undefined && isSamePerson(holder, who) ? [role] : []));
  if (held.length === 0) return;
  throw new WorkbenchError(
    'separation-of-duties',
    `${describePerson(who)} is the ${listRoles([...new Set(held)])} of ${nameOfVersion(version)} and cannot ${step}.`,
    { remedy: 'Ask another person to do it, under their own git identity.' },
  );
}

/** `author, trainer and assessor` */
function listRoles(roles: readonly string[]): string {
  return [roles.slice(0, -1).join(', '), ...roles.slice(-1)].filter(part => part !== '').join(' and ');
}
