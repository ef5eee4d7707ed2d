import assert from 'node:assert/strict';
import { controlIn } from '../../test/fakes/assessed.ts';
import type { ControlResult, PolicyGate } from '../../schemas/generated/messages.ts';
import { failOnWords, reasonToFail, type FailOn } from './fail-on.ts';

const passed: PolicyGate = { outcome: 'passed', sentence: 'Passed.', conditions: [] };
const levels = ['critical', 'high', 'medium', 'low'] as const;

describe('whether a build fails', () => {
  const controls: readonly [string, Partial<ControlResult>, Parameters<typeof controlIn>[0], boolean][] = [
    ['failed', {}, ['fail'], true],
    ['partial', {}, ['fail', 'pass'], true],
    ['not assessed', {}, ['missing'], true],
    ['compliant', {}, ['pass'], false],
    ['not applicable', {}, ['not-applicable'], false],
    ['failed and waived', { waiver: 'w' }, ['fail'], false],
    ['not assessed and waived', { waiver: 'w' }, ['missing'], false],
  ];
  for (const [name, changes, states, open] of controls) {
    for (const severity of levels) {
      const record = { gate: passed, controls: [controlIn(states, { severity, ...changes })] };
      const failing = failOnWords.filter(failOn => reasonToFail(record, failOn) !== undefined);
      const expected = open ? levels.slice(levels.indexOf(severity)) : [];
      it(`a ${severity} control that is ${name} fails: ${expected.join(', ') || 'nothing'}`, () => {
        assert.deepEqual(failing, expected);
        assert.equal(reasonToFail(record, undefined), undefined);
      });
    }
  }

  it('a gate that is not passed fails it, except never', () => {
    for (const outcome of ['failed', 'not-computed'] as const) {
      const record = { gate: { ...passed, outcome, sentence: 'Shut.' }, controls: [] };
      const asked: readonly (FailOn | undefined)[] = [undefined, ...failOnWords];
      assert.deepEqual(
        asked.filter(failOn => reasonToFail(record, failOn) !== undefined),
        [undefined, ...levels],
      );
    }
  });

  it('says which controls', () => {
    const two = [
      controlIn(['fail'], { id: 'A', severity: 'high' }),
      controlIn(['missing'], { id: 'B', severity: 'critical' }),
    ];
    const record = { gate: passed, controls: two };
    assert.equal(reasonToFail(record, 'high'), '2 controls of severity high or above are not compliant: A and B.');
    assert.equal(reasonToFail(record, 'critical'), '1 control of critical severity is not compliant: B.');
  });
});
