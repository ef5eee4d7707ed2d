import assert from 'node:assert/strict';
import { readGolden } from '../../test/golden/read.ts';
import { createMetric } from './catalogue.ts';

type Averages = Record<'macro' | 'micro' | 'weighted', Record<'precision' | 'recall' | 'f1', number>>;
interface Rows {
  readonly targets: string[];
  readonly answers: string[];
}
interface ClassGolden {
  readonly cases: readonly (Rows & Averages & { accuracy: number })[];
  readonly intervals: readonly (Rows & { low: number; high: number })[];
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
