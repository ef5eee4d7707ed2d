import type {
  AssessmentRecord,
  AssessmentSummary,
  ControlResult,
  Failure,
  HostToScorecardPage,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import { severities } from '../shared/governance-words.ts';

/** What the page knows. A new object for every change. */
export interface ScorecardModel {
  readonly view?: ScorecardView;
  /** Something about the page as a whole went wrong. */
  readonly failure?: Failure;
}

export function applyMessage(model: ScorecardModel, message: HostToScorecardPage): ScorecardModel {
  return message.type === 'scorecard' ? { view: message.view } : { ...model, failure: message.failure };
}

/** A control with its position in the record: ids of a file from elsewhere may repeat. */
export interface PlacedControl {
  readonly index: number;
  readonly control: ControlResult;
}

export interface ControlGroups {
  readonly failures: readonly PlacedControl[];
  readonly open: readonly PlacedControl[];
  readonly notApplicable: readonly PlacedControl[];
  readonly passed: readonly PlacedControl[];
}

/** Controls as the page shows them, the most severe of each group first; what is not met at all before what is partly met. */
export function groupControls({ controls }: AssessmentRecord): ControlGroups {
  const placed = controls
    .map((control, index) => ({ control, index }))
    .sort((a, b) => rank(a.control) - rank(b.control) || a.index - b.index);
  const having = (...outcomes: readonly ControlResult['outcome'][]): readonly PlacedControl[] =>
    placed.filter(({ control }) => outcomes.includes(control.outcome));
  return {
    failures: having('non-compliant', 'partial'),
    open: having('not-assessed'),
    notApplicable: having('not-applicable'),
    passed: having('compliant'),
  };
}

function rank({ severity, outcome }: ControlResult): number {
  return 2 * severities.indexOf(severity) + Number(outcome === 'partial');
}

/** The newest assessment of this version, where that is another one than is shown. */
export function newerAssessment({ scorecard: { record }, history }: ScorecardView): AssessmentSummary | undefined {
  const newest = history.find(({ version }) => version === record.subject.version);
  return newest === undefined || newest.id === record.id || newest.assessedAt <= record.assessedAt ? undefined : newest;
}
