import assert from 'node:assert/strict';
import type { Artifact, MetricArtifact } from '../../schemas/generated/messages.ts';
import { figureNameOf, figuresOf } from './figures.ts';
import { contextKey, figureKey, type FigureContext } from './keys.ts';

const metric = (changes: Partial<MetricArtifact> = {}): MetricArtifact => ({
  artifactType: 'metric',
  name: 'run-1/core/accuracy',
  metric: 'accuracy',
  label: 'Accuracy',
  value: 0.9,
  unit: 'ratio',
  direction: 'higher',
  runId: 'run-1',
  task: 'core',
  scope: 'baseline',
  timestamp: 1,
  ...changes,
});
const context: FigureContext = {
  task: 'core',
  run: 'run-1',
  dataset: 'core.jsonl',
  digest: 'd1',
  rows: 500,
  hardware: '8 × NVIDIA H100',
  figures: { core_accuracy: { label: 'Accuracy', unit: 'ratio', direction: 'higher', n: 480 } },
};

describe('the figures of a version', () => {
  it('are read from its summary properties, with what they may be compared by', () => {
    const figures = figuresOf({
      customProperties: {
        [figureKey('custom', 'exact-match', 'claims')]: 0.7,
        [figureKey('baseline', 'core_accuracy')]: 0.9,
        [figureKey('baseline', 'ttft_p90')]: '180.5',
        [contextKey('baseline', 'core')]: JSON.stringify(context),
        'aiw.status': 'approved',
        'aiw.baseline.broken': 'fast',
        'aiw.baseline.none': '',
      },
    });
    assert.deepEqual(figures, [
      {
        ...{
          name: 'core_accuracy',
          label: 'Accuracy',
          value: 0.9,
          unit: 'ratio',
          direction: 'higher',
          scope: 'baseline',
        },
        ...{ task: 'core', hardware: '8 × NVIDIA H100', datasetDigest: 'd1', dataset: 'core.jsonl', n: 480 },
      },
      {
        ...{ name: 'ttft_p90', value: 180.5, scope: 'baseline' },
        ...{ label: 'Time to first token, p90', unit: 'ms', direction: 'lower' },
      },
      {
        ...{ name: 'claims_exact-match', value: 0.7, scope: 'custom' },
        ...{ label: 'exact-match', unit: 'score', direction: 'neutral' },
      },
    ]);
  });

  it('stand without a context that is none', () => {
    for (const broken of ['{', '[]', 'null', '{"task": 1}', '{"task":"core","figures":{"core_accuracy":7}}']) {
      const [figure] = figuresOf({
        customProperties: { 'aiw.baseline.core_accuracy': 0.9, 'aiw.context.baseline.core': broken },
      });
      assert.deepEqual([figure?.value, figure?.hardware, figure?.datasetDigest], [0.9, undefined, undefined]);
    }
  });

  it('are those of the newest run of each task on each dataset', () => {
    const artifacts: readonly Artifact[] = [
      metric({ value: 0.1, runId: 'run-1', timestamp: 1, datasetDigest: 'd1' }),
      metric({ value: 0.2, runId: 'run-2', timestamp: 2, datasetDigest: 'd1' }),
      metric({ value: 0.3, runId: 'run-1', timestamp: 1, datasetDigest: 'd2', hardwareType: 'A100', hardwareCount: 2 }),
      metric({ value: 0.4, scope: 'tuning', task: 'job.core' }),
      { artifactType: 'dataset-artifact', name: 'core.jsonl', digest: 'd1' },
    ];
    assert.deepEqual(
      figuresOf({ customProperties: {} }, artifacts).map(({ value, scope, dataset, hardware }) => [
        ...[value, scope, dataset, hardware],
      ]),
      [
        [0.2, 'baseline', 'core.jsonl', undefined],
        [0.3, 'baseline', undefined, '2 × A100'],
        [0.4, 'tuning', undefined, undefined],
      ],
    );
  });

  it('are told once where artifacts and properties tell the same', () => {
    const figures = figuresOf({ customProperties: { 'aiw.baseline.core_accuracy': 0.5 } }, [metric()]);
    assert.deepEqual(
      figures.map(({ value }) => value),
      [0.9],
    );
  });

  it('are bounded, and pass over what is no figure', () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`aiw.baseline.f${index}`, index]));
    assert.equal(figuresOf({ customProperties: many }).length, 500);
    const odd = [{ ...metric(), metric: 7 }, { ...metric(), value: null }, { artifactType: 'metric' }];
    assert.deepEqual(figuresOf({ customProperties: {} }, odd as unknown as Artifact[]), []);
  });
});

describe('figureNameOf', () => {
  const names: readonly (readonly [metric: string, name: string, useCase?: string])[] = [
    ['accuracy', 'core_accuracy'],
    ['time-to-first-token.p90', 'ttft_p90'],
    ['inter-token-latency.p99', 'itl_p99'],
    ['latency.mean', 'e2e_mean'],
    ['requests-per-second.mean', 'requests_per_second'],
    ['accuracy', 'claims_core_accuracy', 'claims'],
    ['f1 (macro)', 'core_f1-macro-'],
  ];
  for (const [name, expected, useCase] of names) {
    it(`calls ${name}${useCase === undefined ? '' : ` of ${useCase}`} ${expected}`, () => {
      const of = { task: 'core', metric: name, ...(useCase === undefined ? {} : { useCase }) };
      assert.equal(figureNameOf(of), expected);
    });
  }
});
