import assert from 'node:assert/strict';
import { computeMoments } from './intervals.ts';
import { createRandom, shuffle } from './random.ts';
import { createMultinomial, drawBinomial } from './resampling.ts';

describe('random numbers', () => {
  it('repeat for a seed and differ between seeds', () => {
    const draw = (seed: number) => {
      const random = createRandom(seed);
      return Array.from({ length: 5 }, () => random.uint32());
    };
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
    assert.notDeepEqual(draw(1), draw(1 + 2 ** 32));
  });

  it('are uniform', () => {
    const random = createRandom(3);
    const cells = new Float64Array(10);
    for (let draw = 0; draw < 100_000; draw++) cells[random.below(10)]! += 1;
    const chiSquare = cells.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    assert.ok(chiSquare < 27.9, `${chiSquare}`);
    const moments = computeMoments(Float64Array.from({ length: 100_000 }, () => random.unit()));
    assert.ok(Math.abs(moments.mean - 0.5) < 0.005 && Math.abs(moments.variance - 1 / 12) < 0.002);
  });

  it('shuffle without losing anything', () => {
    const items = Int32Array.from({ length: 100 }, (_, index) => index);
    shuffle(items, createRandom(1));
    assert.notEqual(items[0], items.toSorted()[0]);
    assert.deepEqual(
      [...items.toSorted()],
      Array.from({ length: 100 }, (_, index) => index),
    );
  });

  it('draw binomials with the right mean and variance by either method', () => {
    const random = createRandom(5);
    for (const [n, p] of [
      [40, 0.05],
      [40, 0.9],
      [1000, 0.3],
      [100_000, 0.002],
      [1_000_000, 0.5],
    ] as const) {
      const { mean, variance } = computeMoments(
        Float64Array.from({ length: 20_000 }, () => drawBinomial(n, p, random)),
      );
      const expected = n * p * (1 - p);
      assert.ok(Math.abs(mean - n * p) < 4 * Math.sqrt(expected / 20_000), `mean of ${n} at ${p}: ${mean}`);
      assert.ok(Math.abs(variance / expected - 1) < 0.05, `variance of ${n} at ${p}: ${variance}`);
    }
  });

  it('draw multinomials that keep the total, row by row and cell by cell', () => {
    for (const counts of [Float64Array.of(3, 5, 2), Float64Array.of(300, 500, 200)]) {
      const draw = createMultinomial(counts, createRandom(2));
      const drawn = new Float64Array(3);
      const middle = new Float64Array(5000);
      const total = counts.reduce((sum, count) => sum + count, 0);
      for (let index = 0; index < middle.length; index++) {
        draw(drawn);
        assert.equal(
          drawn.reduce((sum, count) => sum + count, 0),
          total,
        );
        middle[index] = drawn[1]!;
      }
      const { mean, variance } = computeMoments(middle);
      assert.ok(Math.abs(mean / total - 0.5) < 0.01);
      assert.ok(Math.abs(variance / (total * 0.25) - 1) < 0.1);
    }
  });
});
