import assert from 'node:assert/strict';
import { LossCurve } from './loss-curve.ts';

const point = (step: number, loss = 1 / step) => ({ step, epoch: step / 100, loss });

describe('the curve of training losses', () => {
  it('keeps every point while there are few, and at most 500 of many, first and latest among them', () => {
    const few = new LossCurve();
    for (let step = 1; step <= 400; step++) assert.ok(few.add(point(step)));
    assert.equal(few.points.length, 400);
    const many = new LossCurve();
    let most = 0;
    for (let step = 1; step <= 100_000; step++) {
      many.add(point(step));
      most = Math.max(most, many.points.length);
    }
    assert.ok(most <= 500, String(most));
    assert.ok(many.points.length >= 200, String(many.points.length));
    assert.equal(many.points[0]?.step, 1);
    assert.ok((many.points.at(-1)?.step ?? 0) > 99_000);
  });

  it('goes back with the training, and leaves out what is no number', () => {
    const curve = new LossCurve([point(1), point(2), point(3)]);
    assert.equal(curve.add(point(4, Number.NaN)), false);
    curve.add(point(2, 9));
    assert.deepEqual(
      curve.points.map(({ step, loss }) => [step, loss]),
      [
        [1, 1],
        [2, 9],
      ],
    );
  });
});
