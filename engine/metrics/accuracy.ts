import { isSameLabel } from './labels.ts';
import type { MetricDefinition } from './metric.ts';
import { createShareMetric } from './share.ts';

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
  create: () => createShareMetric('accuracy', 'Accuracy', ({ output, target }) => isSameLabel(output, target)),
};
