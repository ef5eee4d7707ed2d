import assert from 'node:assert/strict';
import { comparePaired } from './compare.ts';
import { computeMoments } from './intervals.ts';
import { studentTail } from './quantiles.ts';
import { verdictOf, verdictSentence } from './verdict.ts';

const options = { confidence: 0.95, seed: 7 };

function compareCounts(bothRight: number, onlyVariant: number, onlyBaseline: number, bothWrong: number) {
  return comparePaired({ counts: { bothRight, onlyVariant, onlyBaseline, bothWrong } }, options);
}

function say(result: ReturnType<typeof comparePaired>, pValue = result.pValue): string {
  return verdictSentence(verdictOf(result, pValue, 0.95), result, 'a', 'b');
}

describe('paired comparison', () => {
  it('says by how much a variant is better or worse', () => {
    assert.equal(say(compareCounts(90, 300, 8, 82)), 'a is better than b by 0.61 (0.56 to 0.65), n 480.');
    assert.equal(say(compareCounts(90, 8, 300, 82)), 'a is worse than b by 0.61 (0.56 to 0.65), n 480.');
  });

  it('says how many rows would settle an open question', () => {
    const sentence =
      'Not distinguishable at this sample size: difference +0.010 (−0.014 to +0.035), n 480. About 5,300 rows would settle it.';
    assert.equal(say(compareCounts(300, 20, 15, 145)), sentence);
    assert.match(say(compareCounts(10, 3, 3, 2)), /They did equally well on these rows\.$/);
    assert.match(say(compareCounts(90, 300, 8, 82), 0.2), /A few more rows may settle it\.$/);
    assert.match(say(compareCounts(500_000, 20_001, 20_000, 0)), /More than a million rows/);
  });

  it('needs the p-value and the interval to agree', () => {
    const result = compareCounts(1, 1, 7, 12);
    assert.ok(result.high !== undefined && result.high < 0 && result.pValue > 0.05);
    assert.equal(verdictOf(result, result.pValue, 0.95), 'not-distinguishable');
  });

  it('turns round where lower is better', () => {
    const result = compareCounts(90, 300, 8, 82);
    assert.equal(verdictOf(result, result.pValue, 0.95, 'lower'), 'worse');
  });

  it('computes nothing without rows', () => {
    const none = compareCounts(0, 0, 0, 0);
    assert.equal(verdictOf(none, none.pValue, 0.95), 'not-computed');
    assert.equal(say(none), 'a and b cannot be compared: there is no row that both answered.');
    const one = comparePaired({ differences: Float64Array.of(0.5) }, options);
    assert.equal(verdictOf(one, one.pValue, 0.95), 'not-computed');
  });

  it('picks the method for differences by their number, and repeats itself for a seed', () => {
    const draw = (n: number) => Float64Array.from({ length: n }, (_, index) => Math.sin(index * 7.1) + 0.3);
    const small = comparePaired({ differences: draw(12) }, options);
    const middle = comparePaired({ differences: draw(400) }, options);
    const large = comparePaired({ differences: draw(50_000) }, options);
    assert.deepEqual(
      [small.method, middle.method, large.method],
      ['Student’s t', 'paired bootstrap, 2,000 resamples', 'Student’s t'],
    );
    assert.deepEqual([middle.test, large.test], ['sign flip, 4,999 draws', 'paired t']);
    assert.deepEqual(comparePaired({ differences: draw(400) }, options), middle);
    assert.ok(middle.pValue < 0.001 && large.pValue < 1e-9);
  });

  it('agrees between the bootstrap and Student’s t, and between sign flips and the t test', () => {
    const differences = Float64Array.from({ length: 900 }, (_, index) => Math.cos(index * 3.7) + 0.04);
    const bootstrap = comparePaired({ differences }, options);
    const doubled = comparePaired({ differences: Float64Array.of(...differences, ...differences) }, options);
    const width = (bootstrap.high! - bootstrap.low!) / (doubled.high! - doubled.low!);
    assert.ok(Math.abs(width - Math.SQRT2) < 0.07, `${width}`);
    const { n, mean, variance } = computeMoments(differences);
    const expected = 2 * studentTail(mean / Math.sqrt(variance / n), n - 1);
    assert.ok(Math.abs(bootstrap.pValue - expected) < 0.015, `${bootstrap.pValue} is far from ${expected}`);
  });

  it('finds no difference between equal answers', () => {
    const result = comparePaired({ differences: new Float64Array(40) }, options);
    assert.deepEqual([result.difference, result.low, result.high, result.pValue], [0, 0, 0, 1]);
  });
});
