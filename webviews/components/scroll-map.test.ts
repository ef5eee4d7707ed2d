import assert from 'node:assert/strict';
import { mapScroll, scrollTopFor } from './scroll-map.ts';

const rowHeight = 28;
const viewHeight = 500;

describe('scrolling a list', () => {
  it('draws the rows in view and keeps the rest as space', () => {
    const { first, end, above, below } = mapScroll({ total: 1000, rowHeight, viewHeight, scrollTop: 2800 }, 0);
    assert.deepEqual([first, end], [100, 118]);
    assert.equal(above, 2800);
    assert.equal(above + (end - first) * rowHeight + below, 1000 * rowHeight);
  });

  it('makes room for an opened row', () => {
    const opened = { index: 2, height: 300 };
    const top = mapScroll({ total: 1000, rowHeight, viewHeight, scrollTop: 0, opened }, 0);
    assert.deepEqual([top.first, top.end], [0, 8]);
    const inside = mapScroll({ total: 1000, rowHeight, viewHeight, scrollTop: 200, opened }, 0);
    assert.equal(inside.first, 2);
    const beyond = mapScroll({ total: 1000, rowHeight, viewHeight, scrollTop: 3 * rowHeight + 300, opened }, 0);
    assert.deepEqual([beyond.first, beyond.above], [3, 3 * rowHeight + 300]);
  });

  it('reaches the first and the last of ten million rows', () => {
    const total = 10_000_000;
    const start = mapScroll({ total, rowHeight, viewHeight, scrollTop: 0 }, 0);
    assert.equal(start.first, 0);
    const canvas = start.above + (start.end - start.first) * rowHeight + start.below;
    assert.ok(canvas <= 8_000_000);
    const end = mapScroll({ total, rowHeight, viewHeight, scrollTop: canvas - viewHeight }, 0);
    assert.equal(end.end, total);
    assert.equal(end.below, 0);
    const middle = scrollTopFor(5_000_000, { total, rowHeight, viewHeight });
    assert.ok(Math.abs(mapScroll({ total, rowHeight, viewHeight, scrollTop: middle }, 0).first - 5_000_000) <= 1);
  });

  it('has nothing to draw of nothing', () => {
    const { first, end, above, below } = mapScroll({ total: 0, rowHeight, viewHeight, scrollTop: 0 });
    assert.deepEqual([first, end, above, below], [0, 0, 0, 0]);
  });
});
