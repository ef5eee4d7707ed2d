import type {
  AssessmentComparison,
  AssessmentSummary,
  ControlOutcome,
  ControlResult,
  DueItem,
  Failure,
  HostToScorecardPage,
  ScorecardView,
} from '../../schemas/generated/messages.ts';

/** What the page knows. A new object for every change. */
export interface ScorecardModel {
  readonly view?: ScorecardView;
  /** What waits for somebody; absent where nobody was asked. */
  readonly due?: readonly DueItem[];
  /** Another record beside this one, asked for outside the page. */
  readonly comparison?: AssessmentComparison;
  /** Something about the page as a whole went wrong. */
  readonly failure?: Failure;
}

export function applyMessage(model: ScorecardModel, message: HostToScorecardPage): ScorecardModel {
  switch (message.type) {
    case 'scorecard': {
      const { view, due } = message;
      const kept = concerns(model.comparison, view) ? { comparison: model.comparison } : {};
      return { view, ...(due === undefined ? {} : { due }), ...kept };
    }
    case 'comparison':
      return { ...model, comparison: message.comparison };
    case 'failure':
      return { ...model, failure: message.failure };
    default:
      return model;
  }
}

/** A comparison may come before what it is a comparison of. */
function concerns(
  comparison: AssessmentComparison | undefined,
  view: ScorecardView,
): comparison is AssessmentComparison {
  if (comparison === undefined) return false;
  const { digest } = view.scorecard;
  return comparison.before.digest === digest || comparison.after.digest === digest;
}

/** A control with its position in the record: ids of a file from elsewhere may repeat. */
export interface PlacedControl {
  readonly index: number;
  readonly control: ControlResult;
}

export const groupNames = ['failures', 'open', 'notApplicable', 'passed'] as const;
export type GroupName = (typeof groupNames)[number];
export type ControlGroups = Readonly<Record<GroupName, readonly PlacedControl[]>>;

const groupOfOutcome: Readonly<Record<ControlOutcome, GroupName>> = {
  'non-compliant': 'failures',
  partial: 'failures',
  'not-assessed': 'open',
  'not-applicable': 'notApplicable',
  compliant: 'passed',
};

export function groupOf({ outcome }: ControlResult): GroupName {
  return groupOfOutcome[outcome];
}

/** Controls under what they come to, in the order they are given in. */
export function groupControls(placed: readonly PlacedControl[]): ControlGroups {
  const groups = Map.groupBy(placed, ({ control }) => groupOf(control));
  const of = (name: GroupName): readonly PlacedControl[] => groups.get(name) ?? [];
  return { failures: of('failures'), open: of('open'), notApplicable: of('notApplicable'), passed: of('passed') };
}

/** The newest assessment of this version, where that is another one than is shown. */
export function newerAssessment({ scorecard: { record }, history }: ScorecardView): AssessmentSummary | undefined {
  const newest = history.find(({ version }) => version === record.subject.version);
  return newest === undefined || newest.id === record.id || newest.assessedAt <= record.assessedAt ? undefined : newest;
}

/** Whether two views are of one and the same record, whatever else about it is new. */
export function isSameRecord(one: ScorecardView, other: ScorecardView): boolean {
  return (
    one.scorecard.digest === other.scorecard.digest &&
    one.verification.state === other.verification.state &&
    one.verification.computedDigest === other.verification.computedDigest
  );
}

/** When the first evidence of a control expired that held when it was assessed; undefined while all still holds. */
export function expiredSince({ checks }: ControlResult, now: number): number | undefined {
  let first: number | undefined;
  for (const { evidence } of checks) {
    for (const { expiresAt } of evidence)
      if (expiresAt !== undefined && expiresAt <= now) first = Math.min(first ?? expiresAt, expiresAt);
  }
  return first;
}
