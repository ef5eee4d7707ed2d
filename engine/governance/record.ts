import type { Check } from '../../schemas/generated/files.ts';
import type {
  AppliedPolicy,
  AssessmentRecord,
  CheckResult,
  ControlResult,
  Identity,
  Waiver,
} from '../../schemas/generated/messages.ts';
import { coverageOf, digestResult, scoreOf } from '../../schemas/verify-scorecard.ts';
import type { AuditHead } from '../ports/ledger.ts';
import type { EffectiveControl, PolicyDocument, PolicySet } from '../policies/policy-set.ts';
import { judgeApplicability } from './applicability.ts';
import { checkAttestation } from './checks/attestation.ts';
import { conclude } from './checks/check.ts';
import { checkDocument } from './checks/document.ts';
import { checkLineage } from './checks/lineage.ts';
import { checkMetric } from './checks/metric.ts';
import { checkModelCard } from './checks/model-card.ts';
import { checkScan } from './checks/scan.ts';
import type { CollectedEvidence } from './evidence.ts';
import { coverFrameworks } from './frameworks-coverage.ts';
import { judgeGate } from './gate.ts';
import { judgeAnew, type Judgements } from './judgements.ts';
import { scoreControl } from './scoring.ts';
import { withSeal } from './seals.ts';
import { describeSubject, type Subject } from './subject.ts';

export interface RecordInput {
  readonly id: string;
  readonly subject: Subject;
  readonly set: PolicySet;
  readonly evidence: CollectedEvidence;
  readonly assessor: Identity;
  readonly workbench: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly sha256: (text: string) => string;
  /** The log's newest entry when the evidence was read. */
  readonly evidenceHead?: AuditHead | undefined;
  /** Id of the version's assessment before. */
  readonly previous?: string | undefined;
  /** What was judged earlier, to be looked up; default: every check is judged. */
  readonly judgements?: Judgements;
}

/** Judges a version by a policy set and the evidence there is. Pure: the same input gives the same record. Controls keep the policies' order. */
export function buildRecord(input: RecordInput): AssessmentRecord {
  const { id, subject, set, evidence, assessor, workbench, now, evidenceHead, previous } = input;
  const judgements = input.judgements ?? judgeAnew;
  const waiversOf = Map.groupBy(evidence.waivers, ({ control }) => control);
  const controls = set.controls.map(effective =>
    judgeControl(effective, subject, evidence, waiversOf.get(effective.control.id) ?? [], judgements, now),
  );
  const used = new Set(controls.flatMap(({ waiver }) => waiver ?? []));
  const waivers = evidence.waivers.filter(waiver => used.has(waiver.id));
  const score = scoreOf(controls);
  const coverage = coverageOf(controls);
  const waived = controls.filter(({ waiver }) => waiver !== undefined).length;
  const validUntil = earliestExpiry(controls, waivers, now);
  const record: AssessmentRecord = {
    schemaVersion: 1,
    id,
    subject: describeSubject(subject),
    assessedAt: now,
    ...(validUntil === undefined ? {} : { validUntil }),
    assessor,
    workbench,
    policies: set.policies.map(document => describePolicy(document, evidence)),
    policySetDigest: set.digest,
    score,
    coverage,
    waived,
    gate: judgeGate(set.gates, controls, { score, coverage, waived }),
    controls,
    waivers,
    frameworks: coverFrameworks(set.frameworks, controls),
    ...(evidenceHead === undefined ? {} : { evidenceHead }),
    ...(previous === undefined ? {} : { previous }),
  };
  return { ...record, resultDigest: digestResult(record, input.sha256) };
}

function judgeControl(
  effective: EffectiveControl,
  subject: Subject,
  evidence: CollectedEvidence,
  waivers: readonly Waiver[],
  judgements: Judgements,
  now: number,
): ControlResult {
  const { control, appliesTo } = effective;
  const applies = judgeApplicability(appliesTo, subject);
  const judge = (check: Check): CheckResult => {
    const grounds = [subject, ...groundsOf(check, control.id, evidence)];
    const run = (): CheckResult => runCheck(check, control.id, subject, evidence, now);
    return withSeal(judgements.judge(check, control.id, grounds, now, run), evidence.seals?.(check));
  };
  const results = applies.state === 'yes' ? control.checks.map(judge) : [];
  return scoreControl(effective, applies, results, { version: subject.version, waivers, now });
}

/** All that a check looks at beside the version itself. */
function groundsOf(check: Check, control: string, evidence: CollectedEvidence): readonly (object | undefined)[] {
  switch (check.type) {
    case 'metric':
      return [evidence.metric(check)];
    case 'model-card':
      return [evidence.card];
    case 'lineage':
      return [evidence.training];
    case 'attestation':
      return [evidence.attestations(control)];
    case 'scan':
      return [evidence.scans];
    case 'document':
      return [evidence.answers(check.id)];
  }
}

const onlyMeasured =
  'A run is assessed, and this asks for a registered version: register the model, then assess the version.';

function runCheck(
  check: Check,
  control: string,
  subject: Subject,
  evidence: CollectedEvidence,
  now: number,
): CheckResult {
  if (subject.measured !== undefined && check.type !== 'metric') return conclude(check, 'missing', onlyMeasured);
  switch (check.type) {
    case 'metric':
      return checkMetric(check, evidence.metric(check), now);
    case 'model-card':
      return checkModelCard(check, evidence.card, now);
    case 'lineage':
      return checkLineage(check, subject, evidence.training, now);
    case 'attestation':
      return checkAttestation(check, control, subject, evidence.attestations(control), now);
    case 'scan':
      return checkScan(check, subject, evidence.scans, now);
    case 'document':
      return checkDocument(check, subject, evidence.answers(check.id), now);
  }
}

/** When the first thing that the result rests on (the evidence of a passed check, a waiver in use) expires. */
function earliestExpiry(
  controls: readonly ControlResult[],
  waivers: readonly Waiver[],
  now: number,
): number | undefined {
  const evidence = controls.flatMap(({ checks }) => checks.filter(({ state }) => state === 'pass'));
  const times = [
    ...evidence.flatMap(check => check.evidence.flatMap(({ expiresAt }) => expiresAt ?? [])),
    ...waivers.map(({ expiresAt }) => expiresAt),
  ].filter(time => time >= now);
  return times.length === 0 ? undefined : times.reduce((first, time) => Math.min(first, time));
}

function describePolicy({ policy, file, digest }: PolicyDocument, evidence: CollectedEvidence): AppliedPolicy {
  const { id, version, level, title, owner, reviewBy } = policy;
  const standing = evidence.approvals?.(policy, digest);
  return {
    id,
    version,
    level,
    title: title ?? id,
    ...(owner === undefined ? {} : { owner }),
    ...(reviewBy === undefined ? {} : { reviewBy }),
    path: file,
    digest,
    extends: (policy.extends ?? []).map(parent => parent.id),
    ...(standing === undefined ? {} : { approval: standing }),
  };
}
