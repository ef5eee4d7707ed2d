import assert from 'node:assert/strict';
import type { ComparedFigure, VersionComparison } from '../../schemas/generated/messages.ts';
import { comparisonVerdicts, splitFigures } from './split-figures.ts';

function figure(values: (number | null)[], others: Partial<ComparedFigure> = {}): ComparedFigure {
  return {
    task: 'evaluate-core',
    metric: 'accuracy',
    label: 'Accuracy',
    unit: 'ratio',
    direction: 'higher',
    datasetDigest: 'rows-1',
    values,
    ...others,
  };
}

function comparisonOf(...figures: ComparedFigure[]): VersionComparison {
  return { versions: [], figures, settings: [] };
}

describe('figures of versions', () => {
  it('are compared only where two versions were measured on the same known rows', () => {
    const { comparable, apart } = splitFigures(
      comparisonOf(
        figure([0.8, 0.9]),
        figure([0.7, 0.6], { metric: 'f1' }),
        figure([0.8, null], { datasetDigest: 'rows-2' }),
        figure([0.8, 0.9], { task: 'unknown-rows', datasetDigest: undefined }),
      ),
    );
    assert.deepEqual(
      comparable.map(({ task, datasetDigest, rows }) => [task, datasetDigest, rows.length]),
      [['evaluate-core', 'rows-1', 2]],
    );
    assert.deepEqual(
      apart.map(({ task, datasetDigest }) => [task, datasetDigest]),
      [
        ['evaluate-core', 'rows-2'],
        ['unknown-rows', undefined],
      ],
    );
  });

  it('lead to a sentence a task, by the metric’s own direction', () => {
    const { comparable } = splitFigures(
      comparisonOf(
        figure([0.8, 0.9]),
        figure([3, 5], { task: 'load', metric: 'latency', label: 'Latency', unit: 'ms', direction: 'lower' }),
      ),
    );
    assert.deepEqual(
      comparisonVerdicts(comparable, ['@2', '@1']).map(({ text }) => text),
      [
        'evaluate-core: @1 has the highest Accuracy, 0.900, against 0.800 of @2.',
        'load: @2 has the lowest Latency, 3.00 ms, against 5.00 ms of @1.',
      ],
    );
  });

  it('of speed are compared on the same hardware only; those of quality on any', () => {
    const version = (hardwareType: string | undefined, value: number) => ({
      artifacts: ['latency.p90', 'accuracy'].map(metric => ({
        artifactType: 'metric' as const,
        name: metric,
        metric,
        task: 'evaluate-core',
        datasetDigest: 'rows-1',
        value,
        ...(hardwareType === undefined ? {} : { hardwareType, hardwareCount: 8 }),
      })),
    });
    const split = (...types: (string | undefined)[]) => {
      const figures = [
        figure([1, 2], { metric: 'latency.p90', label: 'Latency, p90', unit: 'ms', direction: 'lower' }),
        figure([1, 2]),
      ];
      const versions = types.map((type, index) => version(type, index + 1));
      const { comparable } = splitFigures({ versions, figures, settings: [] } as unknown as VersionComparison);
      return comparable.flatMap(({ rows }) => rows.map(row => row.figure.metric));
    };
    assert.deepEqual(split('H100', 'H100'), ['latency.p90', 'accuracy']);
    assert.deepEqual(split(undefined, undefined), ['latency.p90', 'accuracy']);
    assert.deepEqual(split('H100', 'L4'), ['accuracy']);
    assert.deepEqual(split('H100', undefined), ['accuracy']);
  });
});
