import assert from 'node:assert/strict';
import type { GateCondition } from '../../schemas/generated/files.ts';
import type { MetricValue, VariantResult } from '../../schemas/generated/messages.ts';
import { judgeGates, overallGate } from './gates.ts';

const accuracy: MetricValue = {
  metric: 'accuracy',
  label: 'Accuracy',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  value: 0.9,
  n: 100,
  low: 0.82,
  high: 0.95,
};
const p99: MetricValue = {
  metric: 'latency.p99',
  label: 'Latency p99',
  kind: 'latency',
  unit: 'ms',
  direction: 'lower',
  value: 80,
  n: 50,
  low: 60,
};
const cost: MetricValue = {
  metric: 'cost',
  label: 'Cost',
  kind: 'cost',
  unit: 'USD',
  direction: 'lower',
  value: 1.5,
  n: 100,
};
const mean: MetricValue = { ...p99, metric: 'latency.mean', label: 'Latency mean', value: 20, low: 18, high: 23 };

function variant(metrics: readonly MetricValue[], extra: Partial<VariantResult> = {}): VariantResult {
  return { variant: 0, runId: 'r', model: 'm', samples: 100, failed: 0, metrics: [...metrics], slices: [], ...extra };
}

const cases: readonly (readonly [string, GateCondition, 'met' | 'not-met' | 'not-computed'])[] = [
  ['judges the lower bound, not the point', { metric: 'accuracy', model: 'm', atLeast: 0.85 }, 'not-met'],
  ['is met when the lower bound reaches it', { metric: 'accuracy', model: 'm', atLeast: 0.82 }, 'met'],
  ['judges the point where asked to', { metric: 'accuracy', model: 'm', atLeast: 0.85, on: 'point' }, 'met'],
  ['judges the upper bound of an upper limit', { metric: 'latency.mean', model: 'm', atMost: 22 }, 'not-met'],
  ['takes the leading figure of a family', { metric: 'latency', model: 'm', atMost: 25 }, 'met'],
  ['judges totals as they are', { metric: 'cost', model: 'm', atMost: 1.5 }, 'met'],
  ['is not computed without the bound it needs', { metric: 'latency.p99', model: 'm', atMost: 1000 }, 'not-computed'],
  ['is not computed for a metric nobody measured', { metric: 'f1', model: 'm', atLeast: 0 }, 'not-computed'],
  [
    'is not computed for a model that was not part of the run',
    { metric: 'accuracy', model: 'other', atLeast: 0 },
    'not-computed',
  ],
  ['needs both ends of a range', { metric: 'accuracy', model: 'm', atLeast: 0.8, atMost: 0.9 }, 'not-met'],
];

describe('a gate', () => {
  for (const [title, condition, outcome] of cases) {
    it(title, () => {
      const [result] = judgeGates([condition], [variant([accuracy, mean, p99, cost])], true);
      assert.equal(result?.outcome, outcome, result?.sentence);
      assert.ok(result.sentence.endsWith('.'));
    });
  }

  it('must be met with every prompt of the model', () => {
    const weak = variant([{ ...accuracy, low: 0.5 }], { prompt: 'b.prompt.yml' });
    const results = judgeGates(
      [{ metric: 'accuracy', model: 'm', atLeast: 0.8 }],
      [variant([accuracy], { prompt: 'a.prompt.yml' }), weak],
      true,
    );
    assert.deepEqual(
      results.map(({ outcome }) => outcome),
      ['met', 'not-met'],
    );
    assert.equal(overallGate(results), 'not-met');
  });

  it('is never met by a run that did not finish', () => {
    const results = judgeGates([{ metric: 'accuracy', model: 'm', atLeast: 0.1 }], [variant([accuracy])], false);
    assert.equal(overallGate(results), 'not-computed');
  });

  it('has no outcome where there are no conditions', () => {
    assert.equal(overallGate([]), undefined);
  });
});
