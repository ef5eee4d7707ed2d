import assert from 'node:assert/strict';
import { cellId, isOurCell, isOurNotebook, kernelMetadata, raisesException } from './kernel-metadata.ts';

describe('notebook metadata', () => {
  it('marks new notebooks as ours', () => {
    assert.ok(isOurNotebook(kernelMetadata()));
    assert.ok(!isOurNotebook({ metadata: { kernelspec: { name: 'python3' } } }));
    assert.ok(!isOurNotebook({}));
    assert.ok(!isOurNotebook(undefined));
  });

  it('knows our cells in notebooks of others, by language or output', () => {
    const cell = (languageId: string, ...mimes: string[]) => ({
      document: { languageId },
      outputs: [{ items: mimes.map(mime => ({ mime })) }],
    });
    assert.ok(isOurCell(cell('aiwb-tune')));
    assert.ok(isOurCell(cell('yaml', 'text/html', 'application/vnd.aiwb.run+json')));
    assert.ok(!isOurCell(cell('python', 'text/html')));
  });

  it('knows cells that may fail by their tag', () => {
    assert.ok(raisesException({ metadata: { tags: ['slow', 'raises-exception'] } }));
    for (const metadata of [undefined, {}, { metadata: { tags: 'raises-exception' } }, { metadata: null }])
      assert.ok(!raisesException(metadata));
  });

  it("finds a cell's id", () => {
    assert.equal(cellId({ id: 'triage' }), 'triage');
    assert.equal(cellId({ id: '' }), undefined);
    assert.equal(cellId({}), undefined);
  });
});
