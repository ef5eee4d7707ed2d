import type { MetricValue } from '../../schemas/generated/messages.ts';
import { computeClassFigure, createClassCounts, type Average, type ClassFigure } from './class-figures.ts';
import { computeClassInterval, sumCells } from './class-interval.ts';
import { countConfusion } from './confusion.ts';
import type { Aggregator, Metric, MetricDefinition } from './metric.ts';

const titles: Readonly<Record<ClassFigure, string>> = { precision: 'Precision', recall: 'Recall', f1: 'F1' };

export const precision = defineClassMetric(
  'precision',
  'Of the answers that name a class, the share that is right, averaged over the classes.',
  'for each class: right ÷ answered with it',
);
export const recall = defineClassMetric(
  'recall',
  'Of the rows of a class, the share that is answered right, averaged over the classes.',
  'for each class: right ÷ rows of it',
);
export const f1 = defineClassMetric(
  'f1',
  'Harmonic mean of precision and recall, averaged over the classes.',
  'for each class: 2 · right ÷ (answered with it + rows of it)',
);

function defineClassMetric(id: ClassFigure, description: string, formula: string): MetricDefinition {
  return {
    id,
    title: titles[id],
    description: `${description} An answer that is no label counts as missed for its target's class and for no other.`,
    formula: `${formula}; macro: mean over classes; weighted: mean by rows of each; micro: over all rows together`,
    source:
      'scikit-learn precision_recall_fscore_support with labels = the targets seen and zero_division=0, over labels trimmed and lower-cased.',
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: [id],
    streams: false,
    create: parameters => createClassMetric(id, readAverage(parameters)),
  };
}

function readAverage({ average }: Readonly<Record<string, unknown>>): Average {
  return average === 'micro' || average === 'weighted' ? average : 'macro';
}

function createClassMetric(id: ClassFigure, average: Average): Metric {
  const label = `${titles[id]} (${average})`;
  return {
    id,
    name: id,
    label,
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: [id],
    startAggregate: () => startClassAggregate(id, label, average),
  };
}

function startClassAggregate(id: ClassFigure, label: string, average: Average): Aggregator {
  const confusion = countConfusion();
  const point = (): number | undefined => {
    const cells = confusion.cells();
    const counts = Float64Array.from(cells, cell => cell.count);
    return computeClassFigure(id, average, sumCells(cells, counts, createClassCounts(confusion.labels)));
  };
  return {
    add: ({ target, output }) => confusion.add(target, output),
    point,
    values(options) {
      const { n, labels } = confusion;
      const base = {
        metric: id,
        label,
        kind: 'quality',
        unit: 'ratio',
        direction: 'higher',
        n,
      } satisfies Partial<MetricValue>;
      const value = point();
      const interval = computeClassInterval(id, average, confusion.cells(), labels, options);
      if (value === undefined || !interval) return [{ ...base, value: null, note: 'No sample was answered.' }];
      return [{ ...base, value, ...interval, confidence: options.confidence }];
    },
    confusion: () => confusion.matrix(),
  };
}
