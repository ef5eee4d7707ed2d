import type { ControlResult, ControlSeverity } from '../../schemas/generated/messages.ts';
import { coverageOf, scoreOf, valueOf } from '../../schemas/verify-scorecard.ts';
import type { EffectiveGate } from '../policies/policy-set.ts';

/** The figures that a policy's bars are held against. */
export interface ScopedFigures {
  /** 0 to 100; null when no control of the scope applies or they weigh nothing. */
  readonly score: number | null;
  /** 0 to 100. */
  readonly coverage: number;
  /** How many controls they are over, where that is not all. */
  readonly over?: number;
}

/**
 * Score and coverage as a gate's own policy counts them: over its controls, with its weights and its checks. What a policy that extends it
 * adds can so never lift what it asks for. A control is half met only where some of these checks failed and all others passed.
 */
export function measureScope(
  { scope }: EffectiveGate,
  controls: readonly ControlResult[],
  figures: { readonly score: number | null; readonly coverage: number },
): ScopedFigures {
  if (scope === undefined) return figures;
  const own = controls.flatMap(control => {
    const stated = scope.get(control.id);
    if (stated === undefined) return [];
    const checks = control.checks.filter(({ id }) => stated.checks.has(id));
    return [{ weight: stated.weight, value: valueIn(control, checks), checks }];
  });
  return { score: scoreOf(own), coverage: coverageOf(own), over: own.length };
}

function valueIn({ outcome, value }: ControlResult, checks: ControlResult['checks']): number | null {
  if (value === null || outcome === 'compliant') return value;
  const isDecided = checks.every(({ state }) => state === 'pass' || state === 'fail');
  const passed = checks.some(({ state }) => state === 'pass');
  return outcome === 'partial' && isDecided && passed ? valueOf('partial') : 0;
}

/** Severities a control counts under for a gate: its own, and the milder one it had before a policy below raised it. */
export function severitiesIn({ scope }: EffectiveGate, { id, severity }: ControlResult): readonly ControlSeverity[] {
  const stated = scope?.get(id)?.severity;
  return stated === undefined ? [severity] : [severity, stated];
}
