import type { ControlResult, GateCheck, PolicyGate } from '../../schemas/generated/messages.ts';
import { isUnwaivedFailure, outcomeOfGate } from '../../schemas/verify-scorecard.ts';
import type { EffectiveGate } from '../policies/policy-set.ts';
import { countOf, formatPercent, percentTolerance } from '../reports/format.ts';
import { measureScope, severitiesIn } from './gate-scope.ts';
import { joinWords } from './words.ts';

export interface GateFigures {
  /** 0 to 100; null when no control applies. */
  readonly score: number | null;
  /** 0 to 100. */
  readonly coverage: number;
  readonly waived: number;
}

/**
 * Judges every policy's gate; all must open. Severities are looked at in all controls of the set, score and coverage in the policy's own. A critical control that failed or was not assessed, and is not
 * waived, blocks whatever the policies say. Where no control applies there is nothing to judge, and the gate is not computed.
 */
export function judgeGate(
  gates: readonly EffectiveGate[],
  controls: readonly ControlResult[],
  figures: GateFigures,
): PolicyGate {
  const applicable = controls.filter(({ value }) => value !== null);
  const rows = [...judgeCritical(gates, applicable), ...gates.flatMap(gate => judgeOne(gate, applicable, figures))];
  const conditions =
    applicable.length > 0
      ? rows
      : rows.map((row): GateCheck => ({ ...row, actual: 'no control applies', outcome: 'not-computed' }));
  const outcome = outcomeOfGate(conditions);
  return { outcome, sentence: describe(outcome, conditions, applicable.length), conditions };
}

/**
 * The rule no policy can drop; policies that fail on critical controls already say as much. What was not assessed blocks like what failed, or
 * hiding the evidence of a failure would open the gate.
 */
function judgeCritical(gates: readonly EffectiveGate[], controls: readonly ControlResult[]): GateCheck[] {
  if (gates.some(({ failOn }) => failOn.includes('critical'))) return [];
  const critical = controls.filter(({ severity }) => severity === 'critical');
  const failed = critical.filter(isUnwaivedFailure);
  const open = critical.filter(({ outcome, waiver }) => outcome === 'not-assessed' && waiver === undefined);
  const blocking = [...failed, ...open];
  const parts = [
    ...(failed.length === 0 ? [] : [`${countOf(failed.length, 'control')} failed`]),
    ...(open.length === 0 ? [] : [`${countOf(open.length, 'control')} not assessed`]),
  ];
  return [
    {
      condition: 'No critical control fails',
      required: 'none failed or not assessed, or waived',
      actual: parts.length === 0 ? 'none' : parts.join(', '),
      outcome: blocking.length === 0 ? 'met' : 'not-met',
      ...(blocking.length === 0 ? {} : { controls: blocking.map(({ id }) => id) }),
    },
  ];
}

function judgeOne(gate: EffectiveGate, controls: readonly ControlResult[], figures: GateFigures): GateCheck[] {
  const { policy, failOn, minScore, minEvidenceCoverage, maxWaived } = gate;
  const { score, coverage, over } = measureScope(gate, controls, figures);
  const of = over === undefined ? '' : ` over its ${countOf(over, 'control')}`;
  const rows: GateCheck[] = [];
  if (failOn.length > 0) rows.push(judgeSeverities(gate, controls));
  if (minScore !== undefined) {
    rows.push({
      condition: 'Score',
      required: `at least ${formatPercent(minScore)}`,
      actual: score === null ? 'none: the controls weigh nothing' : `${formatPercent(score)}${of}`,
      outcome: score === null ? 'not-computed' : score >= minScore - percentTolerance ? 'met' : 'not-met',
      policy,
    });
  }
  if (minEvidenceCoverage !== undefined) {
    rows.push({
      condition: 'Evidence coverage',
      required: `at least ${formatPercent(minEvidenceCoverage)} %`,
      actual: `${formatPercent(coverage)} %${of}`,
      outcome: coverage >= minEvidenceCoverage - percentTolerance ? 'met' : 'not-met',
      policy,
    });
  }
  if (maxWaived !== undefined) {
    rows.push({
      condition: 'Waived controls',
      required: `at most ${String(maxWaived)}`,
      actual: String(figures.waived),
      outcome: figures.waived <= maxWaived ? 'met' : 'not-met',
      policy,
    });
  }
  return rows;
}

/** What was not assessed blocks as what failed does: nothing shows that it holds. */
function judgeSeverities(gate: EffectiveGate, controls: readonly ControlResult[]): GateCheck {
  const { policy, failOn } = gate;
  const asked = controls.filter(control => severitiesIn(gate, control).some(severity => failOn.includes(severity)));
  const blocking = asked.filter(({ outcome, waiver }) => outcome !== 'compliant' && waiver === undefined);
  const all = countOf(asked.length, 'control');
  return {
    condition: `Controls of severity ${joinWords(severities.filter(severity => failOn.includes(severity)))}`,
    required: 'all compliant or waived',
    actual:
      asked.length === 0
        ? 'none applies'
        : blocking.length === 0
          ? `all of ${all}`
          : `${String(blocking.length)} of ${all} ${blocking.length === 1 ? 'is' : 'are'} not`,
    outcome: blocking.length === 0 ? 'met' : 'not-met',
    policy,
    ...(blocking.length === 0 ? {} : { controls: blocking.map(({ id }) => id) }),
  };
}

const severities = ['critical', 'high', 'medium', 'low'] as const;

function describe(outcome: PolicyGate['outcome'], conditions: readonly GateCheck[], applicable: number): string {
  if (applicable === 0) return 'Not computed: no control applies to this version.';
  const open = conditions.filter(condition => condition.outcome === 'not-computed');
  const missed = conditions.filter(condition => condition.outcome === 'not-met');
  switch (outcome) {
    case 'passed':
      return `Passed: ${conditions.length === 1 ? 'its condition is' : `all ${String(conditions.length)} conditions are`} met.`;
    case 'failed': {
      const blocking = [...new Set(missed.flatMap(({ controls }) => controls ?? []))];
      const which =
        blocking.length === 0
          ? ''
          : ` ${blocking.length === 1 ? 'Control' : 'Controls'} ${joinWords(blocking)} ${blocking.length === 1 ? 'keeps' : 'keep'} it shut.`;
      return `Failed: ${String(missed.length)} of ${countOf(conditions.length, 'condition')} ${missed.length === 1 ? 'is' : 'are'} not met.${which}`;
    }
    case 'not-computed':
      return `Not computed: ${String(open.length)} of ${countOf(conditions.length, 'condition')} could not be judged.`;
  }
}
