import assert from 'node:assert/strict';
import { createMetric } from '../metrics/catalogue.ts';
import { comparePaired } from '../statistics/compare.ts';
import { createRandom } from '../statistics/random.ts';
import { comparePoints, startPoints } from './paired-points.ts';

const options = { confidence: 0.95, seed: 7 };
const accuracy = createMetric('accuracy');

/** Two sides that are right with these chances on the same rows, and the differences of their rows. */
function answer(rows: number, chances: readonly [number, number]) {
  const random = createRandom(rows);
  const sides = [startPoints(accuracy, rows), startPoints(accuracy, rows)] as const;
  const differences = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const rights = sides.map((side, index) => {
      const isRight = random.unit() < (chances[index] ?? 0);
      side.add(row, { output: isRight ? 'a' : 'b', target: 'a' });
      return Number(isRight);
    });
    differences[row] = (rights[0] ?? 0) - (rights[1] ?? 0);
  }
  return { result: comparePoints(...sides, rows, options), differences };
}

describe('a comparison of figures known only as a whole', () => {
  it('equals Student’s t for a mean, where each row is a group', () => {
    const { result, differences } = answer(40, [0.8, 0.5]);
    const mean = differences.reduce((sum, difference) => sum + difference, 0) / 40;
    const deviation = Math.sqrt(differences.reduce((sum, difference) => sum + (difference - mean) ** 2, 0) / 39);
    const margin = (2.0226909117347285 * deviation) / Math.sqrt(40);
    assert.ok(Math.abs((result.difference ?? NaN) - mean) < 1e-12);
    assert.ok(Math.abs((result.low ?? NaN) - (mean - margin)) < 1e-9, `${String(result.low)} ${String(mean - margin)}`);
    assert.ok(Math.abs((result.high ?? NaN) - (mean + margin)) < 1e-9);
  });

  it('is near it for groups of rows, few and many', () => {
    for (const rows of [3_000, 30_000]) {
      const { result, differences } = answer(rows, [0.8, 0.78]);
      const exact = comparePaired({ differences }, options);
      const width = (of: { low: number | undefined; high: number | undefined }): number =>
        (of.high ?? NaN) - (of.low ?? NaN);
      assert.ok(Math.abs((result.difference ?? NaN) - (exact.difference ?? NaN)) < 1e-12);
      const ratio = width(result) / width(exact);
      assert.ok(ratio > 0.7 && ratio < 1.4, `${String(rows)} rows: ${String(ratio)}`);
    }
  });

  it('knows nothing of fewer than two rows, and finds no difference between equal figures', () => {
    assert.equal(answer(1, [1, 0]).result.low, undefined);
    assert.equal(answer(0, [1, 0]).result.difference, undefined);
    const equal = answer(100, [1, 1]).result;
    assert.deepEqual([equal.difference, equal.pValue], [0, 1]);
  });
});
