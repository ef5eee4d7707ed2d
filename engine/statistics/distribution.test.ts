import assert from 'node:assert/strict';
import { empiricalDistribution, histogram } from './distribution.ts';

describe('distributions', () => {
  it('leave out what the scale cannot show', () => {
    const values = Float64Array.of(NaN, -1, 0, 10, 1000, Infinity, 101);
    const log = histogram(values, { bins: 2, scale: 'log' });
    assert.deepEqual([log.counts, log.leftOut], [[1, 2], 4]);
    assert.deepEqual([log.edges[0], log.edges[1]!.toFixed(6), log.edges[2]], [10, '100.000000', 1000]);
    assert.equal(histogram(values, { bins: 2, scale: 'linear' }).leftOut, 2);
  });

  it('of equal values are one bin, of none have none', () => {
    const same = histogram(Float64Array.of(3, 3, 3), { bins: 9, scale: 'log' });
    assert.deepEqual(same, { edges: [3, 3], counts: [3], leftOut: 0 });
    assert.deepEqual(histogram(Float64Array.of(NaN), { bins: 9, scale: 'log' }), { edges: [], counts: [], leftOut: 1 });
  });

  it('count every value of any size', () => {
    const values = Float64Array.of(-1.7e308, 1.7e308, 0, 5e-324);
    assert.deepEqual(histogram(values, { bins: 2, scale: 'linear' }).counts, [1, 3]);
    const positive = Float64Array.of(5e-324, 1, 1.7e308);
    const { counts, edges } = histogram(positive, { bins: 40, scale: 'log' });
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      3,
    );
    assert.deepEqual(
      edges,
      edges.filter(Number.isFinite).toSorted((a, b) => a - b),
    );
  });

  it('step from the first value to the last', () => {
    const sorted = Float64Array.from({ length: 5000 }, (_, index) => index + 1);
    const points = empiricalDistribution(sorted);
    assert.deepEqual(
      [points.length, points[0], points.at(-1)],
      [200, { value: 1, share: 1 / 5000 }, { value: 5000, share: 1 }],
    );
    assert.ok(points.every(({ value, share }) => share === value / 5000));
    assert.deepEqual(empiricalDistribution(Float64Array.of(1, 2, 2, 2)), [
      { value: 1, share: 0.25 },
      { value: 2, share: 1 },
    ]);
    assert.deepEqual(empiricalDistribution(Float64Array.of(7)), [{ value: 7, share: 1 }]);
    assert.deepEqual(empiricalDistribution(new Float64Array(0)), []);
  });
});
