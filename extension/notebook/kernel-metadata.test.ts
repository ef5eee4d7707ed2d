import assert from 'node:assert/strict';
import { cellId, isOurNotebook, kernelMetadata } from './kernel-metadata.ts';

describe('notebook metadata', () => {
  it('marks new notebooks as ours', () => {
    assert.ok(isOurNotebook(kernelMetadata()));
    assert.ok(!isOurNotebook({ metadata: { kernelspec: { name: 'python3' } } }));
    assert.ok(!isOurNotebook({}));
    assert.ok(!isOurNotebook(undefined));
  });

  it("finds a cell's id", () => {
    assert.equal(cellId({ id: 'triage' }), 'triage');
    assert.equal(cellId({ id: '' }), undefined);
    assert.equal(cellId({}), undefined);
  });
});
