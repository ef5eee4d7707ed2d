import { WorkbenchError } from '../../base/errors.ts';
import { readSafetensors, writeSafetensors, type Safetensors, type Tensor, type TensorData } from '../safetensors.ts';
import type { Classifier } from './classifier.ts';
import { bucketCount } from './features.ts';
import { createLinearClassifier } from './linear.ts';
import { mostWeights, type LinearParameters, type LinearWeights } from './linear-math.ts';
import { createVectorizer, type VectorizerTables } from './vectorizer.ts';

/** A linear classifier as its weights file holds it: the vectorizer, the weights and how it was trained. */
export interface LinearFile extends LinearWeights {
  /** In the order of the weights. */
  readonly labels: readonly string[];
  readonly tables: VectorizerTables;
  readonly hyperparameters: Readonly<Record<string, number | string | boolean>>;
}

/** Everything training needs to go on after an epoch. */
export interface LinearTrainingState extends LinearParameters {
  readonly labels: readonly string[];
  readonly tables: VectorizerTables;
  /** Epochs that ended; 0 before training. */
  readonly epoch: number;
  /** SHA-256 over what is trained on and how: a state goes on only where it is the same. */
  readonly trainingDigest: string;
}

const weightsFormat = 'aiwb.linear.1';
const stateFormat = 'aiwb.linear.state.1';

/** The weights file: safetensors, the same bytes for the same content. Its SHA-256 names the weights. */
export function writeLinearFile(file: LinearFile): Uint8Array {
  return writeSafetensors({
    tensors: tensorsOf(file),
    metadata: new Map([
      ['format', weightsFormat],
      ['labels', JSON.stringify(file.labels)],
      ['hyperparameters', JSON.stringify(file.hyperparameters)],
    ]),
  });
}

/** Reads untrusted bytes; throws `file-invalid`. `what` names them in messages. */
export function readLinearFile(bytes: Uint8Array, what: string): LinearFile {
  const content = readSafetensors(bytes, what);
  const read = createReader(content, what, weightsFormat);
  return { ...read.common(), hyperparameters: read.hyperparameters() };
}

/** A classifier from its weights file. Throws `file-invalid`; `what` names the file in messages. */
export function loadLinearClassifier(bytes: Uint8Array, what: string): Classifier {
  const { labels, tables, weights, bias } = readLinearFile(bytes, what);
  return createLinearClassifier(labels, createVectorizer(tables), { weights, bias }, []);
}

export function writeTrainingState(state: LinearTrainingState): Uint8Array {
  const { weightSquares, biasSquares, labels } = state;
  const width = state.tables.buckets.length;
  return writeSafetensors({
    tensors: new Map([
      ...tensorsOf(state),
      ['weightSquares', { shape: [width, labels.length], data: weightSquares }],
      ['biasSquares', { shape: [labels.length], data: biasSquares }],
    ]),
    metadata: new Map([
      ['format', stateFormat],
      ['labels', JSON.stringify(labels)],
      ['epoch', String(state.epoch)],
      ['trainingDigest', state.trainingDigest],
    ]),
  });
}

export function readTrainingState(bytes: Uint8Array, what: string): LinearTrainingState {
  const content = readSafetensors(bytes, what);
  const read = createReader(content, what, stateFormat);
  const common = read.common();
  const width = common.tables.buckets.length;
  const labels = common.labels.length;
  const epoch = Number(content.metadata.get('epoch'));
  if (!Number.isSafeInteger(epoch) || epoch < 0) return read.fail('its epoch is no number');
  return {
    ...common,
    weightSquares: read.finite('weightSquares', Float32Array, [width, labels]),
    biasSquares: read.finite('biasSquares', Float64Array, [labels]),
    epoch,
    trainingDigest: content.metadata.get('trainingDigest') ?? '',
  };
}

function tensorsOf({
  labels,
  tables,
  weights,
  bias,
}: Omit<LinearFile, 'hyperparameters'>): ReadonlyMap<string, Tensor> {
  const width = tables.buckets.length;
  return new Map<string, Tensor>([
    ['buckets', { shape: [width], data: tables.buckets }],
    ['rarity', { shape: [width], data: tables.rarity }],
    ['isGram', { shape: [width], data: tables.isGram }],
    ['weights', { shape: [width, labels.length], data: weights }],
    ['bias', { shape: [labels.length], data: bias }],
  ]);
}

/** Checks of one file's parts, all of which throw. */
function createReader({ tensors, metadata }: Safetensors, what: string, format: string) {
  const fail = (why: string): never => {
    throw new WorkbenchError('file-invalid', `${what} is no linear classifier: ${why}.`, {
      remedy: 'Use weights that a tuning job of the workbench wrote.',
    });
  };
  if (metadata.get('format') !== format) fail(`its format is not ${format}`);

  function tensor<T extends TensorData>(name: string, type: { new (length: number): T }, shape: readonly number[]): T {
    const found = tensors.get(name);
    if (!(found?.data instanceof type)) return fail(`it has no tensor "${name}" of the right type`);
    if (found.shape.length !== shape.length || shape.some((length, index) => found.shape[index] !== length))
      return fail(`"${name}" has the shape ${found.shape.join(' × ')} and not ${shape.join(' × ')}`);
    return found.data;
  }

  function finite<T extends Float32Array | Float64Array>(
    name: string,
    type: { new (length: number): T },
    shape: readonly number[],
  ): T {
    const data = tensor(name, type, shape);
    for (let index = 0; index < data.length; index++)
      if (!Number.isFinite(data[index])) fail(`"${name}" holds no number`);
    return data;
  }

  function labels(): readonly string[] {
    const found = parseJson(metadata.get('labels'));
    if (!Array.isArray(found) || found.length === 0 || !found.every(label => typeof label === 'string'))
      return fail('its labels are no list of texts');
    if (new Set(found).size !== found.length) return fail('a label is there twice');
    return found;
  }

  function tables(): VectorizerTables {
    const width = tensors.get('buckets')?.data.length ?? 0;
    const buckets = tensor('buckets', Int32Array, [width]);
    let previous = -1;
    for (const bucket of buckets) {
      if (bucket <= previous || bucket >= bucketCount) fail('its buckets are not in order');
      previous = bucket;
    }
    const isGram = tensor('isGram', Uint8Array, [width]);
    if (isGram.some(flag => flag > 1)) fail('"isGram" holds more than 0 and 1');
    return { buckets, rarity: finite('rarity', Float64Array, [width]), isGram };
  }

  return {
    fail,
    finite,
    common() {
      const names = labels();
      const vectorizer = tables();
      const width = vectorizer.buckets.length;
      if (width * names.length > mostWeights) fail('it has too many weights');
      return {
        labels: names,
        tables: vectorizer,
        weights: finite('weights', Float32Array, [width, names.length]),
        bias: finite('bias', Float64Array, [names.length]),
      };
    },
    hyperparameters(): LinearFile['hyperparameters'] {
      const found = parseJson(metadata.get('hyperparameters'));
      if (typeof found !== 'object' || found === null || Array.isArray(found))
        return fail('it names no hyperparameters');
      const values = new Map<string, number | string | boolean>();
      for (const [key, value] of Object.entries(found) as [string, unknown][]) {
        if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'boolean')
          return fail(`its hyperparameter "${key}" is no value`);
        values.set(key, value);
      }
      return Object.fromEntries(values);
    },
  };
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    // The caller says what is missing.
    return undefined;
  }
}
