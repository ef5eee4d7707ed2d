import assert from 'node:assert/strict';
import type { VersionRow } from '../../schemas/generated/messages.ts';
import { makeVersionRow } from '../../test/fakes/registry-rows.ts';
import { canAskAgain, stepsOf } from './steps.ts';

const cases: [name: string, row: Partial<VersionRow>, steps: string[]][] = [
  ['nothing before an assessment', {}, []],
  ['nothing while the gate is not passed', { gate: 'failed' }, []],
  ['a request once it is', { status: 'assessed', gate: 'passed' }, ['requestApproval']],
  ['an approval once it was requested', { gate: 'passed', approvalRequested: true }, ['approve']],
  ['lock and promotion once approved', { status: 'approved', gate: 'passed' }, ['baseline', 'promote']],
  ['nothing once a later assessment failed', { status: 'approved', gate: 'failed' }, []],
  [
    'another approval once it was asked for again',
    { status: 'approved', gate: 'passed', approvalRequested: true },
    ['approve'],
  ],
  ['the promotion once locked', { status: 'baseline', gate: 'passed' }, ['promote']],
  ['nothing in production', { status: 'production', gate: 'passed' }, []],
  ['the way back of a retired version', { status: 'retired', gate: 'passed' }, ['promote']],
  ['nothing of a revoked version', { status: 'revoked', gate: 'passed' }, []],
  ['nothing of what is archived', { status: 'approved', gate: 'passed', state: 'ARCHIVED' }, []],
  ['nothing of another registry', { registry: 'shared', status: 'approved', gate: 'passed' }, []],
];

describe('stepsOf offers', () => {
  for (const [name, row, steps] of cases) {
    it(name, () => assert.deepEqual([...stepsOf(makeVersionRow(row))], steps));
  }
});

describe('an approval', () => {
  it('can be asked for again of what was approved and passes the gate', () => {
    const can = (row: Partial<VersionRow>): boolean => canAskAgain(makeVersionRow(row));
    assert.equal(can({ status: 'approved', gate: 'passed' }), true);
    assert.equal(can({ status: 'production', gate: 'failed' }), false);
    assert.equal(can({ status: 'candidate', gate: 'passed' }), false);
    assert.equal(can({ status: 'approved', gate: 'passed', registry: 'shared' }), false);
  });
});
