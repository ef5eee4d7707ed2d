import type { AssessmentRecord, ControlResult } from '../../schemas/generated/messages.ts';
import { countOf } from '../reports/format.ts';
import { orderControls } from './order.ts';
import { joinWords } from './words.ts';

const severities = ['critical', 'high', 'medium', 'low'] as const;

/** From which severity on a build fails for what is not compliant, beside the policies' own gate; `never`: it does not fail at all. */
export type FailOn = (typeof severities)[number] | 'never';

export const failOnWords: readonly FailOn[] = [...severities, 'never'];

/**
 * Why a build must fail, in a sentence; undefined where it need not. A gate that is not passed fails it whatever is asked, and so does an
 * unwaived control of the severity asked for or above that failed, in part or whole, or was not assessed. `never` lets everything pass.
 */
export function reasonToFail(
  { gate, controls }: Pick<AssessmentRecord, 'gate' | 'controls'>,
  failOn: FailOn | undefined,
): string | undefined {
  if (failOn === 'never') return undefined;
  if (gate.outcome !== 'passed') return `The gate is not passed. ${gate.sentence}`;
  if (failOn === undefined) return undefined;
  const from = severities.indexOf(failOn);
  const open = orderControls(controls).filter(
    control => isOpen(control) && severities.indexOf(control.severity) <= from,
  );
  if (open.length === 0) return undefined;
  const which = failOn === 'critical' ? 'critical severity' : `severity ${failOn} or above`;
  const verb = open.length === 1 ? 'is' : 'are';
  return `${countOf(open.length, 'control')} of ${which} ${verb} not compliant: ${joinWords(open.map(({ id }) => id))}.`;
}

function isOpen({ outcome, waiver }: ControlResult): boolean {
  return waiver === undefined && outcome !== 'compliant' && outcome !== 'not-applicable';
}
