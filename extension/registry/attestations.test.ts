import assert from 'node:assert/strict';
import type { CheckResult, CheckState, ControlResult } from '../../schemas/generated/messages.ts';
import { attestableControls } from './attestations.ts';

const check = (state: CheckState, statement?: string): CheckResult => ({
  id: `c.${statement ?? 'metric'}`,
  kind: statement === undefined ? 'metric' : 'attestation',
  title: 't',
  state,
  reason: '',
  evidence: [],
  ...(statement === undefined ? {} : { attest: { role: 'reviewer', statement } }),
});
const control = (id: string, ...checks: CheckResult[]): ControlResult => ({
  id,
  title: `Title of ${id}`,
  severity: 'low',
  weight: 1,
  policy: 'p',
  outcome: 'not-assessed',
  value: 0,
  reason: '',
  mappings: [],
  checks,
});

describe('attestableControls', () => {
  it('leaves out controls that ask nobody, and puts open ones first', () => {
    const controls = [
      control('A', check('pass')),
      control('B', check('pass', 'I have.')),
      control('C', check('missing', 'I read.')),
    ];
    assert.deepEqual(
      attestableControls({ controls }).map(({ id, isOpen }) => [id, isOpen]),
      [
        ['C', true],
        ['B', false],
      ],
    );
  });

  it('shows the statement that will be made: the first that is open', () => {
    const controls = [control('A', check('pass', 'First.'), check('stale', 'Second.'), check('missing', 'Third.'))];
    assert.equal(attestableControls({ controls })[0]?.statement, 'Second.');
    assert.equal(attestableControls({ controls: [control('A', check('pass', 'Only.'))] })[0]?.statement, 'Only.');
  });
});
