import assert from 'node:assert/strict';
import type { MetricCheck } from '../../../schemas/generated/files.ts';
import type { CheckResult, CheckState, VariantResult } from '../../../schemas/generated/messages.ts';
import { accuracy, day, makeRun, makeVariant, metricCheck, now, slice } from '../../../test/fakes/assessed.ts';
import { wilsonInterval } from '../../statistics/intervals.ts';
import { checkMetric, type EvidenceRun } from './metric.ts';

function judge(
  check: Partial<MetricCheck>,
  variant: Partial<VariantResult> = {},
  run: Partial<EvidenceRun> = {},
): CheckResult {
  const evidence = { run: makeRun(run, makeVariant(variant)), missing: 'None.' };
  return checkMetric(metricCheck(check), evidence, now);
}

const writers = [
  slice('writer', 'native', 180, 200),
  slice('writer', 'learner', 160, 200),
  slice('writer', 'brief', 170, 200),
];

describe('checkMetric', () => {
  const overall: readonly [
    what: string,
    check: Partial<MetricCheck>,
    variant: Partial<VariantResult>,
    state: CheckState,
  ][] = [
    ['a lower bound above the bar', { assert: { op: '>=', value: 0.8 } }, {}, 'pass'],
    ['a lower bound at the bar', { assert: { op: '>=', value: 0.81 } }, {}, 'pass'],
    ['a lower bound at the bar that must be exceeded', { assert: { op: '>', value: 0.81 } }, {}, 'fail'],
    ['a figure above the bar with its bound below', { assert: { op: '>=', value: 0.84 } }, {}, 'fail'],
    ['the same figure, judged as a point', { assert: { op: '>=', value: 0.84, bound: 'point' } }, {}, 'pass'],
    ['an upper bound below the bar', { assert: { op: '<=', value: 0.9 } }, {}, 'pass'],
    ['a figure below the bar with its bound above', { assert: { op: '<=', value: 0.86 } }, {}, 'fail'],
    ['an upper bound at the bar that must be undercut', { assert: { op: '<', value: 0.88 } }, {}, 'fail'],
    ['enough rows', { assert: { op: '>=', value: 0.8, minSamples: 400 } }, {}, 'pass'],
    ['too few rows, whatever the figure', { assert: { op: '>=', value: 0.1, minSamples: 401 } }, {}, 'needs-review'],
    ['too few rows of a failure', { assert: { op: '>=', value: 0.99, minSamples: 401 } }, {}, 'needs-review'],
    ['rows without an answer', {}, { failed: 1 }, 'needs-review'],
    ['a metric that was not measured', { metric: 'f1' }, {}, 'error'],
    ['a figure that could not be computed', {}, { metrics: [accuracy(null, 0, { note: 'No row.' })] }, 'error'],
    ['a figure without interval', { metric: 'cost' }, { metrics: [accuracy(1, 9, { metric: 'cost' })] }, 'error'],
    [
      'a figure without interval, judged as a point',
      { metric: 'cost', assert: { op: '<=', value: 1, bound: 'point' } },
      { metrics: [accuracy(1, 9, { metric: 'cost' })] },
      'pass',
    ],
    ['evidence as old as it may be', { freshness: 'P1D' }, {}, 'pass'],
    ['evidence a moment too old', { freshness: 'PT23H59M59S' }, {}, 'stale'],
  ];
  for (const [what, check, variant, state] of overall) {
    it(`is ${state} for ${what}`, () => {
      const result = judge(check, variant);
      assert.equal(result.state, state, result.reason);
    });
  }

  it('shows bar, figure, bounds and where they come from', () => {
    const result = judge({ freshness: 'P30D', assert: { op: '>=', value: 0.8 } });
    const { required, target, op, actual, low, high, confidence, judged, n, unit, benchmark, metric } = result;
    assert.deepEqual(
      { required, target, op, actual, low, high, confidence, judged, n, unit, benchmark, metric },
      {
        required: 'at least 0.800 (lower bound)',
        target: 0.8,
        op: '>=',
        actual: 0.85,
        low: 0.81,
        high: 0.88,
        confidence: 0.95,
        judged: 0.81,
        n: 400,
        unit: 'ratio',
        benchmark: 'core',
        metric: 'accuracy',
      },
    );
    assert.equal(result.reason, 'Accuracy is 0.850 (0.810 to 0.880): its lower bound 0.810 is at least 0.800.');
    assert.deepEqual(result.evidence, [
      {
        kind: 'run',
        title: 'core, run run-9',
        digest: 'd'.repeat(64),
        collectedAt: now - day,
        expiresAt: now + 29 * day,
        runId: 'run-9',
        variant: 1,
      },
    ]);
  });

  it('says what is missing, and does not guess', () => {
    const result = checkMetric(
      metricCheck(),
      { run: undefined, missing: 'Make one: `aiwb run core.bench.yaml`.' },
      now,
    );
    assert.deepEqual([result.state, result.reason], ['missing', 'Make one: `aiwb run core.bench.yaml`.']);
    const empty = checkMetric(metricCheck(), { run: { ...makeRun(), variants: [] }, missing: 'None.' }, now);
    assert.equal(empty.state, 'missing');
  });

  it('takes a metric’s leading figure by the metric’s name', () => {
    const metrics = [accuracy(0.9, 400, { metric: 'f1.macro', label: 'F1 (macro)', low: 0.87, high: 0.92 })];
    assert.equal(judge({ metric: 'f1' }, { metrics }).state, 'pass');
  });

  it('must hold for every prompt the version was asked with', () => {
    const good = makeVariant();
    const bad = makeVariant({ variant: 2, metrics: [accuracy(0.5, 400, { low: 0.45, high: 0.55 })] });
    for (const variants of [
      [good, bad],
      [bad, good],
    ]) {
      const result = checkMetric(metricCheck(), { run: makeRun({}, ...variants), missing: '' }, now);
      assert.deepEqual([result.state, result.evidence[0]?.variant], ['fail', 2]);
    }
  });

  it('does not let repeated answers narrow an interval', () => {
    const once = accuracy(0.85, 400, wilsonInterval(340, 400, 0.95));
    const tenfold = accuracy(0.85, 4000, wilsonInterval(3400, 4000, 0.95));
    const bar = { assert: { op: '>=' as const, value: 0.82, minSamples: 400 } };
    assert.equal(judge(bar, { metrics: [once] }).state, 'fail');
    const repeated = judge(bar, { metrics: [tenfold] }, { repeats: 10 });
    assert.deepEqual([repeated.state, repeated.n], ['fail', 400]);
    assert.ok(Math.abs((repeated.low ?? 0) - (once.low ?? 1)) < 1e-12);
    const short = { assert: { op: '>=' as const, value: 0.82, minSamples: 401 } };
    assert.equal(judge(short, { metrics: [tenfold] }, { repeats: 10 }).state, 'needs-review');
    const other = judge({ metric: 'f1' }, { metrics: [{ ...tenfold, metric: 'f1' }] }, { repeats: 10 });
    assert.equal(other.state, 'error');
    assert.match(other.reason, /asked 10 times/);
  });

  describe('of the worst slice', () => {
    const worst = (value: number, changes: Partial<MetricCheck['assert']> = {}) =>
      judge(
        { statistic: 'worst', slice: 'writer', assert: { op: '>=', value, ...changes } },
        { slices: writers, samples: 600 },
      );

    it('judges the weakest value by a bound that allows for looking at all of them', () => {
      const bound = wilsonInterval(160, 200, 1 - 0.05 / 3).low;
      const plain = wilsonInterval(160, 200, 0.95).low;
      assert.ok(bound < plain);
      assert.equal(worst(bound).state, 'pass');
      const failed = worst((bound + plain) / 2);
      assert.equal(failed.state, 'fail');
      assert.deepEqual([failed.judged, failed.actual, failed.slice, failed.n], [bound, 0.8, 'writer: learner', 200]);
      assert.deepEqual(failed.evidence[0]?.slice, { column: 'writer', value: 'learner' });
      assert.match(failed.reason, /weakest writer is learner/);
    });

    it('takes the highest upper bound where less is asked', () => {
      const result = worst(0.95, { op: '<=' });
      assert.deepEqual([result.state, result.slice], ['pass', 'writer: native']);
      assert.equal(worst(0.92, { op: '<=' }).state, 'fail');
    });

    it('finds the weakest by its bound: few rows are weak', () => {
      const slices = [slice('writer', 'many', 160, 200), slice('writer', 'few', 5, 6)];
      const result = judge({ statistic: 'worst', slice: 'writer' }, { slices, samples: 206 });
      assert.equal(result.slice, 'writer: few');
    });

    it('needs enough rows of every value', () => {
      assert.equal(worst(0.1, { minSamples: 200 }).state, 'pass');
      const result = worst(0.1, { minSamples: 201 });
      assert.equal(result.state, 'needs-review');
      assert.match(result.reason, /native \(200\), learner \(200\) and brief \(200\)/);
    });

    it('judges points where the policy says so', () => {
      assert.equal(worst(0.8, { bound: 'point' }).state, 'pass');
      assert.equal(worst(0.81, { bound: 'point' }).state, 'fail');
    });

    it('says where a bound could not be corrected', () => {
      const slices = writers.map(each => ({
        ...each,
        metrics: [accuracy(0.9, 200, { metric: 'f1', label: 'F1', low: 0.85, high: 0.94 })],
      }));
      const result = judge({ metric: 'f1', statistic: 'worst', slice: 'writer' }, { slices, samples: 600 });
      assert.equal(result.state, 'pass');
      assert.match(result.reason, /not corrected for looking at 3 values/);
    });
  });

  describe('of the largest gap', () => {
    const gap = (value: number, changes: Partial<MetricCheck['assert']> = {}, slices = writers) =>
      judge(
        { statistic: 'max-gap', slice: 'writer', assert: { op: '<=', value, ...changes } },
        { slices, samples: slices.reduce((sum, { n }) => sum + n, 0) },
      );

    it('judges the upper bound of the difference, with both ends as evidence', () => {
      const result = gap(0.1);
      assert.equal(result.state, 'fail');
      assert.ok(Math.abs((result.actual ?? 0) - 0.1) < 1e-12);
      assert.ok((result.judged ?? 0) > 0.15);
      assert.equal(gap(0.1, { bound: 'point' }).state, 'pass', 'a gap of 0.9 − 0.8 is not above 0.1');
      assert.equal(gap(0.25).state, 'pass');
      assert.deepEqual(
        result.evidence.map(evidence => evidence.slice?.value),
        ['native', 'learner'],
      );
      assert.equal(result.slice, 'writer');
    });

    it('needs enough rows of every value, and two values', () => {
      assert.equal(gap(1, { minSamples: 201 }).state, 'needs-review');
      assert.equal(gap(1, {}, writers.slice(0, 1)).state, 'error');
    });

    it('has no interval for figures that are no shares', () => {
      const slices = writers.map(each => ({ ...each, metrics: [accuracy(0.9, 200, { metric: 'f1', label: 'F1' })] }));
      const check = { metric: 'f1', statistic: 'max-gap', slice: 'writer' } as const;
      const result = judge({ ...check, assert: { op: '<=', value: 0.1 } }, { slices, samples: 600 });
      assert.equal(result.state, 'error');
      assert.match(result.reason, /bound: point/);
      assert.equal(
        judge({ ...check, assert: { op: '<=', value: 0.1, bound: 'point' } }, { slices, samples: 600 }).state,
        'pass',
      );
    });
  });

  const faults: readonly [
    what: string,
    check: Partial<MetricCheck>,
    variant: Partial<VariantResult>,
    reason: RegExp,
  ][] = [
    ['no slice named', { statistic: 'worst' }, {}, /names none/],
    [
      'a slice the run does not have',
      { statistic: 'worst', slice: 'group' },
      { slices: writers, samples: 600 },
      /its slices are writer/,
    ],
    [
      'more values than a report keeps',
      { statistic: 'max-gap', slice: 'writer' },
      { slices: writers, samples: 601 },
      /more values than/,
    ],
    [
      'a slice without the metric',
      { statistic: 'worst', slice: 'writer', metric: 'latency' },
      { slices: writers, samples: 600 },
      /measures accuracy/,
    ],
  ];
  for (const [what, check, variant, reason] of faults) {
    it(`is an error with ${what}`, () => {
      const result = judge(check, variant);
      assert.equal(result.state, 'error');
      assert.match(result.reason, reason);
    });
  }
});
