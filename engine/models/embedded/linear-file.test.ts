import assert from 'node:assert/strict';
import { WorkbenchError } from '../../base/errors.ts';
import { readSafetensors, writeSafetensors, type Tensor } from '../safetensors.ts';
import {
  loadLinearClassifier,
  readLinearFile,
  readTrainingState,
  writeLinearFile,
  writeTrainingState,
  type LinearFile,
  type LinearTrainingState,
} from './linear-file.ts';
import { createParameters, runEpoch } from './linear-math.ts';
import { createLinearClassifier } from './linear.ts';
import { createVectorizer, learnVectorizer, vectorizeRows } from './vectorizer.ts';

const breather = { spend: () => undefined };
const rows = [
  { text: 'the invoice is wrong', label: 'billing' },
  { text: 'refund the invoice', label: 'billing' },
  { text: 'password refused', label: 'login "quoted" ä' },
  { text: 'locked out, forgot the password', label: 'login "quoted" ä' },
];
const labels = ['billing', 'login "quoted" ä'];

async function trainState(): Promise<LinearTrainingState> {
  const vectorizer = await learnVectorizer(rows, breather);
  const vectors = await vectorizeRows(rows, vectorizer, breather);
  const parameters = createParameters(vectorizer.width, 2);
  await runEpoch(
    { vectors, targets: Int32Array.of(0, 0, 1, 1) },
    Int32Array.of(2, 0, 3, 1),
    parameters,
    { learningRate: 0.5, l2: 0 },
    breather,
  );
  return { ...parameters, labels, tables: vectorizer.tables, epoch: 1, trainingDigest: 'd1' };
}

async function trainFile(): Promise<LinearFile> {
  const { tables, weights, bias } = await trainState();
  return { labels, tables, weights, bias, hyperparameters: { epochs: 1, learningRate: 0.5, method: 'full' } };
}

describe('the linear model’s files', () => {
  it('hold a classifier that answers as the one in memory', async () => {
    const file = await trainFile();
    const bytes = writeLinearFile(file);
    assert.deepEqual(readLinearFile(Buffer.from(bytes), 'it'), file);
    const loaded = loadLinearClassifier(bytes, 'it');
    const made = createLinearClassifier(labels, createVectorizer(file.tables), file, []);
    assert.deepEqual(loaded.labels, labels);
    for (const text of [...rows.map(row => row.text), '', 'something else', 'invoice password']) {
      assert.equal(loaded.classify(text), made.classify(text));
    }
    assert.equal(loaded.classify('a refund'), 'billing');
  });

  it('are the same bytes for the same content', async () => {
    assert.deepEqual(writeLinearFile(await trainFile()), writeLinearFile(await trainFile()));
  });

  it('hold all that training needs to go on', async () => {
    const state = await trainState();
    assert.deepEqual(readTrainingState(Buffer.from(writeTrainingState(state)), 'it'), state);
  });

  it('are not taken for one another', async () => {
    assert.throws(() => readLinearFile(writeTrainingState(state), 'it'), /format is not aiwb\.linear\.1/);
    assert.throws(() => readTrainingState(weights, 'it'), /format is not aiwb\.linear\.state\.1/);
  });

  let state: LinearTrainingState;
  let weights: Uint8Array;
  before(async () => {
    state = await trainState();
    weights = writeLinearFile(await trainFile());
  });

  /** The weights file with some tensors and metadata replaced, or (undefined) left out. */
  function alter(
    tensors: (file: LinearFile) => Record<string, Tensor | undefined>,
    metadata: Record<string, string | undefined> = {},
  ): Uint8Array {
    const content = readSafetensors(weights, 'it');
    const replaced = { ...Object.fromEntries(content.tensors), ...tensors(readLinearFile(weights, 'it')) };
    const texts = { ...Object.fromEntries(content.metadata), ...metadata };
    return writeSafetensors({
      tensors: new Map(Object.entries(replaced).filter((pair): pair is [string, Tensor] => pair[1] !== undefined)),
      metadata: new Map(Object.entries(texts).filter((pair): pair is [string, string] => pair[1] !== undefined)),
    });
  }
  const same = () => ({});
  const changed = <T extends Tensor['data']>(data: T, at: number, value: number): T => {
    const copy = data.slice() as T;
    copy[at] = value;
    return copy;
  };

  const hostile: readonly (readonly [what: string, make: () => Uint8Array, why: RegExp])[] = [
    [
      'no tensors',
      () =>
        writeSafetensors({
          tensors: new Map(),
          metadata: new Map([
            ['format', 'aiwb.linear.1'],
            ['labels', '["a"]'],
            ['hyperparameters', '{}'],
          ]),
        }),
      /no tensor "buckets"/,
    ],
    ['no weights', () => alter(() => ({ weights: undefined })), /no tensor "weights"/],
    [
      'weights of another type',
      () => alter(({ bias }) => ({ weights: { shape: [2], data: bias } })),
      /no tensor "weights" of the right type/,
    ],
    [
      'weights of another shape',
      () => alter(file => ({ weights: { shape: [file.weights.length], data: file.weights } })),
      /"weights" has the shape/,
    ],
    [
      'weights turned over',
      () => alter(file => ({ weights: { shape: [2, file.tables.buckets.length], data: file.weights } })),
      /"weights" has the shape 2 × /,
    ],
    [
      'a weight that is no number',
      () =>
        alter(file => ({
          weights: { shape: [file.tables.buckets.length, 2], data: changed(file.weights, 3, Number.NaN) },
        })),
      /"weights" holds no number/,
    ],
    [
      'an endless bias',
      () => alter(file => ({ bias: { shape: [2], data: changed(file.bias, 0, Number.POSITIVE_INFINITY) } })),
      /"bias" holds no number/,
    ],
    [
      'too short a bias',
      () => alter(() => ({ bias: { shape: [1], data: Float64Array.of(0) } })),
      /"bias" has the shape 1 and not 2/,
    ],
    [
      'a bucket there is not',
      () =>
        alter(({ tables }) => ({
          buckets: {
            shape: [tables.buckets.length],
            data: changed(tables.buckets, tables.buckets.length - 1, 1 << 18),
          },
        })),
      /buckets are not in order/,
    ],
    [
      'a negative bucket',
      () =>
        alter(({ tables }) => ({ buckets: { shape: [tables.buckets.length], data: changed(tables.buckets, 0, -1) } })),
      /buckets are not in order/,
    ],
    [
      'a bucket twice',
      () =>
        alter(({ tables }) => ({
          buckets: { shape: [tables.buckets.length], data: changed(tables.buckets, 1, tables.buckets[0]!) },
        })),
      /buckets are not in order/,
    ],
    [
      'a flag that is none',
      () => alter(({ tables }) => ({ isGram: { shape: [tables.isGram.length], data: changed(tables.isGram, 0, 2) } })),
      /more than 0 and 1/,
    ],
    [
      'a rarity that is no number',
      () =>
        alter(({ tables }) => ({
          rarity: { shape: [tables.rarity.length], data: changed(tables.rarity, 0, Number.NaN) },
        })),
      /"rarity" holds no number/,
    ],
    ['no labels', () => alter(same, { labels: undefined }), /labels are no list/],
    ['labels that are no texts', () => alter(same, { labels: '[1,2]' }), /labels are no list/],
    ['an empty list of labels', () => alter(same, { labels: '[]' }), /labels are no list/],
    ['a label twice', () => alter(same, { labels: '["a","a"]' }), /a label is there twice/],
    ['more labels than weights', () => alter(same, { labels: '["a","b","c"]' }), /has the shape/],
    [
      'hyperparameters that are no values',
      () => alter(same, { hyperparameters: '{"epochs":[1]}' }),
      /hyperparameter "epochs" is no value/,
    ],
    ['hyperparameters that are no JSON', () => alter(same, { hyperparameters: '{' }), /names no hyperparameters/],
  ];
  for (const [what, make, why] of hostile) {
    it(`with ${what} are refused`, () => {
      assert.throws(
        () => readLinearFile(make(), 'The file'),
        error => error instanceof WorkbenchError && error.code === 'file-invalid' && why.test(error.message),
      );
    });
  }

  it('with an epoch that is no number are refused as a state', () => {
    assert.throws(
      () => readTrainingState(writeTrainingState({ ...state, epoch: Number.NaN }), 'it'),
      /epoch is no number/,
    );
  });
});
