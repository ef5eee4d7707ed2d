import type {
  AssessmentComparison,
  AssessmentRecord,
  CheckResult,
  ControlChange,
  ControlOutcome,
  ControlResult,
  ControlSeverity,
  Scorecard,
} from './generated/messages.ts';
import { summariseAssessment } from './summarise-assessment.ts';

/**
 * The comparison of two records. It stands here and not in the engine, because editors and other viewers compare scorecard files without
 * the engine.
 */

type CheckChange = NonNullable<ControlChange['checks']>[number];

/** What a comparison says beside the two assessments it is of. */
type RecordChanges = Pick<AssessmentComparison, 'changes' | 'unchanged' | 'policies'>;

/** What came out differently, control by control: worse first, then the most severe, else in the order of the later record. */
export function compareRecords(before: AssessmentRecord, after: AssessmentRecord): RecordChanges {
  const former = indexControls(before.controls);
  const later = indexControls(after.controls);
  const changes: ControlChange[] = [];
  let unchanged = 0;
  for (const [key, control] of later) {
    const change = compareControl(former.get(key), control);
    if (change === undefined) unchanged += 1;
    else changes.push(change);
  }
  for (const [key, control] of former) if (!later.has(key)) changes.push(describeChange(control, control, undefined));
  return {
    changes: changes
      .map((change, index) => ({ change, index }))
      .sort((a, b) => rank(a.change) - rank(b.change) || a.index - b.index)
      .map(({ change }) => change),
    unchanged,
    policies: comparePolicies(before, after),
  };
}

/** An assessment's record with the digest it is stored with. */
export type RecordWithDigest = Pick<Scorecard, 'record' | 'digest'>;

/** Two scorecards side by side: of one version, of two, or of two models. */
export function compareScorecards(before: RecordWithDigest, after: RecordWithDigest): AssessmentComparison {
  return {
    before: summariseAssessment(before.record, before.digest),
    after: summariseAssessment(after.record, after.digest),
    ...compareRecords(before.record, after.record),
  };
}

/** Whether a control came out worse, better, or neither: new, gone, or open where it was decided. */
export function directionOf(change: ControlChange): 'worse' | 'better' | 'other' {
  const { before, after, waivedBefore = false, waivedAfter = false } = change;
  if (before === undefined) return after === 'non-compliant' || after === 'partial' ? 'worse' : 'other';
  if (after === undefined) return 'other';
  const difference = goodness[after] - goodness[before];
  if (difference !== 0) return difference < 0 ? 'worse' : 'better';
  if (before !== after) return 'other';
  if (waivedBefore !== waivedAfter) return waivedBefore ? 'worse' : 'better';
  return 'other';
}

/** How near an outcome is to what is wanted; what does not apply is as good as met. */
const goodness: Readonly<Record<ControlOutcome, number>> = {
  'non-compliant': 0,
  partial: 1,
  'not-assessed': 2,
  compliant: 3,
  'not-applicable': 3,
};

const severities: readonly ControlSeverity[] = ['critical', 'high', 'medium', 'low'];

function rank(change: ControlChange): number {
  const direction = ['worse', 'better', 'other'].indexOf(directionOf(change));
  return direction * severities.length + severities.indexOf(change.severity);
}

/** By id; ids of a record from elsewhere may repeat, and each stands for itself. */
function indexControls(controls: readonly ControlResult[]): ReadonlyMap<string, ControlResult> {
  const seen = new Map<string, number>();
  return new Map(
    controls.map(control => {
      const times = seen.get(control.id) ?? 0;
      seen.set(control.id, times + 1);
      return [`${String(times)} ${control.id}`, control];
    }),
  );
}

function compareControl(before: ControlResult | undefined, after: ControlResult): ControlChange | undefined {
  if (before === undefined) return describeChange(after, undefined, after);
  const change = describeChange(after, before, after);
  const same =
    before.outcome === after.outcome &&
    (before.waiver === undefined) === (after.waiver === undefined) &&
    before.severity === after.severity &&
    change.checks === undefined;
  return same ? undefined : change;
}

/** @param named the control that gives title, severity and policy */
function describeChange(
  named: ControlResult,
  before: ControlResult | undefined,
  after: ControlResult | undefined,
): ControlChange {
  const checks = compareChecks(before?.checks ?? [], after?.checks ?? []);
  return {
    control: named.id,
    title: named.title,
    severity: named.severity,
    policy: named.policy,
    ...(before === undefined
      ? {}
      : { before: before.outcome, waivedBefore: before.waiver !== undefined, reasonBefore: before.reason }),
    ...(after === undefined
      ? {}
      : { after: after.outcome, waivedAfter: after.waiver !== undefined, reasonAfter: after.reason }),
    ...(checks.length === 0 ? {} : { checks }),
  };
}

function compareChecks(before: readonly CheckResult[], after: readonly CheckResult[]): CheckChange[] {
  const former = new Map(before.map(check => [check.id, check]));
  const later = new Set(after.map(({ id }) => id));
  return [
    ...after.flatMap(check => {
      const earlier = former.get(check.id);
      return isSameCheck(earlier, check) ? [] : [describeCheck(earlier, check)];
    }),
    ...before.filter(({ id }) => !later.has(id)).map(check => describeCheck(check, undefined)),
  ];
}

function isSameCheck(before: CheckResult | undefined, after: CheckResult): boolean {
  return (
    before !== undefined &&
    before.state === after.state &&
    before.actual === after.actual &&
    before.required === after.required
  );
}

function describeCheck(before: CheckResult | undefined, after: CheckResult | undefined): CheckChange {
  const named = after ?? before;
  return {
    id: named?.id ?? '',
    title: named?.title ?? '',
    ...(before === undefined ? {} : { before: before.state }),
    ...(after === undefined ? {} : { after: after.state }),
    ...(before?.actual === undefined ? {} : { figureBefore: before.actual }),
    ...(after?.actual === undefined ? {} : { figureAfter: after.actual }),
    ...(named?.unit === undefined ? {} : { unit: named.unit }),
    ...(before?.required === undefined ? {} : { requiredBefore: before.required }),
    ...(after?.required === undefined ? {} : { requiredAfter: after.required }),
  };
}

/** By id; a policy whose text changed under the same version says so by its digest. */
function comparePolicies(before: AssessmentRecord, after: AssessmentRecord): RecordChanges['policies'] {
  const former = new Map(before.policies.map(policy => [policy.id, policy]));
  const later = new Map(after.policies.map(policy => [policy.id, policy]));
  return [...new Set([...later.keys(), ...former.keys()])].flatMap(id => {
    const [earlier, policy] = [former.get(id), later.get(id)];
    if (earlier?.digest === policy?.digest && earlier?.version === policy?.version) return [];
    const isSameVersion = earlier?.version === policy?.version;
    const name = (one: typeof policy): string | undefined =>
      one === undefined ? undefined : isSameVersion ? `${one.version} (${one.digest.slice(0, 8)})` : one.version;
    const [was, is] = [name(earlier), name(policy)];
    return [{ id, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });
}
