import type { AspectPoint } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { createMetric } from '../metrics/catalogue.ts';
import type { Metric } from '../metrics/metric.ts';
import type { LabelledText } from '../datasets/labelled-text.ts';
import {
  readLinearFile,
  readTrainingState,
  writeLinearFile,
  writeTrainingState,
} from '../models/embedded/linear-file.ts';
import {
  answerRows,
  continueFrom,
  createParameters,
  measureLoss,
  runEpoch,
  type LinearParameters,
  type LinearRows,
} from '../models/embedded/linear-math.ts';
import { createBreather, type Breather } from '../models/embedded/training.ts';
import { createVectorizer, learnVectorizer, vectorizeRows, type Vectorizer } from '../models/embedded/vectorizer.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { Clock } from '../ports/clock.ts';
import { createRandom, shuffle } from '../statistics/random.ts';
import { inputsOf, type JobBundle, type JobEvent, type LearningInput } from './platform.ts';

export interface LinearJobPorts {
  readonly blobs: Blobs;
  readonly clock: Clock;
}

/** Where training stands: the model, and the epochs behind it. */
interface Position {
  readonly vectorizer: Vectorizer;
  readonly parameters: LinearParameters;
  readonly epoch: number;
}

/**
 * Trains the embedded linear model, one event an epoch, and saves the weights and the state to go on from in the blobs. Going on from a saved
 * state gives the same bits as never having stopped: an epoch's order of rows comes from the seed and the epoch's number alone.
 */
export async function* trainLinear(
  bundle: JobBundle,
  ports: LinearJobPorts,
  signal: AbortSignal,
): AsyncIterable<JobEvent> {
  const { clock } = ports;
  const { hyperparameters, evaluation, seed } = bundle;
  const breather = createBreather(() => clock.sleep(0, signal), signal);
  let since = clock.monotonic();
  const start = await openPosition(bundle, ports, breather);
  const { vectorizer, parameters } = start;
  const training = await prepareTraining(bundle, vectorizer, breather);
  const measures = await prepareMeasures(bundle, vectorizer, parameters, breather);
  const saveState = async (epoch: number): Promise<string> => {
    const { labels, trainingDigest } = bundle;
    const bytes = writeTrainingState({ labels, tables: vectorizer.tables, ...parameters, epoch, trainingDigest });
    return (await ports.blobs.put(bytes)).digest;
  };
  const pointOf = async (epoch: number, measured: boolean) => {
    const trainingLoss = await measureLoss(training, parameters, breather);
    const aspects: AspectPoint[] = [];
    for (const measure of measured ? measures : []) aspects.push(await measure());
    const now = clock.monotonic();
    const seconds = Math.max(0, now - since) / 1000;
    since = now;
    return { epoch, trainingLoss, seconds, aspects };
  };
  if (bundle.resume === undefined) {
    const point = await pointOf(0, true);
    yield { type: 'epoch', point, weights: undefined, stateDigest: await saveState(0) };
    since = clock.monotonic();
  }
  for (let epoch = start.epoch + 1; epoch <= hyperparameters.epochs; epoch++) {
    signal.throwIfAborted();
    await runEpoch(training, orderOfEpoch(training.targets.length, seed, epoch), parameters, hyperparameters, breather);
    const point = await pointOf(
      epoch,
      epoch % (evaluation.every.epochs ?? 1) === 0 || epoch === hyperparameters.epochs,
    );
    const { labels } = bundle;
    const file = writeLinearFile({
      labels,
      tables: vectorizer.tables,
      ...parameters,
      hyperparameters: settingsOf(bundle),
    });
    const weights = await ports.blobs.put(file);
    yield { type: 'epoch', point, weights, stateDigest: await saveState(epoch) };
    since = clock.monotonic();
  }
}

function settingsOf({ hyperparameters, seed, method }: JobBundle): Readonly<Record<string, number | string>> {
  const { epochs, learningRate, l2 } = hyperparameters;
  return { epochs, learningRate, l2, seed, method: method.name };
}

/** The order of an epoch's rows, from the seed and the epoch alone, so that every epoch can be the first of a resumed run. */
export function orderOfEpoch(rows: number, seed: number, epoch: number): Int32Array {
  const order = new Int32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  // Seeds have 32 bits; the epoch takes the ones above.
  shuffle(order, createRandom(seed + epoch * 2 ** 32));
  return order;
}

/** A saved state, the weights of an earlier model with its own vectorizer, or nothing learnt at all. */
async function openPosition(bundle: JobBundle, { blobs }: LinearJobPorts, breather: Breather): Promise<Position> {
  const { resume, base, labels } = bundle;
  const baseWeights = base.kind === 'embedded' ? base.weights : undefined;
  if (resume !== undefined) {
    const state = readTrainingState(await blobs.read(resume.stateDigest), `The state of run ${bundle.runId}`);
    if (state.trainingDigest !== bundle.trainingDigest) throw changed(bundle);
    return { vectorizer: createVectorizer(state.tables), parameters: state, epoch: state.epoch };
  }
  if (baseWeights !== undefined) {
    const base = readLinearFile(await blobs.read(baseWeights), `The base model of ${bundle.name}`);
    return { vectorizer: createVectorizer(base.tables), parameters: continueFrom(base), epoch: 0 };
  }
  const rows = inputsOf(bundle, 'train').flatMap(input => input.rows);
  const vectorizer = await learnVectorizer(rows, breather);
  return { vectorizer, parameters: createParameters(vectorizer.width, labels.length), epoch: 0 };
}

/** The training rows of all aspects, one after another, each with its aspect's weight. */
async function prepareTraining(bundle: JobBundle, vectorizer: Vectorizer, breather: Breather): Promise<LinearRows> {
  const inputs = inputsOf(bundle, 'train');
  const rows = inputs.flatMap(input => input.rows);
  const { vectors, targets } = await prepareRows(rows, bundle.labels, vectorizer, breather);
  if (inputs.every(({ weight }) => weight === 1)) return { vectors, targets };
  const rowWeights = new Float64Array(rows.length);
  let at = 0;
  for (const input of inputs) {
    rowWeights.fill(input.weight, at, at + input.rows.length);
    at += input.rows.length;
  }
  return { vectors, targets, rowWeights };
}

async function prepareRows(
  rows: readonly LabelledText[],
  labels: readonly string[],
  vectorizer: Vectorizer,
  breather: Breather,
): Promise<LinearRows> {
  const positions = new Map(labels.map((label, position) => [label, position]));
  const targets = Int32Array.from(rows, ({ label }) => {
    const position = positions.get(label);
    if (position === undefined) throw new Error(`The class ${label} is not among the model's.`);
    return position;
  });
  return { vectors: await vectorizeRows(rows, vectorizer, breather), targets };
}

/** One function for each aspect, which measures its validation rows with the weights as they are then. */
async function prepareMeasures(
  bundle: JobBundle,
  vectorizer: Vectorizer,
  parameters: LinearParameters,
  breather: Breather,
): Promise<readonly (() => Promise<AspectPoint>)[]> {
  const metrics = bundle.evaluation.metrics.map(entry => createMetric(entry));
  const measures: (() => Promise<AspectPoint>)[] = [];
  for (const input of inputsOf(bundle, 'validation')) {
    const rows = await prepareRows(input.rows, bundle.labels, vectorizer, breather);
    measures.push(async () => {
      const loss = await measureLoss(rows, parameters, breather);
      const answers = await answerRows(rows.vectors, parameters, breather);
      return {
        aspect: input.aspect,
        rows: input.rows.length,
        loss,
        scores: scoreAnswers(metrics, input, answers, bundle.labels),
      };
    });
  }
  return measures;
}

function scoreAnswers(
  metrics: readonly Metric[],
  { rows }: LearningInput,
  answers: Int32Array,
  labels: readonly string[],
): Record<string, number> {
  const scores: Record<string, number> = {};
  for (const metric of metrics) {
    const aggregate = metric.startAggregate();
    rows.forEach((row, index) => {
      aggregate.add({ output: labels[answers[index] ?? 0] ?? '', target: row.label });
    });
    const value = aggregate.point?.();
    if (value !== undefined) scores[metric.id] = value;
  }
  return scores;
}

function changed({ runId, name }: JobBundle): WorkbenchError {
  return new WorkbenchError(
    'run-changed',
    `Run ${runId} of ${name} cannot go on: what it trains on has changed since it began.`,
    {
      remedy: 'Restore the datasets as they were, or start a new run of the tuning job.',
    },
  );
}
