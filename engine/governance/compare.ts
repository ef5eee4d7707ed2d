import type {
  AppliedPolicy,
  AssessmentComparison,
  AssessmentRecord,
  CheckResult,
  ControlChange,
  ControlResult,
} from '../../schemas/generated/messages.ts';
import { severities, standingOf } from './order.ts';
import { summarise } from './summary.ts';

/** An assessment's record with the digest it is stored with. */
export interface StoredAssessment {
  readonly record: AssessmentRecord;
  readonly digest: string;
}

/** Two assessments side by side, of one version, of two, or of two models. */
export function compareAssessments(before: StoredAssessment, after: StoredAssessment): AssessmentComparison {
  const changes = findChanges(before.record, after.record);
  const controls = new Set([...before.record.controls, ...after.record.controls].map(({ id }) => id));
  return {
    before: summarise(before.record, before.digest),
    after: summarise(after.record, after.digest),
    changes,
    unchanged: controls.size - changes.length,
    policies: comparePolicies(before.record.policies, after.record.policies),
  };
}

/**
 * Controls that came out differently (outcome, waiver, a check's state, figure or bar) or are in one only: those that are worse now first,
 * then those that are better, then the others, each by severity and else in the order of the policies.
 */
export function findChanges(before: AssessmentRecord, after: AssessmentRecord): ControlChange[] {
  const earlier = new Map(before.controls.map(control => [control.id, control]));
  const later = new Set(after.controls.map(({ id }) => id));
  const changes = [
    ...after.controls.flatMap(control => compareControl(earlier.get(control.id), control)),
    ...before.controls.filter(({ id }) => !later.has(id)).flatMap(control => compareControl(control, undefined)),
  ];
  const rank = ({ change: { severity }, direction }: Compared): number =>
    direction * severities.length + severities.indexOf(severity);
  return changes.sort((a, b) => rank(a) - rank(b)).map(({ change }) => change);
}

interface Compared {
  readonly change: ControlChange;
  /** 0: worse now; 1: better; 2: neither. */
  readonly direction: 0 | 1 | 2;
}

function compareControl(before: ControlResult | undefined, after: ControlResult | undefined): Compared[] {
  const control = after ?? before;
  if (control === undefined) return [];
  const checks = compareChecks(before?.checks ?? [], after?.checks ?? []);
  const isWaived = (result: ControlResult | undefined): boolean | undefined =>
    result === undefined ? undefined : result.waiver !== undefined;
  const [waivedBefore, waivedAfter] = [isWaived(before), isWaived(after)];
  if (before?.outcome === after?.outcome && waivedBefore === waivedAfter && checks.length === 0) return [];
  // What a policy no longer asks for has not become better.
  const difference = after === undefined ? 0 : standingOf(after) - (before === undefined ? 0 : standingOf(before));
  return [
    {
      direction: difference < 0 ? 0 : difference > 0 ? 1 : 2,
      change: {
        control: control.id,
        title: control.title,
        severity: control.severity,
        policy: control.policy,
        ...(before === undefined
          ? {}
          : { before: before.outcome, reasonBefore: before.reason, waivedBefore: waivedBefore === true }),
        ...(after === undefined
          ? {}
          : { after: after.outcome, reasonAfter: after.reason, waivedAfter: waivedAfter === true }),
        ...(checks.length === 0 ? {} : { checks }),
      },
    },
  ];
}

type CheckChange = NonNullable<ControlChange['checks']>[number];

function compareChecks(before: readonly CheckResult[], after: readonly CheckResult[]): CheckChange[] {
  const earlier = new Map(before.map(check => [check.id, check]));
  const later = new Set(after.map(({ id }) => id));
  return [
    ...after.flatMap(check => compareCheck(earlier.get(check.id), check)),
    ...before.filter(({ id }) => !later.has(id)).flatMap(check => compareCheck(check, undefined)),
  ];
}

function compareCheck(before: CheckResult | undefined, after: CheckResult | undefined): CheckChange[] {
  const check = after ?? before;
  if (check === undefined) return [];
  const isAlike =
    before?.state === after?.state && before?.actual === after?.actual && before?.required === after?.required;
  if (isAlike) return [];
  const unit = after?.unit ?? before?.unit;
  return [
    {
      id: check.id,
      title: check.title,
      ...(before === undefined ? {} : { before: before.state }),
      ...(after === undefined ? {} : { after: after.state }),
      ...(before?.actual === undefined ? {} : { figureBefore: before.actual }),
      ...(after?.actual === undefined ? {} : { figureAfter: after.actual }),
      ...(unit === undefined ? {} : { unit }),
      ...(before?.required === undefined ? {} : { requiredBefore: before.required }),
      ...(after?.required === undefined ? {} : { requiredAfter: after.required }),
    },
  ];
}

/** Policies that are in one only, or of which version or text differs: `1.2.0`, with the text's digest where the versions are the same. */
function comparePolicies(
  before: readonly AppliedPolicy[],
  after: readonly AppliedPolicy[],
): AssessmentComparison['policies'] {
  const earlier = new Map(before.map(policy => [policy.id, policy]));
  const later = new Map(after.map(policy => [policy.id, policy]));
  return [...new Set([...earlier.keys(), ...later.keys()])].flatMap(id => {
    const [old, young] = [earlier.get(id), later.get(id)];
    if (old?.digest === young?.digest) return [];
    const name = ({ version, digest }: AppliedPolicy): string =>
      old?.version === young?.version ? `${version} (${digest.slice(0, 12)})` : version;
    return [
      {
        id,
        ...(old === undefined ? {} : { before: name(old) }),
        ...(young === undefined ? {} : { after: name(young) }),
      },
    ];
  });
}
