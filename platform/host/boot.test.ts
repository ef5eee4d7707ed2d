import assert from 'node:assert/strict';
import { findBootId, relateBoots } from './boot.ts';
import { describeHost } from './describe.ts';

describe('findBootId', () => {
  it('stays the same within a boot', () => {
    assert.equal(findBootId(), findBootId());
    assert.equal(describeHost().bootId, findBootId());
    assert.equal(describeHost().pid, process.pid);
  });
});

describe('relateBoots', () => {
  it('tells a restart from a container', () => {
    assert.equal(relateBoots('a/1', 'a/1'), 'same');
    assert.equal(relateBoots('a/1', 'b/1'), 'earlier');
    assert.equal(relateBoots('a/1', 'a/2'), 'apart');
  });

  it('lets boot times wander a little', () => {
    assert.equal(relateBoots('@1000', '@1060'), 'same');
    assert.equal(relateBoots('@1000', '@5000'), 'earlier');
  });
});
