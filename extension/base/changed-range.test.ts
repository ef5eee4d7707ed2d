import assert from 'node:assert/strict';
import { changedRange } from './changed-range.ts';

describe('changedRange', () => {
  it('finds what was put in, taken out or replaced', () => {
    for (const [before, after] of [
      ['', 'a'],
      ['ab', 'ab'],
      ['a\nc\n', 'a\nb\nc\n'],
      ['aaa', 'aaaa'],
      ['abc', 'c'],
      ['x1y', 'x22y'],
    ] as const) {
      const { start, end, inserted } = changedRange(before, after);
      assert.equal(before.slice(0, start) + inserted + before.slice(end), after);
    }
    assert.deepEqual(changedRange('a\nc\n', 'a\nb\nc\n'), { start: 2, end: 2, inserted: 'b\n' });
  });
});
