import assert from 'node:assert/strict';
import { assertClose, assertNear } from '../../test/golden/close.ts';
import { readGolden } from '../../test/golden/read.ts';
import { cohenKappa, type KappaWeights } from './agreement.ts';
import { krippendorffAlpha, type AlphaLevel } from './krippendorff.ts';

interface Figure {
  readonly value: number;
  readonly interval?: [number, number];
}
interface Golden {
  readonly kappa: readonly (Record<KappaWeights, Figure> & { first: number[]; second: number[]; categories: number })[];
  readonly alpha: readonly (Record<AlphaLevel, Figure> & { raters: number; values: (number | null)[] })[];
}

const golden = readGolden('agreement.json') as Golden;
const options = { confidence: 0.95, seed: 7 };
const allWeights = ['none', 'linear', 'quadratic'] as const;
const allLevels = ['nominal', 'ordinal', 'interval'] as const;

function kappaOf(first: readonly number[], second: readonly number[], categories: number, weights: KappaWeights) {
  return cohenKappa(Int32Array.from(first), Int32Array.from(second), categories, weights, options);
}

function alphaOf(values: readonly (number | null)[], raters: number, level: AlphaLevel) {
  return krippendorffAlpha({ values: Float64Array.from(values, value => value ?? NaN), raters }, level, options);
}

describe("Cohen's kappa", () => {
  it('equals scikit-learn, its interval within 0.03', () => {
    for (const { first, second, categories, ...figures } of golden.kappa) {
      for (const weights of allWeights) {
        const { value, interval } = figures[weights];
        const { point, low, high, n } = kappaOf(first, second, categories, weights);
        assert.equal(n, first.length);
        assertClose(point, value, `kappa, ${weights}`, 1e-11);
        if (!interval) continue;
        assertNear(low, interval[0], 0.03, `low, ${weights}`);
        assertNear(high, interval[1], 0.03, `high, ${weights}`);
      }
    }
  });

  it('leaves out rows that one rater left out', () => {
    const all = kappaOf([0, 1, 1, 0, 1], [0, 1, 0, 0, 1], 2, 'none');
    const gaps = kappaOf([0, 1, -1, 1, 0, 1, 0], [0, 1, 1, 0, 0, 1, -1], 2, 'none');
    assert.deepEqual(gaps, all);
  });

  it('stays uncertain where raters never disagree, and is none where nothing varies', () => {
    const same = Array.from({ length: 20 }, (_, row) => row % 4);
    for (const weights of allWeights) {
      const { point, low, high } = kappaOf(same, same, 4, weights);
      assert.deepEqual([point, high], [1, 1]);
      assert.ok(low! < 0.85 && low! > 0);
    }
    assert.equal(kappaOf([1, 1, 1], [1, 1, 1], 2, 'none').point, undefined);
    assert.deepEqual([kappaOf([], [], 2, 'none').point, kappaOf([], [], 2, 'none').n], [undefined, 0]);
    assert.equal(kappaOf([0, 1], [1, 0], 2, 'linear').point, -1);
  });
});

describe("Krippendorff's alpha", () => {
  it('equals the krippendorff package, its interval within 0.03', () => {
    for (const { values, raters, ...figures } of golden.alpha) {
      for (const level of allLevels) {
        const { value, interval } = figures[level];
        const { point, low, high } = alphaOf(values, raters, level);
        assertClose(point, value, `alpha, ${level}`, 1e-11);
        if (!interval) continue;
        assertNear(low, interval[0], 0.03, `low, ${level}`);
        assertNear(high, interval[1], 0.03, `high, ${level}`);
      }
    }
  });

  it('equals the published example', () => {
    const raters = [
      [1, 2, 3, 3, 2, 1, 4, 1, 2, null, null, null],
      [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, null, 3],
      [null, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, null],
      [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, null],
    ];
    const values = raters[0]!.flatMap((_, unit) => raters.map(ratings => ratings[unit]!));
    const found = allLevels.map(level => alphaOf(values, 4, level));
    assert.deepEqual(
      found.map(({ point }) => point?.toFixed(3)),
      ['0.743', '0.815', '0.849'],
    );
    assert.deepEqual(
      found.map(({ n }) => n),
      [11, 11, 11],
    );
  });

  it('stays uncertain where raters never disagree, and is none where nothing varies', () => {
    const values = Array.from({ length: 40 }, (_, place) => Math.floor(place / 2) % 3);
    for (const level of allLevels) {
      const { point, low, high, method } = alphaOf(values, 2, level);
      assert.deepEqual([point, high, method], [1, 1, 'Wilson, corrected for chance']);
      assert.ok(low! < 0.9 && low! > 0, `${low}`);
      assert.equal(alphaOf([2, 2, 2, 2], 2, level).point, undefined);
      assert.deepEqual([alphaOf([1, null, null, 2], 2, level).point, alphaOf([], 2, level).n], [undefined, 0]);
    }
  });

  it('does not change with the scale or the order of raters', () => {
    const { values } = golden.alpha[0]!;
    const moved = values.map(value => (value === null ? null : value * 1e6 + 1e9));
    assertNear(alphaOf(moved, 3, 'interval').point, golden.alpha[0]!.interval.value, 1e-9, 'moved');
    const turned = values.map((_, place) => values[place - (place % 3) + (2 - (place % 3))]!);
    assertClose(alphaOf(turned, 3, 'ordinal').point, golden.alpha[0]!.ordinal.value, 'turned', 1e-11);
  });
});
