import type { AccuracyParameters } from '../../schemas/generated/files.ts';
import { comparePart } from './extract.ts';
import { identify } from './identity.ts';
import { isSameLabel } from './labels.ts';
import type { MetricDefinition } from './metric.ts';
import { createShareMetric } from './score-metric.ts';
import { fitsAny } from './targets.ts';

export const accuracy: MetricDefinition = {
  id: 'accuracy',
  title: 'Accuracy',
  description: 'Share of answers that name the right label. White space around the label and its case do not matter.',
  formula: 'answers that name their target ÷ answers',
  source:
    'Share of right answers as in scikit-learn accuracy_score, over labels trimmed and lower-cased on both sides.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['accuracy'],
  streams: false,
  create(parameters) {
    const { extract, severalTargets } = parameters as AccuracyParameters;
    const isRight = comparePart(extract, fitsAny(isSameLabel, severalTargets));
    return createShareMetric(identify('accuracy', 'Accuracy', parameters), ({ output, target }) =>
      isRight(output, target),
    );
  },
};
