import { canonicalJson } from '../../schemas/canonical.ts';
import type {
  ApprovalGrant,
  ApprovalRequest,
  AssessmentRecord,
  Attestation,
  AttestationWithdrawal,
  Identity,
  Scorecard,
  Waiver,
  WaiverApproval,
  WaiverEnd,
} from '../../schemas/generated/messages.ts';
import { isSamePerson } from '../people/same-person.ts';
import { isActive } from '../promotion/waiver-state.ts';
import { countOf } from '../reports/format.ts';
import { judgeApproval } from '../promotion/approval-state.ts';
import type { LoggedRecord } from './log.ts';
import { conclude, note, type BundleCheck } from './parts.ts';

/** What the records of each kind say. Their contents are of any origin: whoever reads a field that is not there throws. */
interface Payloads {
  readonly assessment: AssessmentRecord;
  readonly attestation: Attestation;
  readonly 'attestation-withdrawal': AttestationWithdrawal;
  readonly waiver: Waiver;
  readonly 'waiver-approval': WaiverApproval;
  readonly 'waiver-end': WaiverEnd;
  readonly 'approval-request': ApprovalRequest;
  readonly approval: ApprovalGrant;
}

type RecordSaying<T> = LoggedRecord & { readonly payload: T };

/** The records of a bundle by kind, in the log's order. */
export type RecordsOf = <K extends keyof Payloads>(kind: K) => readonly RecordSaying<Payloads[K]>[];

export function recordsByKind(records: readonly LoggedRecord[]): RecordsOf {
  return <K extends keyof Payloads>(kind: K) =>
    records.filter(record => record.kind === kind) as RecordSaying<Payloads[K]>[];
}

export interface AssessedRecord {
  readonly record: AssessmentRecord;
  /** Its place in the log. */
  readonly sequence: number;
  readonly digest: string;
}

/** Every waiver the assessment used was in force when it was made, as the records before it say. */
export function checkWaivers({ record, sequence }: AssessedRecord, recordsOf: RecordsOf): BundleCheck[] {
  const faults: string[] = [];
  const notes: string[] = [];
  const { subject, assessedAt } = record;
  for (const control of record.controls) {
    if (control.waiver === undefined) continue;
    const name = `The waiver ${control.waiver} of ${control.id}`;
    const waiver = record.waivers.find(({ id }) => id === control.waiver);
    const asked = recordsOf('waiver').find(({ id }) => id === control.waiver);
    if (waiver === undefined || asked === undefined || asked.sequence > sequence) {
      faults.push(`${name} has no record before the assessment.`);
      continue;
    }
    if (!isActive(waiver, control.id, subject, assessedAt)) faults.push(`${name} was not in force at the assessment.`);
    const same = (['control', 'model', 'reason', 'expiresAt'] as const).every(
      key => asked.payload[key] === waiver[key],
    );
    const versions = asked.payload.versions.join(',') === waiver.versions.join(',');
    if (!same || !versions || !isSamePerson(asked.payload.requestedBy, waiver.requestedBy))
      faults.push(`${name} is not the one that was asked for.`);
    const given = recordsOf('waiver-approval').filter(
      ({ payload }) => payload.waiver === waiver.id && payload.waiverDigest === asked.digest,
    );
    for (const { by, at } of waiver.approvals)
      if (!given.some(one => one.sequence < sequence && one.payload.at === at && isSamePerson(one.payload.by, by)))
        faults.push(`${name}: the approval by ${by.email} has no record before the assessment.`);
    const end = recordsOf('waiver-end').find(({ payload }) => payload.waiverDigest === asked.digest);
    if (end !== undefined && end.sequence < sequence) faults.push(`${name} had been ended by then.`);
    else if (end !== undefined) notes.push(`${name} was ended since, by ${end.payload.by.email}.`);
  }
  const count = record.controls.filter(({ waiver }) => waiver !== undefined).length;
  const sentence =
    count === 0
      ? 'No control was waived.'
      : `In force at the assessment, each by two people beside its requester: ${countOf(count, 'waiver')}.`;
  return [...conclude(faults, sentence), ...notes.map(note)];
}

/** Every attestation that passed a check was made before, of these weights, by neither author nor trainer, and not taken back. */
export function checkAttestations({ record, sequence }: AssessedRecord, recordsOf: RecordsOf): BundleCheck[] {
  const faults: string[] = [];
  const notes: string[] = [];
  let count = 0;
  for (const { id, checks } of record.controls) {
    for (const check of checks) {
      if (check.kind !== 'attestation' || check.state !== 'pass') continue;
      count += 1;
      const digest = check.evidence[0]?.digest;
      const found = recordsOf('attestation').find(one => one.digest === digest && one.sequence < sequence);
      if (found === undefined) {
        faults.push(`The attestation of ${id} has no record before the assessment.`);
        continue;
      }
      const { by, weightsDigest, control } = found.payload;
      if (control !== id || weightsDigest !== record.subject.weightsDigest)
        faults.push(`The attestation of ${id} is about another control or other weights.`);
      const held = heldBy(by, [
        ['author', record.subject.author],
        ['trainer', record.subject.trainer],
      ]);
      if (held !== undefined) faults.push(`${id} is attested by ${by.email}, who is the version's ${held}.`);
      const taken = recordsOf('attestation-withdrawal').find(({ payload }) => payload.attestationDigest === digest);
      if (taken !== undefined && taken.sequence < sequence)
        faults.push(`The attestation of ${id} had been taken back.`);
      else if (taken !== undefined) notes.push(`The attestation of ${id} was taken back since.`);
    }
  }
  const sentence =
    count === 0
      ? 'No check rests on an attestation.'
      : `Attested by people who are neither author nor trainer: ${countOf(count, 'check')}.`;
  return [...conclude(faults, sentence), ...notes.map(note)];
}

/** The approval that stands in the scorecard is what the records make of it, given by a fourth pair of eyes. */
export function checkApproval(assessed: AssessedRecord, { approval }: Scorecard, recordsOf: RecordsOf): BundleCheck[] {
  const { record, digest } = assessed;
  const faults: string[] = [];
  const expected = judgeApproval({
    assessment: newestOf(recordsOf('assessment')),
    request: newestOf(recordsOf('approval-request')),
    grant: newestOf(recordsOf('approval')),
  });
  if (canonicalJson(expected) !== canonicalJson(approval))
    faults.push('The approval in the scorecard is not what the records make of it.');
  const grant = recordsOf('approval').findLast(({ payload }) => payload.recordDigest === digest);
  if (grant === undefined) return conclude(faults, 'Nobody has approved this assessment.');
  const { approvedBy, requestDigest, weightsDigest } = grant.payload;
  const request = recordsOf('approval-request').find(one => one.digest === requestDigest);
  if (request === undefined || request.sequence > grant.sequence || request.payload.recordDigest !== digest)
    faults.push('The approval answers no request for this assessment.');
  if (grant.sequence < assessed.sequence) faults.push('The approval is older than the assessment.');
  if (weightsDigest !== record.subject.weightsDigest) faults.push('The approval is of other weights.');
  if (record.gate.outcome !== 'passed') faults.push('It was approved although its gate is not passed.');
  const held = heldBy(approvedBy, [
    ['author', record.subject.author],
    ['trainer', record.subject.trainer],
    ['assessor', record.assessor],
    ['requester', request?.payload.requestedBy],
  ]);
  if (held !== undefined) faults.push(`It is approved by ${approvedBy.email}, who is its ${held}.`);
  return conclude(
    faults,
    `Approved by ${approvedBy.email}, who is neither its author, trainer, assessor nor requester.`,
  );
}

function newestOf<T>(records: readonly RecordSaying<T>[]) {
  const record = records.at(-1);
  return record === undefined ? undefined : { record, content: record.payload };
}

function heldBy(who: Identity, roles: readonly (readonly [string, Identity | undefined])[]): string | undefined {
  return roles.find(([, holder]) => holder !== undefined && isSamePerson(holder, who))?.[0];
}
