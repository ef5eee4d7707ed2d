import assert from 'node:assert/strict';
import { makeAssessmentSummary, makeVersion } from '../../test/fakes/versions.ts';
import { lastAssessment } from './last-assessment.ts';

describe('lastAssessment', () => {
  const versions = [
    {
      details: makeVersion(
        {},
        { assessments: [makeAssessmentSummary({ id: 'new', assessedAt: 9, policies: ['acme 2.0.0'] })] },
      ),
    },
    {
      details: makeVersion(
        {},
        {
          assessments: [
            makeAssessmentSummary({ id: 'middle', assessedAt: 5, policies: ['acme 1.0.0', 'acme.more 1.0.0'] }),
            makeAssessmentSummary({ id: 'old', assessedAt: 1, policies: ['acme.more 1.0.0'] }),
          ],
        },
      ),
    },
  ];

  it('is the newest that the policy had a part in', () => {
    assert.equal(lastAssessment(versions, 'acme')?.id, 'new');
    assert.equal(lastAssessment(versions, 'acme.more')?.id, 'middle');
    assert.equal(lastAssessment(versions, 'acm'), undefined);
    assert.equal(lastAssessment(versions, undefined), undefined);
  });
});
