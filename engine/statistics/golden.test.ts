import assert from 'node:assert/strict';
import { assertClose } from '../../test/golden/close.ts';
import { readGolden } from '../../test/golden/read.ts';
import { binomialCumulative, binomialMass } from './binomial.ts';
import { histogram } from './distribution.ts';
import { adjustHolm } from './holm.ts';
import { computeMoments, meanInterval, percentile, percentileInterval, wilsonInterval } from './intervals.ts';
import { mcnemarExact, newcombePaired } from './paired-counts.ts';
import { estimatePassAtK, passAtK } from './pass-at-k.ts';
import { normalQuantile, normalTail, studentQuantile, studentTail } from './quantiles.ts';

interface Bounds {
  readonly low: number;
  readonly high: number;
}
interface Golden {
  readonly normal: readonly { probability: number; value: number }[];
  readonly student: readonly { probability: number; degrees: number; value: number }[];
  readonly studentTail: readonly { t: number; degrees: number; value: number }[];
  readonly binomial: readonly { k: number; n: number; p: number; mass: number; cumulative: number }[];
  readonly wilson: readonly (Bounds & { successes: number; rows: number; confidence: number })[];
  readonly mcnemar: readonly { onlyVariant: number; onlyBaseline: number; pValue: number }[];
  readonly newcombe: readonly (Bounds & { counts: [number, number, number, number]; confidence: number })[];
  readonly samples: readonly {
    values: number[];
    mean: number;
    meanInterval?: [number, number];
    percentiles: { percent: number; value: number; interval: [number | null, number | null] }[];
  }[];
  readonly holm: readonly { pValues: number[]; adjusted: number[] }[];
  readonly normalTail: readonly { z: number; value: number }[];
  readonly passAtK: readonly { attempts: number; passed: number; k: number; value: number }[];
  readonly histograms: readonly {
    values: number[];
    bins: number;
    scale: 'linear' | 'log';
    edges: number[];
    counts: number[];
  }[];
}

const golden = readGolden('statistics.json') as Golden;

describe('statistics against scipy and statsmodels', () => {
  it('normal and Student quantiles', () => {
    for (const { probability, value } of golden.normal)
      assertClose(normalQuantile(probability), value, `normal ${probability}`);
    for (const { probability, degrees, value } of golden.student) {
      assertClose(studentQuantile(probability, degrees), value, `t ${probability} ${degrees}`, 2e-12);
    }
    for (const { t, degrees, value } of golden.studentTail)
      assertClose(studentTail(t, degrees), value, `tail ${t} ${degrees}`);
    for (const { z, value } of golden.normalTail) assertClose(normalTail(z), value, `normal tail ${z}`);
  });

  it('binomial probabilities', () => {
    for (const { k, n, p, mass, cumulative } of golden.binomial) {
      assertClose(binomialMass(k, n, p, 1 - p), mass, `mass ${k} of ${n}`);
      assertClose(binomialCumulative(k, n, p), cumulative, `cumulative ${k} of ${n}`);
    }
  });

  it("Wilson's interval", () => {
    for (const { successes, rows, confidence, low, high } of golden.wilson) {
      const interval = wilsonInterval(successes, rows, confidence);
      assertClose(interval.low, low, `low ${successes} of ${rows}`);
      assertClose(interval.high, high, `high ${successes} of ${rows}`);
    }
  });

  it("McNemar's exact test and Newcombe's paired interval", () => {
    for (const { onlyVariant, onlyBaseline, pValue } of golden.mcnemar) {
      assertClose(mcnemarExact(onlyVariant, onlyBaseline), pValue, `McNemar ${onlyVariant} ${onlyBaseline}`);
    }
    for (const { counts, confidence, low, high } of golden.newcombe) {
      const [bothRight, onlyVariant, onlyBaseline, bothWrong] = counts;
      const interval = newcombePaired({ bothRight, onlyVariant, onlyBaseline, bothWrong }, confidence);
      assertClose(interval.low, low, `low ${counts.join()}`);
      assertClose(interval.high, high, `high ${counts.join()}`);
    }
  });

  it("Newcombe's paired interval as published", () => {
    const interval = newcombePaired({ bothRight: 36, onlyVariant: 12, onlyBaseline: 2, bothWrong: 0 }, 0.95);
    assert.deepEqual([interval.low.toFixed(4), interval.high.toFixed(4)], ['0.0569', '0.3404']);
  });

  it('means, percentiles and their intervals', () => {
    for (const { values, mean, meanInterval: bounds, percentiles } of golden.samples) {
      const sample = Float64Array.from(values);
      const moments = computeMoments(sample);
      assertClose(moments.mean, mean, 'mean');
      const interval = meanInterval(moments, 0.95);
      assert.equal(interval === undefined, bounds === undefined);
      if (interval && bounds) {
        assertClose(interval.low, bounds[0], 'mean, low', 1e-11);
        assertClose(interval.high, bounds[1], 'mean, high', 1e-11);
      }
      const sorted = sample.slice().sort();
      for (const { percent, value, interval: expected } of percentiles) {
        assertClose(percentile(sorted, percent / 100), value, `p${percent} of ${values.length}`);
        const { low, high } = percentileInterval(sorted, percent / 100, 0.95);
        assert.deepEqual([low ?? null, high ?? null], expected, `p${percent} of ${values.length}`);
      }
    }
  });

  it("Holm's adjustment", () => {
    for (const { pValues, adjusted } of golden.holm) {
      adjustHolm(pValues).forEach((value, index) => assertClose(value, adjusted[index]!, `Holm ${pValues.join()}`));
    }
  });

  it('pass@k as Chen et al. define it', () => {
    for (const { k, value, ...problem } of golden.passAtK) {
      assertClose(passAtK(problem, k), value, `pass@${k} of ${JSON.stringify(problem)}`);
    }
    assert.equal(passAtK({ attempts: 3, passed: 3 }, 4), undefined);
    const problems = [3, 0, 10, 7].map(passed => ({ attempts: 10, passed }));
    const values = problems.map(problem => passAtK(problem, 2)!);
    const estimate = estimatePassAtK([...problems, { attempts: 1, passed: 1 }], 2, 0.95);
    const expected = meanInterval(computeMoments(Float64Array.from(values)), 0.95)!;
    assert.deepEqual([estimate.n, estimate.method], [4, 'Student’s t']);
    assert.deepEqual([estimate.low, estimate.high], [Math.max(0, expected.low), Math.min(1, expected.high)]);
    assert.equal(estimatePassAtK([{ attempts: 1, passed: 1 }], 1, 0.95).method, 'Wilson');
  });

  it('histograms on either scale', () => {
    for (const { values, bins, scale, edges, counts } of golden.histograms) {
      const found = histogram(Float64Array.from(values), { bins, scale });
      assert.deepEqual(found.counts, counts);
      found.edges.forEach((edge, index) => assertClose(edge, edges[index]!, `edge ${index}`));
    }
  });
});
