import { WorkbenchError } from '../../base/errors.ts';
import { createRandom, shuffle, type Random } from '../../statistics/random.ts';
import type { Classifier, ClassifierKind, TrainingStep } from './classifier.ts';
import { collectTrainingSet, createBreather, largestAt, type Breather, type TrainingSet } from './training.ts';
import { learnVectorizer, vectorizeRows, type SparseRows, type Vectorizer } from './vectorizer.ts';

const epochs = 25;
const learningRate = 0.5;
const biasRate = 0.05;
/** What AdaGrad's sums of squared gradients start from: the first steps are plain gradient steps, later ones shrink. */
const squaresAtStart = 1;
/** Labels whose probability is this close to the truth are left as they are for the row. */
const smallestError = 0.002;
/** Weights and their AdaGrad sums stay under half a gigabyte. */
const mostWeights = 2 ** 26;

/** Weights of column c and label l lie at c · labels + l, so that one entry's weights share a cache line. */
interface Parameters {
  readonly weights: Float32Array;
  readonly weightSquares: Float32Array;
  readonly bias: Float64Array;
  readonly biasSquares: Float64Array;
}

/**
 * Multinomial logistic regression over hashed words, word pairs and character runs, fitted by AdaGrad (Duchi, Hazan and Singer 2011)
 * one row at a time in a seeded order. The learning curve is the mean cross-entropy of the training rows after each epoch.
 */
export const linearKind: ClassifierKind = {
  id: 'linear',
  title: 'Linear',
  description:
    'A linear classifier over words and character runs, trained on the training split in seconds. Often hard to beat on short texts: a paid model should.',
  version: 1,
  async train(rows, options, signal) {
    signal.throwIfAborted();
    const set = collectTrainingSet('linear', rows);
    const breather = createBreather(options.pause, signal);
    const vectorizer = await learnVectorizer(rows, breather);
    const vectors = await vectorizeRows(rows, vectorizer, breather);
    const parameters = createParameters(vectorizer.width, set.labels.length);
    const random = createRandom(options.seed);
    const learningCurve: TrainingStep[] = [];
    for (let step = 1; step <= epochs; step++) {
      await runEpoch(vectors, set, parameters, random, breather);
      const point = { step, steps: epochs, loss: await measureLoss(vectors, set, parameters, breather) };
      learningCurve.push(point);
      options.onStep?.(point);
      await options.pause();
      signal.throwIfAborted();
    }
    return createClassifier(set, vectorizer, parameters, learningCurve);
  },
};

function createParameters(width: number, labels: number): Parameters {
  if (width * labels > mostWeights) {
    throw new WorkbenchError('model-unsuitable', `embedded:linear cannot learn ${labels} different targets.`, {
      remedy: 'It classifies: use it where targets are a few categories, and leave it out where they are free text.',
    });
  }
  return {
    weights: new Float32Array(width * labels),
    weightSquares: new Float32Array(width * labels).fill(squaresAtStart),
    bias: new Float64Array(labels),
    biasSquares: new Float64Array(labels).fill(squaresAtStart),
  };
}

async function runEpoch(
  vectors: SparseRows,
  set: TrainingSet,
  parameters: Parameters,
  random: Random,
  breather: Breather,
): Promise<void> {
  const order = Int32Array.from(set.targets, (_, row) => row);
  shuffle(order, random);
  const scores = new Float64Array(set.labels.length);
  for (const row of order) {
    const start = vectors.starts[row]!;
    const end = vectors.starts[row + 1]!;
    computeScores(scores, parameters, vectors.columns, vectors.values, start, end);
    toProbabilities(scores);
    scores[set.targets[row]!]! -= 1;
    applyGradient(scores, parameters, vectors, start, end);
    const wait = breather.spend((end - start) * scores.length * 3);
    if (wait) await wait;
  }
}

/** Mean cross-entropy in nats a row. */
async function measureLoss(
  vectors: SparseRows,
  set: TrainingSet,
  parameters: Parameters,
  breather: Breather,
): Promise<number> {
  const scores = new Float64Array(set.labels.length);
  let sum = 0;
  for (let row = 0; row < set.targets.length; row++) {
    const start = vectors.starts[row]!;
    const end = vectors.starts[row + 1]!;
    computeScores(scores, parameters, vectors.columns, vectors.values, start, end);
    const target = scores[set.targets[row]!]!;
    sum += toProbabilities(scores) - target;
    const wait = breather.spend((end - start) * scores.length);
    if (wait) await wait;
  }
  return sum / set.targets.length;
}

function computeScores(
  scores: Float64Array,
  { weights, bias }: Parameters,
  columns: Int32Array,
  values: Float32Array,
  start: number,
  end: number,
): void {
  const labels = scores.length;
  scores.set(bias);
  for (let entry = start; entry < end; entry++) {
    const value = values[entry]!;
    const offset = columns[entry]! * labels;
    for (let label = 0; label < labels; label++) scores[label]! += value * weights[offset + label]!;
  }
}

/** Softmax in place; gives the logarithm of the sum of exponentials. */
function toProbabilities(scores: Float64Array): number {
  const largest = scores[largestAt(scores)]!;
  let sum = 0;
  for (let label = 0; label < scores.length; label++) sum += scores[label] = Math.exp(scores[label]! - largest);
  for (let label = 0; label < scores.length; label++) scores[label]! /= sum;
  return largest + Math.log(sum);
}

function applyGradient(
  errors: Float64Array,
  parameters: Parameters,
  vectors: SparseRows,
  start: number,
  end: number,
): void {
  const { weights, weightSquares, bias, biasSquares } = parameters;
  const labels = errors.length;
  for (let label = 0; label < labels; label++) {
    const error = errors[label]!;
    if (Math.abs(error) < smallestError) continue;
    for (let entry = start; entry < end; entry++) {
      const gradient = vectors.values[entry]! * error;
      const at = vectors.columns[entry]! * labels + label;
      const squares = weightSquares[at]! + gradient * gradient;
      weightSquares[at] = squares;
      weights[at]! -= (learningRate * gradient) / Math.sqrt(squares);
    }
    biasSquares[label]! += error * error;
    bias[label]! -= (biasRate * error) / Math.sqrt(biasSquares[label]!);
  }
}

function createClassifier(
  { labels }: TrainingSet,
  vectorizer: Vectorizer,
  parameters: Parameters,
  learningCurve: readonly TrainingStep[],
): Classifier {
  const scores = new Float64Array(labels.length);
  return {
    labels,
    learningCurve,
    classify(text) {
      const length = vectorizer.fill(text);
      computeScores(scores, parameters, vectorizer.columns, vectorizer.values, 0, length);
      return labels[largestAt(scores)]!;
    },
  };
}
