import { createRandom, shuffle } from '../../statistics/random.ts';
import type { Classifier, ClassifierKind, TrainingStep } from './classifier.ts';
import {
  computeScores,
  createParameters,
  measureLoss,
  runEpoch,
  type LinearRows,
  type LinearWeights,
} from './linear-math.ts';
import { collectTrainingSet, createBreather, largestAt } from './training.ts';
import { learnVectorizer, vectorizeRows, type Vectorizer } from './vectorizer.ts';

const epochs = 25;
const steps = { learningRate: 0.5, l2: 0 };

/**
 * Multinomial logistic regression over hashed words, word pairs and character runs, fitted by AdaGrad (Duchi, Hazan and Singer 2011)
 * one row at a time in a seeded order. The learning curve is the mean cross-entropy of the training rows after each epoch.
 * One stream of random numbers orders all epochs; a tuning job, which must be able to go on after any of them, draws each order anew.
 */
export const linearKind: ClassifierKind = {
  id: 'linear',
  title: 'Linear',
  description:
    'A linear classifier over words and character runs, trained on the training split in seconds. Often hard to beat on short texts: a paid model should.',
  version: 1,
  async train(rows, options, signal) {
    signal.throwIfAborted();
    const { labels, targets } = collectTrainingSet('linear', rows);
    const breather = createBreather(options.pause, signal);
    const vectorizer = await learnVectorizer(rows, breather);
    const trained: LinearRows = { vectors: await vectorizeRows(rows, vectorizer, breather), targets };
    const parameters = createParameters(vectorizer.width, labels.length);
    const random = createRandom(options.seed);
    const learningCurve: TrainingStep[] = [];
    for (let step = 1; step <= epochs; step++) {
      const order = Int32Array.from(targets, (_, row) => row);
      shuffle(order, random);
      await runEpoch(trained, order, parameters, steps, breather);
      const point = { step, steps: epochs, loss: await measureLoss(trained, parameters, breather) };
      learningCurve.push(point);
      options.onStep?.(point);
      await options.pause();
      signal.throwIfAborted();
    }
    return createLinearClassifier(labels, vectorizer, parameters, learningCurve);
  },
};

/** A classifier over weights that lie column by column, a label after the other. */
export function createLinearClassifier(
  labels: readonly string[],
  vectorizer: Vectorizer,
  weights: LinearWeights,
  learningCurve: readonly TrainingStep[],
): Classifier {
  const scores = new Float64Array(labels.length);
  const worths = new Float64Array(labels.length);
  return {
    labels,
    learningCurve,
    classify(text) {
      const length = vectorizer.fill(text);
      computeScores(scores, weights, vectorizer.columns, vectorizer.values, 0, length);
      return labels[largestAt(scores)]!;
    },
    worths() {
      const highest = scores[largestAt(scores)]!;
      for (let label = 0; label < labels.length; label++) worths[label] = Math.exp(scores[label]! - highest);
      return worths;
    },
  };
}
