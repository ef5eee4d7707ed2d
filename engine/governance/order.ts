import type { ControlOutcome, ControlResult, ControlSeverity } from '../../schemas/generated/messages.ts';

const outcomes: readonly ControlOutcome[] = ['non-compliant', 'partial', 'not-assessed', 'compliant', 'not-applicable'];
export const severities: readonly ControlSeverity[] = ['critical', 'high', 'medium', 'low'];

/** Controls as a reader needs them: failures first, then what is open, each by severity and else in the policies' order. */
export function orderControls(controls: readonly ControlResult[]): readonly ControlResult[] {
  const rank = ({ outcome, severity }: ControlResult): number =>
    outcomes.indexOf(outcome) * severities.length + severities.indexOf(severity);
  return [...controls].sort((a, b) => rank(a) - rank(b));
}

/**
 * How well a control stands, to tell worse from better: one that passes or does not apply stands well, one that failed stands badly, what is
 * open lies between, and a waiver lifts neither to what it is not.
 */
export function standingOf({ outcome, waiver }: Pick<ControlResult, 'outcome' | 'waiver'>): number {
  if (outcome === 'compliant' || outcome === 'not-applicable') return 0;
  return standings[outcome] + (waiver === undefined ? 0 : 0.5);
}

const standings = { 'non-compliant': -3, partial: -2, 'not-assessed': -1 } as const;

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
