import assert from 'node:assert/strict';
import { parseSampleLink } from './sample-link.ts';

describe('parseSampleLink', () => {
  it('takes what a run page copies, and nothing else', () => {
    assert.deepEqual(parseSampleLink(' 20261129-101500-ab12c#42\n'), { runId: '20261129-101500-ab12c', sample: 42 });
    for (const text of ['', '#42', 'run', 'run#', 'run#x', 'a b#1', `${'a'.repeat(80)}#1`]) {
      assert.equal(parseSampleLink(text), undefined, text);
    }
  });
});
