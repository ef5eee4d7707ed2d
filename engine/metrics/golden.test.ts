import assert from 'node:assert/strict';
import { readGolden } from '../../test/golden/read.ts';
import { assertNear } from '../../test/golden/close.ts';
import { createMetric } from './catalogue.ts';
import { computeClassFigure, createClassCounts } from './class-figures.ts';
import { computeClassInterval, sumCells } from './class-interval.ts';
import { countConfusion } from './confusion.ts';

type Averages = Record<'macro' | 'micro' | 'weighted', Record<'precision' | 'recall' | 'f1', number>>;
interface Rows {
  readonly targets: string[];
  readonly answers: string[];
}
interface ClassGolden {
  readonly cases: readonly (Rows & Averages & { accuracy: number; balancedAccuracy: number; mcc: number })[];
  readonly intervals: readonly (Rows & { low: number; high: number })[];
  readonly wholeIntervals: readonly (Rows & Record<'balanced-accuracy' | 'mcc', [number, number]>)[];
}
interface MatchGolden {
  readonly pairs: readonly [string, string][];
  readonly cases: readonly { parameters: Record<string, boolean>; scores: number[] }[];
}

const options = { confidence: 0.95, seed: 7 };

function aggregate(entry: Parameters<typeof createMetric>[0], { targets, answers }: Rows) {
  const aggregator = createMetric(entry).startAggregate();
  targets.forEach((target, index) => aggregator.add({ target, output: answers[index]! }));
  return aggregator.values(options)[0]!;
}

function measureWhole(figure: 'balanced-accuracy' | 'mcc', { targets, answers }: Rows) {
  const confusion = countConfusion();
  targets.forEach((target, index) => confusion.add(target, answers[index]!));
  const cells = confusion.cells();
  const counts = Float64Array.from(cells, cell => cell.count);
  const value = computeClassFigure(figure, 'macro', sumCells(cells, counts, createClassCounts(confusion.labels)));
  return { value, interval: computeClassInterval(figure, 'macro', cells, confusion.labels, options) };
}

describe('metrics against scikit-learn and lm-evaluation-harness', () => {
  const golden = readGolden('class-metrics.json') as ClassGolden;

  it('precision, recall and F1 in every average', () => {
    for (const rows of golden.cases) {
      for (const average of ['macro', 'micro', 'weighted'] as const) {
        for (const figure of ['precision', 'recall', 'f1'] as const) {
          const { value, n } = aggregate({ [figure]: { average } }, rows);
          assert.ok(
            Math.abs(value! - rows[average][figure]) < 1e-12,
            `${figure} ${average}: ${value} is not ${rows[average][figure]}`,
          );
          assert.equal(n, rows.targets.length);
        }
      }
    }
  });

  it('balanced accuracy and Matthews’ correlation', () => {
    for (const rows of golden.cases) {
      assertNear(measureWhole('balanced-accuracy', rows).value, rows.balancedAccuracy, 1e-12, 'balanced accuracy');
      assertNear(measureWhole('mcc', rows).value, rows.mcc, 1e-12, 'MCC');
    }
    for (const rows of golden.wholeIntervals) {
      for (const figure of ['balanced-accuracy', 'mcc'] as const) {
        const { interval } = measureWhole(figure, rows);
        assertNear(interval?.low, rows[figure][0], 0.03, `${figure}, low`);
        assertNear(interval?.high, rows[figure][1], 0.03, `${figure}, high`);
      }
    }
  });

  it('Matthews’ correlation stays uncertain where resampling cannot vary it', () => {
    const targets = Array.from({ length: 40 }, (_, row) => (row % 2 ? 'a' : 'b'));
    const perfect = measureWhole('mcc', { targets, answers: targets });
    assert.deepEqual([perfect.value, perfect.interval?.high], [1, 1]);
    assert.ok(perfect.interval!.low > 0.75 && perfect.interval!.low < 0.9);
    const constant = measureWhole('mcc', { targets, answers: targets.map(() => 'a') });
    assert.equal(constant.value, 0);
    assert.ok(constant.interval!.low < 0 && constant.interval!.high > 0);
    const inverse = measureWhole('mcc', { targets, answers: targets.map(label => (label === 'a' ? 'b' : 'a')) });
    assert.equal(inverse.value, -1);
    assert.equal(measureWhole('mcc', { targets: [], answers: [] }).interval, undefined);
    const { interval } = measureWhole('balanced-accuracy', { targets, answers: targets });
    assert.deepEqual([interval?.high, interval?.method], [1, 'Wilson']);
  });

  it('accuracy', () => {
    for (const rows of golden.cases) assert.ok(Math.abs(aggregate('accuracy', rows).value! - rows.accuracy) < 1e-15);
  });

  it('resampled intervals within one hundredth', () => {
    for (const rows of golden.intervals) {
      const { low, high, method } = aggregate({ f1: { average: 'macro' } }, rows);
      assert.equal(method, 'bootstrap, 1000 resamples');
      assert.ok(
        Math.abs(low! - rows.low) < 0.01 && Math.abs(high! - rows.high) < 0.01,
        `${low} ${high} for ${rows.low} ${rows.high}`,
      );
    }
  });

  it('exact match with everything that can be ignored', () => {
    const { pairs, cases } = readGolden('exact-match.json') as MatchGolden;
    for (const { parameters, scores } of cases) {
      const metric = createMetric({ 'exact-match': parameters });
      const actual = pairs.map(([output, target]) => metric.score!({ output, target }));
      assert.deepEqual(actual, scores, JSON.stringify(parameters));
    }
  });
});
