import assert from 'node:assert/strict';
import { createPages } from './pages.ts';

describe('pages of a long list', () => {
  const list = Array.from({ length: 50 }, (_, index) => index);

  it('show the first rows, and more of one list with each wish', () => {
    const pages = createPages(10);
    assert.deepEqual([pages.take('a', list).shown.length, pages.take('a', list).left], [10, 40]);
    pages.more('a');
    assert.equal(pages.take('a', list).shown.length, 30);
    assert.equal(pages.take('b', list).shown.length, 10);
    pages.more('a');
    assert.deepEqual([pages.take('a', list).shown.length, pages.take('a', list).left], [50, 0]);
  });

  it('offer no more for a single row', () => {
    assert.equal(createPages(49).take('a', list).left, 0);
  });
});
