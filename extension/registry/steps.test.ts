import assert from 'node:assert/strict';
import type { Baseline, VersionDetails } from '../../schemas/generated/messages.ts';
import { makeAssessmentSummary, makeVersion } from '../../test/fakes/versions.ts';
import { stepsOf } from './steps.ts';

const passed = [makeAssessmentSummary()];
const failed = [makeAssessmentSummary({ gate: 'failed' })];
const baseline = {} as Baseline;
const approval = (state: VersionDetails['approval']['state']): VersionDetails['approval'] => ({ state, sentence: '' });

const cases: [name: string, details: VersionDetails, steps: string[]][] = [
  ['nothing before an assessment', makeVersion(), []],
  ['nothing while the gate is not passed', makeVersion({}, { assessments: failed }), []],
  ['a request once it is', makeVersion({}, { assessments: passed }), ['requestApproval']],
  [
    'an approval once it was requested',
    makeVersion({}, { assessments: passed, approval: approval('requested') }),
    ['approve'],
  ],
  [
    'another request when the approval is void',
    makeVersion({ status: 'approved' }, { assessments: passed, approval: approval('void') }),
    ['requestApproval'],
  ],
  [
    'lock and promotion once approved',
    makeVersion({ status: 'approved' }, { assessments: passed, approval: approval('approved') }),
    ['baseline', 'promote'],
  ],
  [
    'the promotion once locked',
    makeVersion({ status: 'baseline' }, { assessments: passed, approval: approval('approved'), baseline }),
    ['promote'],
  ],
  [
    'nothing in production',
    makeVersion({ status: 'production' }, { assessments: passed, approval: approval('approved'), baseline }),
    [],
  ],
  [
    'the way back of a retired version',
    makeVersion({ status: 'retired' }, { assessments: passed, approval: approval('approved'), baseline }),
    ['promote'],
  ],
];

describe('stepsOf offers', () => {
  for (const [name, details, steps] of cases) {
    it(name, () => assert.deepEqual([...stepsOf(details)], steps));
  }
});
