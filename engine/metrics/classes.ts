import type { AverageParameters } from '../../schemas/generated/files.ts';
import { startClassAggregate } from './class-aggregate.ts';
import type { Average, ClassFigure, MatrixFigure } from './class-figures.ts';
import { createExtractor } from './extract.ts';
import { identify } from './identity.ts';
import { isSameLabel } from './labels.ts';
import type { CorpusStatistics, Metric, MetricDefinition, Observation } from './metric.ts';
import { shareRange } from './range.ts';

type Figure = ClassFigure | MatrixFigure;

const titles: Readonly<Record<Figure, string>> = {
  precision: 'Precision',
  recall: 'Recall',
  f1: 'F1',
  'balanced-accuracy': 'Balanced accuracy',
  mcc: 'Matthews correlation',
};

const averages = 'macro: mean over classes; weighted: mean by rows of each; micro: over all rows together';
const averageSource =
  'scikit-learn precision_recall_fscore_support with labels = the targets seen and zero_division=0, over labels trimmed and lower-cased; with `positive` as average="binary".';

export const precision = defineClassMetric(
  'precision',
  'Of the answers that name a class, the share that is right, averaged over the classes.',
  `for each class: right ÷ answered with it; ${averages}`,
  averageSource,
);
export const recall = defineClassMetric(
  'recall',
  'Of the rows of a class, the share that is answered right, averaged over the classes.',
  `for each class: right ÷ rows of it; ${averages}`,
  averageSource,
);
export const f1 = defineClassMetric(
  'f1',
  'Harmonic mean of precision and recall, averaged over the classes.',
  `for each class: 2 · right ÷ (answered with it + rows of it); ${averages}`,
  averageSource,
);
export const balancedAccuracy = defineClassMetric(
  'balanced-accuracy',
  'Mean over the classes of the share of their rows that is answered right: rare classes count as much as frequent ones.',
  'mean over classes of right ÷ rows of the class',
  'scikit-learn balanced_accuracy_score, over labels trimmed and lower-cased.',
);
export const mcc = defineClassMetric(
  'mcc',
  'Correlation of answers and targets: 1 all right, 0 no better than chance at the same frequencies, −1 all wrong.',
  '(c · n − Σ tₖ · aₖ) ÷ √((n² − Σ aₖ²) · (n² − Σ tₖ²)), with n rows, c right ones, and tₖ targets and aₖ answers of class k',
  'scikit-learn matthews_corrcoef (Gorodkin 2004), over labels trimmed and lower-cased; answers that are no label are one further class.',
);

function defineClassMetric(id: Figure, description: string, formula: string, source: string): MetricDefinition {
  return {
    id,
    title: titles[id],
    description:
      id === 'mcc'
        ? description
        : `${description} An answer that is no label counts as missed for its target's class and for no other.`,
    formula,
    source,
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: [id],
    streams: false,
    create: parameters => createClassMetric(id, parameters),
  };
}

function createClassMetric(figure: Figure, parameters: AverageParameters): Metric {
  const { positive } = parameters;
  const average: Average = parameters.average ?? 'macro';
  const find = createExtractor(parameters.extract);
  const identity = identify(figure, labelOf(figure, average, positive), { ...parameters });
  const answerOf = find === undefined ? ownOutput : ({ output }: Observation) => find(output) ?? noLabel;
  const corpus = sumClasses(figure, positive, answerOf);
  return {
    ...identity,
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: [identity.id],
    ranges: { [identity.id]: figure === 'mcc' ? { least: -1, most: 1 } : shareRange },
    ...(corpus === undefined ? {} : { corpus }),
    startAggregate: () => startClassAggregate({ figure, average, positive, identity, answerOf, corpus }),
  };
}

/** Stands for an answer without the part that is asked for; equal to no label. */
const noLabel = '\u0000';

function ownOutput({ output }: Observation): string {
  return output;
}

function labelOf(figure: Figure, average: Average, positive: string | undefined): string {
  if (figure === 'balanced-accuracy' || figure === 'mcc') return titles[figure];
  return `${titles[figure]} (${positive?.trim() ?? average})`;
}

/** Right, answered and true rows of the positive class. Averages need all classes first, which no single row knows. */
function sumClasses(
  figure: Figure,
  positive: string | undefined,
  answerOf: (observation: Observation) => string,
): CorpusStatistics | undefined {
  if (figure === 'balanced-accuracy' || figure === 'mcc' || positive === undefined) return undefined;
  return {
    of(observation) {
      const answered = isSameLabel(answerOf(observation), positive) ? 1 : 0;
      const support = isSameLabel(observation.target, positive) ? 1 : 0;
      return Float64Array.of(answered * support, answered, support);
    },
    figure([right = 0, answered = 0, support = 0]) {
      if (right === 0) return answered + support === 0 ? NaN : 0;
      if (figure === 'precision') return right / answered;
      return figure === 'recall' ? right / support : (2 * right) / (answered + support);
    },
  };
}
