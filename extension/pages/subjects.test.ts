import assert from 'node:assert/strict';
import { readAssessment, readRunIds, readVersions } from './subjects.ts';

describe('what pages kept', () => {
  it('is read back', () => {
    assert.deepEqual(readRunIds({ runIds: ['a', 'b'], sort: 1 }), ['a', 'b']);
    assert.deepEqual(readVersions({ versions: [{ model: 'm', version: '3', more: 1 }] }), {
      versions: [{ model: 'm', version: '3' }],
    });
    assert.deepEqual(readAssessment({ assessmentId: 'x' }), { assessmentId: 'x' });
  });

  it('is nothing where anything about it is wrong', () => {
    for (const state of [undefined, null, 7, 'runIds', [], {}, { runIds: [] }, { runIds: ['a', 7] }]) {
      assert.equal(readRunIds(state), undefined);
    }
    for (const versions of [undefined, [], [{ model: 'm' }], [{ model: 'm', version: 3 }], 'm@3']) {
      assert.equal(readVersions({ versions }), undefined);
    }
    assert.equal(readAssessment({ assessmentId: 3 }), undefined);
    assert.equal(readAssessment(Object.create({ assessmentId: 'x' })), undefined);
  });
});
