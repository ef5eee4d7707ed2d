import type { MetricValue } from '../../schemas/generated/messages.ts';
import { startClustered } from '../statistics/clusters.ts';
import type { Aggregator, Metric, MetricDefinition } from './metric.ts';

interface RecordedParameters {
  readonly name?: string;
  readonly label?: string;
  readonly unit?: 'ratio' | 'points' | 'score';
  readonly direction?: 'higher' | 'lower' | 'neutral';
}

export const recorded: MetricDefinition = {
  id: 'recorded',
  title: 'Recorded score',
  description: 'Mean of a number that another tool recorded with each answer. Imported runs are scored by it.',
  formula: 'sum of the recorded scores ÷ answers that have one',
  source: 'The other tool’s own definition, which its label names; the interval is ours.',
  kind: 'quality',
  unit: 'score',
  direction: 'higher',
  figures: ['recorded'],
  streams: false,
  create: createRecorded,
};

function createRecorded({ name, label, unit = 'score', direction = 'higher' }: RecordedParameters): Metric {
  const id = name ?? 'recorded';
  const shape = { label: label ?? id, kind: 'quality', unit, direction } as const;
  return {
    id,
    name: 'recorded',
    ...shape,
    figures: [id],
    score: ({ scores }) => scores?.[id],
    ...(direction === 'higher' ? { right: { isRight: (score: number) => score >= 1, binary: false } } : {}),
    startAggregate: () => startRecorded(id, { metric: id, ...shape }),
  };
}

function startRecorded(
  id: string,
  shape: Pick<MetricValue, 'metric' | 'label' | 'kind' | 'unit' | 'direction'>,
): Aggregator {
  const collected = startClustered();
  let rows = 0;
  let scored = 0;
  return {
    add({ scores, row }) {
      const score = scores?.[id];
      if (score !== undefined) {
        scored += 1;
        collected.add(row ?? -1 - rows, score);
      }
      rows += 1;
    },
    values({ confidence }) {
      const { n, point, low, high, method } = collected.summary(confidence);
      if (point === undefined) return [{ ...shape, n, value: null, note: 'No answer carries this score.' }];
      const bounds = low === undefined || high === undefined ? {} : { low, high, confidence, method };
      const note = scored < rows ? { note: `${rows - scored} of ${rows} answers carry no such score.` } : {};
      return [{ ...shape, n, value: point, ...bounds, ...note }];
    },
  };
}
