import { WorkbenchError } from '../../base/errors.ts';
import { largestAt, type Breather } from './training.ts';
import type { SparseRows } from './vectorizer.ts';

/** What AdaGrad's sums of squared gradients start from: the first steps are plain gradient steps, later ones shrink. */
const squaresAtStart = 1;
/** Labels whose probability is this close to the truth are left as they are for the row. */
const smallestError = 0.002;
/** The bias takes steps this much smaller than the weights': it sees every row. */
const biasShare = 10;
/** Weights and their AdaGrad sums stay under half a gigabyte. */
export const mostWeights = 2 ** 26;

/** Weights of column c and label l lie at c · labels + l, so that one entry's weights share a cache line. */
export interface LinearWeights {
  readonly weights: Float32Array;
  readonly bias: Float64Array;
}

/** Weights with AdaGrad's sums of squared gradients: all that training needs to go on. */
export interface LinearParameters extends LinearWeights {
  readonly weightSquares: Float32Array;
  readonly biasSquares: Float64Array;
}

/** Rows as training sees them. */
export interface LinearRows {
  readonly vectors: SparseRows;
  /** For each row, the position of its label. */
  readonly targets: Int32Array;
  /** For each row, the factor on its gradient; absent: 1. */
  readonly rowWeights?: Float64Array;
}

/** How large the steps are and how weights decay. */
export interface LinearSteps {
  readonly learningRate: number;
  /** Share of every weight (not of the bias) that each row's step takes away; taken together after an epoch. */
  readonly l2: number;
}

/** All zero. Throws `model-unsuitable` where there would be too many. */
export function createParameters(width: number, labels: number): LinearParameters {
  if (width * labels > mostWeights) {
    throw new WorkbenchError('model-unsuitable', `embedded:linear cannot learn ${labels} different targets.`, {
      remedy: 'It classifies: use it where targets are a few categories, and leave it out where they are free text.',
    });
  }
  return continueFrom({ weights: new Float32Array(width * labels), bias: new Float64Array(labels) });
}

/** Training that starts from given weights, which it changes; AdaGrad starts anew. */
export function continueFrom({ weights, bias }: LinearWeights): LinearParameters {
  return {
    weights,
    bias,
    weightSquares: new Float32Array(weights.length).fill(squaresAtStart),
    biasSquares: new Float64Array(bias.length).fill(squaresAtStart),
  };
}

/**
 * One pass over the rows in the given order: multinomial logistic regression by AdaGrad (Duchi, Hazan and Singer 2011), one row at a
 * time, then the decoupled decay of all weights by (1 − l2)^rows (after Loshchilov and Hutter 2019).
 */
export async function runEpoch(
  rows: LinearRows,
  order: Int32Array,
  parameters: LinearParameters,
  steps: LinearSteps,
  breather: Breather,
): Promise<void> {
  const { vectors, targets, rowWeights } = rows;
  const scores = new Float64Array(parameters.bias.length);
  for (const row of order) {
    const start = vectors.starts[row]!;
    const end = vectors.starts[row + 1]!;
    computeScores(scores, parameters, vectors.columns, vectors.values, start, end);
    toProbabilities(scores);
    scores[targets[row]!]! -= 1;
    applyGradient(scores, parameters, vectors, start, end, steps.learningRate, rowWeights?.[row] ?? 1);
    const wait = breather.spend((end - start) * scores.length * 3);
    if (wait) await wait;
  }
  if (steps.l2 > 0) decay(parameters.weights, (1 - steps.l2) ** order.length);
}

function decay(weights: Float32Array, factor: number): void {
  for (let index = 0; index < weights.length; index++) weights[index]! *= factor;
}

/** Mean cross-entropy in nats a row, each row counting once whatever its weight; NaN for no rows. */
export async function measureLoss(rows: LinearRows, parameters: LinearWeights, breather: Breather): Promise<number> {
  const { vectors, targets } = rows;
  const scores = new Float64Array(parameters.bias.length);
  let sum = 0;
  for (let row = 0; row < targets.length; row++) {
    const start = vectors.starts[row]!;
    const end = vectors.starts[row + 1]!;
    computeScores(scores, parameters, vectors.columns, vectors.values, start, end);
    const target = scores[targets[row]!]!;
    sum += toProbabilities(scores) - target;
    const wait = breather.spend((end - start) * scores.length);
    if (wait) await wait;
  }
  return sum / targets.length;
}

/** For each row, the position of its most likely label. */
export async function answerRows(
  vectors: SparseRows,
  parameters: LinearWeights,
  breather: Breather,
): Promise<Int32Array> {
  const scores = new Float64Array(parameters.bias.length);
  const answers = new Int32Array(vectors.starts.length - 1);
  for (let row = 0; row < answers.length; row++) {
    const start = vectors.starts[row]!;
    const end = vectors.starts[row + 1]!;
    computeScores(scores, parameters, vectors.columns, vectors.values, start, end);
    answers[row] = largestAt(scores);
    const wait = breather.spend((end - start) * scores.length);
    if (wait) await wait;
  }
  return answers;
}

/** One score a label for the sparse vector at `start` … `end` − 1: bias plus weighted values, before softmax. */
export function computeScores(
  scores: Float64Array,
  { weights, bias }: LinearWeights,
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

/** `errors` are probabilities minus the truth: the gradient of the row's cross-entropy with respect to its scores. */
function applyGradient(
  errors: Float64Array,
  parameters: LinearParameters,
  vectors: SparseRows,
  start: number,
  end: number,
  learningRate: number,
  rowWeight: number,
): void {
  const { weights, weightSquares, bias, biasSquares } = parameters;
  const biasRate = learningRate / biasShare;
  const labels = errors.length;
  for (let label = 0; label < labels; label++) {
    if (Math.abs(errors[label]!) < smallestError) continue;
    const error = errors[label]! * rowWeight;
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
