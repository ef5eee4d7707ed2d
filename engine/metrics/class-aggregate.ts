import type { MetricValue } from '../../schemas/generated/messages.ts';
import { cutInterval, type Range } from '../statistics/estimate.ts';
import {
  computeClassFigure,
  createClassCounts,
  type Average,
  type ClassFigure,
  type MatrixFigure,
} from './class-figures.ts';
import { computeClassInterval, sumCells } from './class-interval.ts';
import { countConfusion } from './confusion.ts';
import { sumStatistics } from './corpus-figure.ts';
import { nothingAnswered, type FigureShape } from './figure.ts';
import type { Identity } from './identity.ts';
import { isSameLabel } from './labels.ts';
import type { Aggregator, CorpusStatistics, Observation } from './metric.ts';
import { shareRange } from './range.ts';
import { createSampleList } from './sample-list.ts';

interface ClassAggregateOptions {
  readonly figure: ClassFigure | MatrixFigure;
  readonly average: Average;
  readonly positive: string | undefined;
  readonly identity: Identity;
  readonly answerOf: (observation: Observation) => string;
  /** Of the positive class alone. */
  readonly corpus: CorpusStatistics | undefined;
}

/** More labels than this, with few rows each, are no classes but free text. */
const mostLabels = 200;
const fewestRowsALabel = 5;

/** A figure over the confusion matrix, with the matrix. */
export function startClassAggregate(options: ClassAggregateOptions): Aggregator {
  const { figure, average, positive, identity, answerOf, corpus } = options;
  const confusion = countConfusion();
  const right = createSampleList();
  const shape = {
    metric: identity.id,
    label: identity.label,
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
  } satisfies FigureShape;
  const binary =
    corpus === undefined || positive === undefined
      ? undefined
      : sumStatistics(shape, {
          corpus,
          width: 3,
          range: shareRange,
          trials: ([, answered = 0, support = 0]) =>
            figure === 'precision' ? answered : figure === 'recall' ? support : Math.max(answered, support),
          warn: ([, answered = 0, support = 0]) =>
            support === 0 && answered === 0 ? `No target is ${positive}.` : undefined,
        });
  const point = (): number | undefined => {
    const cells = confusion.cells();
    const counts = Float64Array.from(cells, cell => cell.count);
    return computeClassFigure(figure, average, sumCells(cells, counts, createClassCounts(confusion.labels)));
  };
  return {
    add(observation) {
      const answer = answerOf(observation);
      confusion.add(observation.target, answer);
      if (binary) binary.add(observation);
      else right.push(observation.row, isSameLabel(answer, observation.target) ? 1 : 0);
    },
    point: binary?.point ?? point,
    values(aggregate) {
      if (binary) return binary.values(aggregate);
      const { n, labels } = confusion;
      const value = point();
      const interval = computeClassInterval(figure, average, confusion.cells(), labels, aggregate);
      if (value === undefined || !interval) return [{ ...shape, n, value: null, note: nothingAnswered }];
      const range: Range = figure === 'mcc' ? { least: -1, most: 1 } : shareRange;
      const note = noteOnLabels(labels, n);
      return [
        {
          ...shape,
          n,
          value,
          ...widenForRepeats(value, interval, right.designEffect(aggregate.confidence), range),
          confidence: aggregate.confidence,
          ...(note === undefined ? {} : { note }),
        },
      ];
    },
    confusion: () => confusion.matrix(),
  };
}

type ClassInterval = NonNullable<ReturnType<typeof computeClassInterval>>;

/**
 * The interval as if the repeats of a row were no samples of their own: both sides are stretched by the root of the design effect of the share of
 * right answers (Kish 1965), which stands for that of the class figure.
 */
function widenForRepeats(
  value: number,
  { low, high, method }: ClassInterval,
  effect: number,
  range: Range,
): Partial<MetricValue> {
  if (effect <= 1) return { low, high, method };
  const stretch = Math.sqrt(effect);
  const bounds = cutInterval({ low: value - (value - low) * stretch, high: value + (high - value) * stretch }, range);
  return { ...bounds, method: `${method}, design effect ${effect.toFixed(2)}` };
}

function noteOnLabels(labels: number, n: number): string | undefined {
  if (labels <= mostLabels || n >= labels * fewestRowsALabel) return undefined;
  return `The ${n} targets are ${labels} different ones: they look like free text, for which figures over classes say little.`;
}
