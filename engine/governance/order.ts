import type { ControlOutcome, ControlResult, ControlSeverity } from '../../schemas/generated/messages.ts';

const outcomes: readonly ControlOutcome[] = ['non-compliant', 'partial', 'not-assessed', 'compliant', 'not-applicable'];
export const severities: readonly ControlSeverity[] = ['critical', 'high', 'medium', 'low'];

/** Controls as a reader needs them: failures first, then what is open, each by severity and else in the policies' order. */
export function orderControls(controls: readonly ControlResult[]): readonly ControlResult[] {
  const rank = ({ outcome, severity }: ControlResult): number =>
    outcomes.indexOf(outcome) * severities.length + severities.indexOf(severity);
  return [...controls].sort((a, b) => rank(a) - rank(b));
}

const outcomeWords: Readonly<Record<ControlOutcome, string>> = {
  compliant: 'compliant',
  partial: 'partial',
  'non-compliant': 'not compliant',
  'not-applicable': 'not applicable',
  'not-assessed': 'not assessed',
};

/** `not compliant, waived` */
export function wordOutcome({ outcome, waiver }: Pick<ControlResult, 'outcome' | 'waiver'>): string {
  return waiver === undefined ? outcomeWords[outcome] : `${outcomeWords[outcome]}, waived`;
}
