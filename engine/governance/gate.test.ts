import assert from 'node:assert/strict';
import type { CheckState, ControlResult, PolicyGate } from '../../schemas/generated/messages.ts';
import { coverageOf, scoreOf } from '../../schemas/verify-scorecard.ts';
import { controlIn } from '../../test/fakes/assessed.ts';
import type { EffectiveGate } from '../policies/policy-set.ts';
import { judgeGate } from './gate.ts';
import { formatPercent } from '../reports/format.ts';

type Severity = ControlResult['severity'];

function control(id: string, severity: Severity, state: CheckState, waiver?: string): ControlResult {
  return controlIn([state], { id, severity, weight: 1, ...(waiver === undefined ? {} : { waiver }) });
}

function judge(gates: readonly EffectiveGate[], controls: readonly ControlResult[]): PolicyGate {
  const waived = controls.filter(({ waiver }) => waiver !== undefined).length;
  return judgeGate(gates, controls, { score: scoreOf(controls), coverage: coverageOf(controls), waived });
}

describe('judgeGate', () => {
  const strict: EffectiveGate = { policy: 'p', failOn: ['critical', 'high'] };
  const cases: readonly [
    what: string,
    gates: EffectiveGate[],
    controls: ControlResult[],
    outcome: PolicyGate['outcome'],
    blocking?: string[],
  ][] = [
    ['everything compliant', [strict], [control('A', 'critical', 'pass'), control('B', 'high', 'pass')], 'passed'],
    ['a high failure', [strict], [control('A', 'high', 'fail')], 'failed', ['A']],
    ['a failure of a severity nobody asks for', [strict], [control('A', 'medium', 'fail')], 'passed'],
    ['a high control not assessed', [strict], [control('A', 'high', 'missing')], 'failed', ['A']],
    ['a high control in review', [strict], [control('A', 'high', 'needs-review')], 'failed', ['A']],
    ['a partial one', [strict], [{ ...controlIn(['pass', 'fail'], { id: 'A' }) }], 'failed', ['A']],
    ['a waived failure', [strict], [control('A', 'high', 'fail', 'w')], 'passed'],
    ['a waived control not assessed', [strict], [control('A', 'high', 'error', 'w')], 'passed'],
    [
      'one that does not apply',
      [strict],
      [control('A', 'high', 'not-applicable'), control('B', 'low', 'pass')],
      'passed',
    ],
    ['nothing that applies', [strict], [control('A', 'high', 'not-applicable')], 'not-computed'],
    ['no control at all', [strict], [], 'not-computed'],
    [
      'a critical failure where no policy asks for it',
      [{ policy: 'p', failOn: [] }],
      [control('A', 'critical', 'fail'), control('B', 'low', 'pass')],
      'failed',
      ['A'],
    ],
    ['a critical failure without any gate', [], [control('A', 'critical', 'fail')], 'failed', ['A']],
    ['a waived critical failure without any gate', [], [control('A', 'critical', 'fail', 'w')], 'passed'],
    [
      'a critical control not assessed, which no policy asks for',
      [],
      [control('A', 'critical', 'missing')],
      'failed',
      ['A'],
    ],
    ['such a control, waived', [], [control('A', 'critical', 'missing', 'w')], 'passed'],
    [
      'the score reached',
      [{ policy: 'p', failOn: [], minScore: 50 }],
      [control('A', 'low', 'pass'), control('B', 'low', 'fail')],
      'passed',
    ],
    [
      'the score missed',
      [{ policy: 'p', failOn: [], minScore: 50.1 }],
      [control('A', 'low', 'pass'), control('B', 'low', 'fail')],
      'failed',
    ],
    [
      'a waiver that does not raise the score',
      [{ policy: 'p', failOn: [], minScore: 60 }],
      [control('A', 'low', 'pass'), control('B', 'low', 'fail', 'w')],
      'failed',
    ],
    [
      'a score that weightless controls do not give',
      [{ policy: 'p', failOn: [], minScore: 60 }],
      [{ ...control('A', 'low', 'pass'), weight: 0 }],
      'not-computed',
    ],
    [
      'coverage reached',
      [{ policy: 'p', failOn: [], minEvidenceCoverage: 50 }],
      [control('A', 'low', 'fail'), control('B', 'low', 'missing')],
      'passed',
    ],
    [
      'coverage missed',
      [{ policy: 'p', failOn: [], minEvidenceCoverage: 51 }],
      [control('A', 'low', 'fail'), control('B', 'low', 'missing')],
      'failed',
    ],
    [
      'as many waivers as allowed',
      [{ policy: 'p', failOn: [], maxWaived: 1 }],
      [control('A', 'low', 'fail', 'w')],
      'passed',
    ],
    [
      'more waivers than allowed',
      [{ policy: 'p', failOn: [], maxWaived: 0 }],
      [control('A', 'low', 'fail', 'w')],
      'failed',
    ],
    [
      'one gate of two',
      [
        { policy: 'p', failOn: ['critical'] },
        { policy: 'q', failOn: ['low'] },
      ],
      [control('A', 'low', 'fail'), control('B', 'critical', 'pass')],
      'failed',
      ['A'],
    ],
  ];
  for (const [what, gates, controls, outcome, blocking] of cases) {
    it(`is ${outcome} for ${what}`, () => {
      const gate = judge(gates, controls);
      assert.equal(gate.outcome, outcome, JSON.stringify(gate));
      assert.deepEqual(
        gate.conditions.flatMap(condition => condition.controls ?? []),
        blocking ?? [],
      );
    });
  }

  it('has a row for each condition, with its policy', () => {
    const gate = judge(
      [{ policy: 'p', failOn: ['high', 'critical'], minScore: 70, minEvidenceCoverage: 75, maxWaived: 2 }],
      [
        control('A', 'high', 'pass'),
        control('B', 'high', 'fail'),
        control('C', 'critical', 'pass'),
        control('D', 'low', 'missing'),
      ],
    );
    assert.deepEqual(
      gate.conditions.map(({ condition, required, actual, outcome, policy }) => [
        condition,
        required,
        actual,
        outcome,
        policy,
      ]),
      [
        ['Controls of severity critical and high', 'all compliant or waived', '1 of 3 controls is not', 'not-met', 'p'],
        ['Score', 'at least 70', '50', 'not-met', 'p'],
        ['Evidence coverage', 'at least 75 %', '75 %', 'met', 'p'],
        ['Waived controls', 'at most 2', '0', 'met', 'p'],
      ],
    );
    assert.equal(gate.sentence, 'Failed: 2 of 4 conditions are not met. Control B keeps it shut.');
  });

  it('names a rule of its own where the policies leave critical controls out', () => {
    const gate = judge([{ policy: 'p', failOn: ['high'] }], [control('A', 'high', 'pass')]);
    assert.equal(gate.conditions[0]?.condition, 'No critical control fails');
    assert.equal(gate.conditions[0].policy, undefined);
    assert.equal(gate.sentence, 'Passed: all 2 conditions are met.');
  });

  it('rounds down, so that what is shown as reached is reached', () => {
    assert.equal(formatPercent(84.96), '84.9');
    assert.equal(formatPercent(85), '85');
    assert.equal(formatPercent(99.99), '99.9');
    assert.equal(formatPercent(70.1), '70.1');
  });
});
