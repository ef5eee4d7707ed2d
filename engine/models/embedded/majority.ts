import type { ClassifierKind } from './classifier.ts';
import { collectTrainingSet } from './training.ts';

/** Always answers the most frequent label of the training rows. */
export const majorityKind: ClassifierKind = {
  id: 'majority',
  title: 'Majority',
  description:
    'Always answers the most frequent label of the training split. A model that does not beat it has learned nothing from the input.',
  version: 1,
  async train(rows, _options, signal) {
    signal.throwIfAborted();
    const { labels, majority } = collectTrainingSet('majority', rows);
    const answer = labels[majority]!;
    return { labels, learningCurve: [], classify: () => answer };
  },
};
