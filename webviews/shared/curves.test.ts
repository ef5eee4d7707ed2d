import assert from 'node:assert/strict';
import { niceDomain, samplePositions, spreadLabels, thinPoints } from './curves.ts';

describe('curves over epochs', () => {
  it('lie on an axis with round ends', () => {
    const cases: [readonly number[], boolean, number, number][] = [
      [[0.612, 0.874], false, 0.6, 0.9],
      [[2.31, 0.12], true, 0, 2.5],
      [[0.5], false, 0.4, 0.6],
      [[0], true, 0, 0.2],
      [[], false, 0, 1],
      [[1e12, 3], true, 0, 1e12],
    ];
    for (const [values, fromZero, low, high] of cases) {
      const domain = niceDomain(values, fromZero);
      assert.ok(
        Math.abs(domain.low - low) < 1e-9 && Math.abs(domain.high - high) < 1e-9,
        `${JSON.stringify(values)} gave ${JSON.stringify(domain)}`,
      );
    }
  });

  it('have labels that never lie on one another and stay in the chart', () => {
    assert.deepEqual(spreadLabels([10, 100, 50], 16, 200), [10, 100, 50]);
    assert.deepEqual(spreadLabels([50, 50, 50], 16, 200), [50, 66, 82]);
    assert.deepEqual(spreadLabels([195, 199, 200], 16, 200), [168, 184, 200]);
    assert.deepEqual(spreadLabels([], 16, 200), []);
  });

  it('carry few marks, the last point always', () => {
    assert.deepEqual(samplePositions(5, 10), [0, 1, 2, 3, 4]);
    assert.deepEqual(samplePositions(25, 10), [0, 3, 6, 9, 12, 15, 18, 21, 24]);
    assert.equal(samplePositions(1000, 10).length, 10);
    assert.equal(samplePositions(1000, 10).at(-1), 999);
    assert.deepEqual(samplePositions(0, 10), []);
  });

  it('are thinned without losing a peak, the first or the last point, or their order', () => {
    const points = Array.from({ length: 5000 }, (_, at) => ({ at, value: Math.sin(at / 40) }));
    points[2345] = { at: 2345, value: 9 };
    points[4001] = { at: 4001, value: -9 };
    const kept = thinPoints(points, 400);
    assert.ok(kept.length <= 400 && kept.length > 300, String(kept.length));
    assert.deepEqual([kept[0]?.at, kept.at(-1)?.at], [0, 4999]);
    assert.ok(kept.some(({ at }) => at === 2345) && kept.some(({ at }) => at === 4001));
    assert.ok(kept.every(({ at }, index) => index === 0 || at > (kept[index - 1]?.at ?? 0)));
    assert.equal(thinPoints(points.slice(0, 400), 400).length, 400);
    const flat = Array.from({ length: 900 }, (_, at) => ({ at, value: 1 }));
    assert.ok(thinPoints(flat, 100).length <= 100);
    assert.deepEqual(thinPoints([], 10), []);
  });
});
