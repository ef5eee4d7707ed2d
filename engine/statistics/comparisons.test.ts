import assert from 'node:assert/strict';
import { assertClose, assertNear } from '../../test/golden/close.ts';
import { readGolden } from '../../test/golden/read.ts';
import { clusteredMean, clusteredShare, startClustered } from './clusters.ts';
import { comparePaired } from './compare.ts';
import { comparePairedStatistics, resampleStatistics } from './corpus.ts';
import { computeMoments, meanInterval, wilsonInterval } from './intervals.ts';
import { createRandom } from './random.ts';
import { clusterRows, statisticRows, type Score } from './units.ts';

interface Golden {
  readonly clusters: readonly {
    kind: 'mean' | 'share';
    clusters: number[];
    values: number[];
    point: number;
    error: number;
    low: number;
    high: number;
  }[];
  readonly wilcoxon: readonly { differences: number[]; exact: boolean; pValue: number }[];
  readonly corpora: readonly {
    systems: readonly { statistics: number[]; score: number; mean: number; half: number }[];
    bs: number;
    ar: number;
  }[];
}

const golden = readGolden('comparisons.json') as Golden;
const options = { confidence: 0.95, seed: 7 };

/** BLEU from length, reference length, and matched and possible 1- to 4-grams. */
const bleu: Score = sums => {
  let logs = 0;
  for (let order = 0; order < 4; order++) logs += Math.log(sums[2 + order]! / sums[6 + order]!) / 4;
  const brevity = sums[0]! < sums[1]! ? 1 - sums[1]! / sums[0]! : 0;
  return 100 * Math.exp(brevity + logs);
};
const ratio: Score = sums => sums[0]! / sums[1]!;
const rowsOf = (values: readonly number[] | Float64Array, width: number) =>
  statisticRows(Float64Array.from(values), width);

/** Errors and words of a row for two systems, the second with more errors by `lead`. */
function drawErrors(rows: number, lead: number, seed: number): [Float64Array, Float64Array] {
  const random = createRandom(seed);
  const systems: [Float64Array, Float64Array] = [new Float64Array(rows * 2), new Float64Array(rows * 2)];
  for (let row = 0; row < rows; row++) {
    const words = 5 + random.below(20);
    const difficulty = random.unit() * 0.4;
    systems.forEach((system, index) => {
      let errors = 0;
      for (let word = 0; word < words; word++) if (random.unit() < difficulty + index * lead) errors++;
      system.set([errors, words], row * 2);
    });
  }
  return systems;
}

describe('clustered rows', () => {
  it('have the standard error and interval of statsmodels', () => {
    for (const { kind, clusters, values, ...expected } of golden.clusters) {
      const compute = kind === 'mean' ? clusteredMean : clusteredShare;
      const found = compute(clusters, Float64Array.from(values), 0.95);
      for (const key of ['point', 'error', 'low', 'high'] as const) {
        assertClose(found[key], expected[key], `${key} of a ${kind} over ${found.clusters} clusters`, 1e-11);
      }
    }
  });

  it('of one row each are ordinary rows', () => {
    const values = Float64Array.of(0.5, 0.25, 1, 0.75, 0.1);
    const rows = values.map((_, row) => row);
    const mean = clusteredMean(rows, values, 0.9);
    const expected = meanInterval(computeMoments(values), 0.9)!;
    assertClose(mean.low, expected.low, 'low');
    assertClose(mean.high, expected.high, 'high');
    const share = clusteredShare(rows, Float64Array.of(1, 0, 1, 1, 1), 0.9);
    assert.deepEqual({ low: share.low, high: share.high }, wilsonInterval(4, 5, 0.9));
    assert.equal(share.method, 'Wilson');
  });

  it('that repeat themselves count once', () => {
    const clustered = startClustered();
    for (let row = 0; row < 60; row++) for (let repeat = 0; repeat < 5; repeat++) clustered.add(row, row % 3 ? 1 : 0);
    const { low, high, n, clusters, method } = clustered.summary(0.95);
    const once = wilsonInterval(40, 60, 0.95);
    assert.deepEqual([n, clusters], [300, 60]);
    assert.match(method, /^Wilson, 5\d\.\d effective rows of 60 clusters$/);
    assert.ok(low! <= once.low && low! > once.low - 0.01 && high! >= once.high && high! < once.high + 0.01);
  });

  it('stay uncertain where nothing varies, and say nothing without rows', () => {
    const clustered = startClustered();
    assert.deepEqual([clustered.summary(0.95).point, clustered.summary(0.95).low], [undefined, undefined]);
    for (let row = 0; row < 8; row++) for (let repeat = 0; repeat < 50; repeat++) clustered.add(row, 1);
    assert.equal(clustered.summary(0.95).low, wilsonInterval(8, 8, 0.95).low);
    const one = startClustered('mean');
    one.add(4, 1);
    one.add(4, 0);
    const { point, low, error } = one.summary(0.95);
    assert.deepEqual([point, low, error], [0.5, undefined, undefined]);
  });
});

describe("Wilcoxon's signed-rank test", () => {
  it('equals scipy', () => {
    for (const { differences, exact, pValue } of golden.wilcoxon) {
      const result = comparePaired({ differences: Float64Array.from(differences) }, { ...options, test: 'wilcoxon' });
      assertClose(result.pValue, pValue, `${result.test} of ${differences.length}`);
      assert.equal(result.test, `Wilcoxon signed-rank, ${exact ? 'exact' : 'normal approximation'}`);
    }
  });

  it('keeps the interval of the mean and tells how many rows would do', () => {
    const differences = Float64Array.from({ length: 60 }, (_, row) => Math.sin(row * 7.1) + 0.15);
    const mean = comparePaired({ differences }, options);
    const ranks = comparePaired({ differences }, { ...options, test: 'wilcoxon' });
    assert.deepEqual([ranks.low, ranks.high, ranks.difference], [mean.low, mean.high, mean.difference]);
    assert.ok(ranks.rowsNeeded! > mean.rowsNeeded! / 2 && ranks.rowsNeeded! < mean.rowsNeeded! * 2);
    const nothing = comparePaired({ differences: new Float64Array(4) }, { ...options, test: 'wilcoxon' });
    assert.deepEqual([nothing.pValue, nothing.rowsNeeded], [1, undefined]);
  });
});

describe('corpus figures', () => {
  it('have the interval of sacrebleu within 0.15 BLEU', () => {
    for (const { systems } of golden.corpora) {
      for (const { statistics, score, mean, half } of systems) {
        const { point, low, high, n, method } = resampleStatistics(rowsOf(statistics, 10), bleu, options);
        assertClose(point, score, 'BLEU');
        assertNear((high! - low!) / 2, half, 0.15, 'half of the interval');
        assertNear((high! + low!) / 2, mean, 0.15, 'its middle');
        assert.deepEqual([n, method], [500, 'bootstrap, 2000 resamples']);
      }
    }
  });

  it("have sacrebleu's p-values within 0.03", () => {
    for (const { systems, ar, bs } of golden.corpora) {
      const [variant, baseline] = systems.map(({ statistics }) => rowsOf(statistics, 10));
      const pair = { variant: variant!, baseline: baseline! };
      const swapped = comparePairedStatistics(pair, bleu, options);
      assertClose(swapped.difference, systems[0]!.score - systems[1]!.score, 'difference', 1e-10);
      assertNear(swapped.pValue, ar, 0.03, 'approximate randomisation');
      const drawn = comparePairedStatistics(pair, bleu, { ...options, test: 'sacrebleu-bootstrap' });
      assertNear(drawn.pValue, bs, 0.03, 'paired bootstrap');
      assert.equal(drawn.test, 'paired bootstrap as sacrebleu, 2000 resamples');
    }
  });

  it('agree with a t interval where they are means, and with its test', () => {
    const values = Float64Array.from({ length: 400 }, (_, row) => Math.sin(row * 7.1) + 0.07);
    const pairs = Float64Array.from({ length: 800 }, (_, at) => (at % 2 ? 1 : values[at / 2]!));
    const expected = meanInterval(computeMoments(values), 0.95)!;
    const found = resampleStatistics(statisticRows(pairs, 2), ratio, options);
    assertNear(found.low, expected.low, 0.01, 'low');
    assertNear(found.high, expected.high, 0.01, 'high');
    const zeros = Float64Array.from({ length: 800 }, (_, at) => at % 2);
    const pair = { variant: statisticRows(pairs, 2), baseline: statisticRows(zeros, 2) };
    const compared = comparePairedStatistics(pair, ratio, options);
    const mean = comparePaired({ differences: values }, options);
    assertNear(compared.pValue, mean.pValue, 0.02, 'p-value');
    assertNear(compared.rowsNeeded! / mean.rowsNeeded!, 1, 0.15, 'rows needed');
    const few = resampleStatistics(statisticRows(pairs.subarray(0, 24), 2), ratio, options);
    const fewExpected = meanInterval(computeMoments(values.subarray(0, 12)), 0.95)!;
    assert.equal(few.method, 'jackknife, Student’s t');
    assertClose(few.low, fewExpected.low, 'low of few', 1e-11);
    assertClose(few.high, fewExpected.high, 'high of few', 1e-11);
  });

  it('over groups of rows agree with the delta method within a tenth of the interval, in any order of rows', () => {
    const [errors] = drawErrors(40_000, 0, 3);
    const rows = Array.from({ length: 40_000 }, (_, row) => [errors[row * 2]!, errors[row * 2 + 1]!] as const);
    const words = rows.reduce((sum, [, count]) => sum + count, 0);
    const rate = rows.reduce((sum, [count]) => sum + count, 0) / words;
    const error = Math.sqrt(rows.reduce((sum, [wrong, all]) => sum + (wrong - rate * all) ** 2, 0)) / words;
    for (const order of [rows, rows.toSorted(([a], [b]) => a - b)]) {
      const { low, high, point, method, n } = resampleStatistics(rowsOf(order.flat(), 2), ratio, options);
      assert.equal(method, 'jackknife over 2000 groups, Student’s t');
      assert.equal(n, 40_000);
      assertClose(point, rate, 'rate');
      assertNear((high! - low!) / (2 * 1.959964 * error), 1, 0.1, 'width');
    }
  });

  it('compared over groups of rows agree with the delta method and its test', () => {
    for (const lead of [0, 0.0015, 0.01]) {
      const [variant, baseline] = drawErrors(30_000, lead, 5);
      const pair = { variant: statisticRows(variant, 2), baseline: statisticRows(baseline, 2) };
      const compared = comparePairedStatistics(pair, ratio, options);
      const words = variant.reduce((sum, count, at) => (at % 2 ? sum + count : sum), 0);
      const differences = Float64Array.from({ length: 30_000 }, (_, row) => variant[row * 2]! - baseline[row * 2]!);
      const difference = differences.reduce((sum, value) => sum + value, 0) / words;
      let squares = 0;
      differences.forEach((value, row) => (squares += (value - difference * variant[row * 2 + 1]!) ** 2));
      const error = Math.sqrt(squares) / words;
      assertClose(compared.difference, difference, 'difference', 1e-9);
      assertNear((compared.high! - compared.low!) / (2 * 1.959964 * error), 1, 0.1, 'width');
      const mean = comparePaired({ differences }, options);
      assertNear(compared.pValue, mean.pValue, 0.02, `p-value at ${lead}`);
    }
  });

  it('give by the jackknife what the bootstrap and swapped rows give, within a tenth of the interval', () => {
    const { systems } = golden.corpora[1]!;
    const repeat = (times: number) =>
      systems.map(({ statistics }) => rowsOf(Array.from({ length: times }, () => statistics).flat(), 10));
    const [[variant, baseline], [moreOfVariant, moreOfBaseline]] = [repeat(2), repeat(3)];
    const drawn = comparePairedStatistics({ variant: variant!, baseline: baseline! }, bleu, options);
    const computed = comparePairedStatistics({ variant: moreOfVariant!, baseline: moreOfBaseline! }, bleu, options);
    assert.deepEqual([drawn.n, computed.n], [1000, 1500]);
    assert.deepEqual([drawn.method, computed.method], ['paired bootstrap, 1000 resamples', 'jackknife, Student’s t']);
    const width = (drawn.high! - drawn.low!) / (computed.high! - computed.low!);
    assertNear(width / Math.sqrt(1.5), 1, 0.1, 'width');
    assertNear(drawn.rowsNeeded! / computed.rowsNeeded!, 1, 0.15, 'rows needed');
    assert.ok(computed.pValue < drawn.pValue);
  });

  it('find no difference between equal systems, and nothing without rows', () => {
    const { statistics } = golden.corpora[0]!.systems[0]!;
    const same = rowsOf(statistics, 10);
    const equal = comparePairedStatistics({ variant: same, baseline: same }, bleu, options);
    assert.deepEqual([equal.difference, equal.low, equal.high, equal.pValue], [0, 0, 0, 1]);
    assert.equal(equal.rowsNeeded, undefined);
    const empty = rowsOf([], 10);
    const none = comparePairedStatistics({ variant: empty, baseline: empty }, bleu, options);
    assert.deepEqual([none.n, none.difference, none.pValue], [0, undefined, 1]);
    assert.equal(resampleStatistics(empty, bleu, options).point, undefined);
    const one = resampleStatistics(rowsOf(statistics.slice(0, 10), 10), bleu, options);
    assert.deepEqual([one.n, one.low], [1, undefined]);
    const undefinedRatio = resampleStatistics(rowsOf(new Float64Array(200), 2), ratio, options);
    assert.deepEqual([undefinedRatio.point, undefinedRatio.low], [undefined, undefined]);
  });

  it('stay uncertain where no row differs from the others', () => {
    const perfect = rowsOf(
      Array.from({ length: 3000 }, (_, at) => (at % 2 ? 12 : 0)),
      2,
    );
    const { point, low, high, method } = resampleStatistics(perfect, ratio, options, { least: 0, span: 1 });
    assert.deepEqual([point, low, method], [0, 0, 'Wilson, as no row differs']);
    assert.equal(high, wilsonInterval(0, 1500, 0.95).high);
    const unknown = resampleStatistics(perfect, ratio, options);
    assert.deepEqual([unknown.low, unknown.high], [undefined, undefined]);
  });

  it('count the repeats of a row as one', () => {
    const [errors] = drawErrors(150, 0, 3);
    const once = statisticRows(errors, 2);
    const repeated = rowsOf([...errors, ...errors, ...errors], 2);
    const clustered = clusterRows(
      repeated,
      Array.from({ length: 450 }, (_, row) => (row % 150) * 7),
    );
    const expected = resampleStatistics(once, ratio, options);
    const found = resampleStatistics(clustered, ratio, options);
    assert.equal(found.n, 150);
    assertClose(found.low, expected.low!, 'low');
    assertClose(found.high, expected.high!, 'high');
  });

  it('repeat themselves for a seed and stay within their range', () => {
    const [errors] = drawErrors(200, 0, 9);
    const statistics = statisticRows(errors, 2);
    assert.deepEqual(resampleStatistics(statistics, ratio, options), resampleStatistics(statistics, ratio, options));
    const other = resampleStatistics(statistics, ratio, { ...options, seed: 8 });
    assert.notEqual(other.low, resampleStatistics(statistics, ratio, options).low);
    const few = statisticRows(Float64Array.of(0, 10, 9, 10, 0, 10), 2);
    assert.equal(resampleStatistics(few, ratio, options, { least: 0 }).low, 0);
  });
});
