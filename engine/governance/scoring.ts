import type { Check } from '../../schemas/generated/files.ts';
import type { CheckResult, ControlOutcome, ControlResult, Waiver } from '../../schemas/generated/messages.ts';
import { outcomeOf, valueOf } from '../../schemas/verify-scorecard.ts';
import type { EffectiveControl } from '../policies/policy-set.ts';
import { countOf } from '../reports/format.ts';
import type { Applies } from './applicability.ts';
import { checkTitle } from './checks/check.ts';
import { isActive } from '../promotion/waiver-state.ts';

export interface ControlContext {
  /** The version under assessment. */
  readonly version: { readonly model: string; readonly version: string };
  readonly waivers: readonly Waiver[];
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * A control's result from its checks'. A waiver is named only where it is needed, and leaves outcome and value as they are: it unblocks
 * the gate and never raises the score.
 */
export function scoreControl(
  effective: EffectiveControl,
  applies: Applies,
  results: readonly CheckResult[],
  context: ControlContext,
): ControlResult {
  const { control, policy, tightenedBy, weight, mappings } = effective;
  const { version, waivers, now } = context;
  const checks = applies.state === 'yes' ? [...results] : control.checks.map(check => setAside(check, applies));
  const outcome = applies.state === 'no' ? 'not-applicable' : outcomeOf(checks.map(({ state }) => state));
  const needsWaiver = outcome !== 'compliant' && outcome !== 'not-applicable';
  const waiver = needsWaiver ? waivers.find(candidate => isActive(candidate, control.id, version, now)) : undefined;
  return {
    id: control.id,
    title: control.title,
    ...(control.description === undefined ? {} : { description: control.description }),
    severity: control.severity,
    weight,
    policy,
    ...(tightenedBy.length === 0 ? {} : { tightenedBy: [...tightenedBy] }),
    outcome,
    value: valueOf(outcome),
    reason: applies.state === 'yes' ? describe(outcome, checks) : applies.reason,
    ...(control.remediation === undefined ? {} : { remediation: control.remediation }),
    ...(waiver === undefined ? {} : { waiver: waiver.id }),
    mappings: [...mappings],
    checks,
  };
}

/** A check that was not made, because the control does not count or nobody knows whether it does. */
function setAside(check: Check, applies: Exclude<Applies, { readonly state: 'yes' }>): CheckResult {
  return {
    id: check.id,
    kind: check.type,
    title: checkTitle(check),
    state: applies.state === 'no' ? 'not-applicable' : 'needs-review',
    reason: applies.reason,
    evidence: [],
  };
}

/** The outcome in a sentence, led by the check that decides it. */
function describe(outcome: ControlOutcome, checks: readonly CheckResult[]): string {
  const first = checks.find(({ state }) => state === 'fail') ?? checks.find(({ state }) => state !== 'pass');
  switch (outcome) {
    case 'compliant':
      return checks.length === 1 ? (checks[0]?.reason ?? '') : `All ${countOf(checks.length, 'check')} passed.`;
    case 'not-assessed':
      return first?.reason ?? 'The control has no check, so nothing shows that it is met.';
    default:
      return first?.reason ?? '';
  }
}
