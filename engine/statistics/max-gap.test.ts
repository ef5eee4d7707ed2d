import assert from 'node:assert/strict';
import { readGolden } from '../../test/golden/read.ts';
import { maxGap, newcombeIndependent, type GroupCounts } from './max-gap.ts';
import { createRandom } from './random.ts';

interface Golden {
  readonly newcombe: readonly {
    a: [number, number];
    b: [number, number];
    confidence: number;
    low: number;
    high: number;
  }[];
}

const group = (name: string, right: number, n: number): GroupCounts => ({ name, right, n });

describe('the largest gap between groups', () => {
  it("has Newcombe's interval as statsmodels computes it", () => {
    for (const { a, b, confidence, low, high } of (readGolden('independent.json') as Golden).newcombe) {
      const interval = newcombeIndependent(group('a', ...a), group('b', ...b), confidence);
      assert.ok(Math.abs(interval.low - low) < 1e-12, `low of ${a.join('/')} − ${b.join('/')}`);
      assert.ok(Math.abs(interval.high - high) < 1e-12, `high of ${a.join('/')} − ${b.join('/')}`);
    }
  });

  it("has Newcombe's interval as published: 56/70 − 48/80", () => {
    const { low, high } = newcombeIndependent(group('a', 56, 70), group('b', 48, 80), 0.95);
    assert.deepEqual([low.toFixed(4), high.toFixed(4)], ['0.0524', '0.3339']);
  });

  it('of two groups is the interval of their difference, whichever comes first', () => {
    const found = maxGap([group('b', 48, 80), group('a', 56, 70)], 0.95);
    assert.equal(found?.best, 'a');
    assert.equal(found.worst, 'b');
    assert.equal(found.gap.toFixed(4), '0.2000');
    assert.deepEqual([found.low.toFixed(4), found.high.toFixed(4)], ['0.0524', '0.3339']);
    assert.equal(found.n, 150);
    assert.equal(found.method, 'Newcombe');
  });

  it('widens with the number of pairs and takes the largest bounds of all of them', () => {
    const groups = [group('north', 95, 100), group('south', 80, 100), group('tiny', 2, 3)];
    const found = maxGap(groups, 0.95)!;
    const each = 1 - 0.05 / 3;
    const pairs = [
      newcombeIndependent(groups[0]!, groups[1]!, each),
      newcombeIndependent(groups[0]!, groups[2]!, each),
      newcombeIndependent(groups[1]!, groups[2]!, each),
    ];
    assert.equal(found.low, Math.max(0, ...pairs.map(({ low }) => low)));
    assert.equal(found.high, Math.max(...pairs.flatMap(({ low, high }) => [high, -low])));
    assert.equal(found.low, pairs[0]!.low, 'the sure gap lies between the large groups');
    assert.equal(found.worst, 'tiny');
    assert.equal(found.method, 'Newcombe, Bonferroni over 3 pairs');
  });

  it('never has a lower bound below 0 and contains the observed gap', () => {
    const same = maxGap([group('a', 50, 100), group('b', 50, 100), group('c', 50, 100)], 0.95)!;
    assert.equal(same.gap, 0);
    assert.equal(same.low, 0);
    assert.ok(same.high > 0.1);
    assert.deepEqual([same.best, same.worst], ['a', 'a']);
  });

  it('leaves groups without rows out and needs two others', () => {
    assert.equal(maxGap([], 0.95), undefined);
    assert.equal(maxGap([group('a', 1, 2), group('empty', 0, 0)], 0.95), undefined);
    assert.equal(maxGap([group('a', 1, 2), group('empty', 0, 0), group('b', 2, 2)], 0.95)?.n, 4);
  });

  it('covers the true gap at least as often as it says', () => {
    const random = createRandom(11);
    const shares = [0.9, 0.8, 0.85, 0.7];
    const draw = (share: number, n: number): number => {
      let right = 0;
      for (let row = 0; row < n; row++) if (random.unit() < share) right += 1;
      return right;
    };
    const times = 2000;
    let covered = 0;
    for (let time = 0; time < times; time++) {
      const found = maxGap(
        shares.map((share, index) => group(String(index), draw(share, 40 + 10 * index), 40 + 10 * index)),
        0.9,
      )!;
      if (found.low <= 0.2 && found.high >= 0.2) covered += 1;
    }
    assert.ok(covered / times > 0.9, `${covered} of ${times}`);
  });
});
