import assert from 'node:assert/strict';
import { assertClose, assertNear } from '../../test/golden/close.ts';
import { readGolden } from '../../test/golden/read.ts';
import {
  demographicParity,
  equalisedOdds,
  equalOpportunity,
  meanGroup,
  statisticsGroup,
  type GroupOutcomes,
} from './fairness.ts';
import { figureGap } from './figure-gap.ts';
import { computeMoments } from './intervals.ts';
import { maxGap, shareGroup } from './max-gap.ts';
import { studentQuantile } from './quantiles.ts';
import { createRandom } from './random.ts';
import { statisticRows } from './units.ts';

type Names = 'parityGap' | 'parityRatio' | 'opportunityGap' | 'opportunityRatio' | 'oddsGap' | 'oddsRatio';
interface Golden {
  readonly cases: readonly (Record<Names, number> & { counts: [number, number, number, number][] })[];
}

function outcomes(name: string, counts: readonly [number, number, number, number]): GroupOutcomes {
  const [truePositives, falsePositives, trueNegatives, falseNegatives] = counts;
  return { name, truePositives, falsePositives, trueNegatives, falseNegatives };
}

const near = (found: { low: number; gap: number; high: number }) => found.low <= found.gap && found.gap <= found.high;

describe('fairness over groups', () => {
  it('equals fairlearn', () => {
    for (const { counts, ...expected } of (readGolden('fairness.json') as Golden).cases) {
      const groups = counts.map((row, index) => outcomes(`g${index}`, row));
      const parity = demographicParity(groups, 0.95)!;
      const opportunity = equalOpportunity(groups, 0.95)!;
      const odds = equalisedOdds(groups, 0.95)!;
      assertClose(parity.gap, expected.parityGap, 'parity, gap');
      assertClose(parity.ratio, expected.parityRatio, 'parity, ratio');
      assertClose(opportunity.gap, expected.opportunityGap, 'opportunity, gap');
      assertClose(opportunity.ratio, expected.opportunityRatio, 'opportunity, ratio');
      assertClose(odds.gap, expected.oddsGap, 'odds, gap');
      assertClose(odds.ratio, expected.oddsRatio, 'odds, ratio');
      assert.ok(near(parity) && near(opportunity) && near(odds));
      assert.ok(odds.ratioLow! <= odds.ratio! && odds.ratio! <= odds.ratioHigh!);
    }
  });

  it('names the groups and the rate that make a gap', () => {
    const groups = [outcomes('a', [40, 5, 45, 10]), outcomes('b', [40, 30, 20, 10]), outcomes('c', [44, 6, 44, 6])];
    const { highest, lowest, rate, gap } = equalisedOdds(groups, 0.95)!;
    assert.deepEqual([highest, lowest, rate, gap], ['b', 'a', 'false positive rate', 0.5]);
    const found = equalOpportunity(groups, 0.95)!;
    assert.deepEqual([found.highest, found.lowest, found.n], ['c', 'a', 150]);
  });

  it('bounds a gap of proportions as the largest gap does', () => {
    const groups = [outcomes('a', [40, 5, 45, 10]), outcomes('b', [20, 10, 60, 10]), outcomes('c', [9, 1, 9, 1])];
    const { gap, low, high, n } = demographicParity(groups, 0.9)!;
    const counts = [
      { name: 'a', right: 45, n: 100 },
      { name: 'b', right: 30, n: 100 },
      { name: 'c', right: 10, n: 20 },
    ];
    const expected = maxGap(counts, 0.9)!;
    assert.deepEqual([gap, low, high, n], [expected.gap, expected.low, expected.high, 220]);
  });

  it('leaves groups out of a rate that they have no rows for', () => {
    const groups = [outcomes('a', [8, 1, 9, 2]), outcomes('b', [0, 3, 7, 0]), outcomes('c', [5, 1, 9, 5])];
    assert.equal(equalOpportunity(groups, 0.95)?.n, 20);
    assert.equal(equalisedOdds(groups.slice(0, 2), 0.95), undefined);
    assert.equal(demographicParity(groups.slice(0, 1), 0.95), undefined);
    assert.equal(demographicParity([], 0.95), undefined);
  });

  it('has no ratio of nothing or of negative figures', () => {
    const never = [outcomes('a', [0, 0, 9, 2]), outcomes('b', [0, 0, 7, 5])];
    const { ratio, gap, high } = demographicParity(never, 0.95)!;
    assert.deepEqual([ratio, gap], [undefined, 0]);
    assert.ok(high > 0.2);
    const one = [outcomes('a', [0, 0, 9, 2]), outcomes('b', [5, 5, 7, 5])];
    assert.equal(demographicParity(one, 0.95)?.ratio, 0);
    const means = [meanGroup('a', Float64Array.of(-1, -2, -3)), meanGroup('b', Float64Array.of(1, 2, 4))];
    assert.equal(figureGap(means, 0.95)?.ratio, undefined);
  });

  it('holds of means and of corpus figures too, and says which groups are too small', () => {
    const random = createRandom(4);
    const draw = (n: number, level: number) => Float64Array.from({ length: n }, () => level + random.unit());
    const [first, second] = [draw(80, 1), draw(60, 1.4)];
    const found = figureGap(
      [meanGroup('a', first), meanGroup('b', second), meanGroup('tiny', Float64Array.of(3.5))],
      0.95,
    )!;
    assert.deepEqual([found.highest, found.lowest, found.leftOut, found.pairs], ['b', 'a', ['tiny'], 1]);
    const each = [first, second].map(values => {
      const { n, mean, variance } = computeMoments(values);
      return { mean, margin: studentQuantile(1 - 0.05 / 6, n - 1) * Math.sqrt(variance / n) };
    });
    const gap = each[1]!.mean - each[0]!.mean;
    assertClose(found.low, gap - Math.hypot(each[0]!.margin, each[1]!.margin), 'low of means', 1e-11);
    const pairs = (values: Float64Array) => Float64Array.from([...values].flatMap(value => [value, 1]));
    const groups = [first, second].map((values, index) =>
      statisticsGroup(`${index}`, statisticRows(pairs(values), 2), sums => sums[0]! / sums[1]!, { seed: 7 }),
    );
    const corpus = figureGap(groups, 0.95)!;
    const means = figureGap([meanGroup('a', first), meanGroup('b', second)], 0.95)!;
    assertClose(corpus.gap, means.gap, 'gap');
    assertNear(corpus.low, means.low, 0.03, 'low of corpus figures');
    assertNear(corpus.high, means.high, 0.03, 'high of corpus figures');
  });

  it('covers the true ratio at least as often as it says', () => {
    const random = createRandom(12);
    const shares = [0.5, 0.4, 0.45];
    const times = 1000;
    let covered = 0;
    for (let time = 0; time < times; time++) {
      const groups = shares.map((share, index) => {
        let right = 0;
        for (let row = 0; row < 60; row++) if (random.unit() < share) right++;
        return shareGroup({ name: `${index}`, right, n: 60 });
      });
      const { ratioLow, ratioHigh } = figureGap(groups, 0.9)!;
      if (ratioLow! <= 0.8 && ratioHigh! >= 0.8) covered++;
    }
    assert.ok(covered / times > 0.9, `${covered} of ${times}`);
  });
});
