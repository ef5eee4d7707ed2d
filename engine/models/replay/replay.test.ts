import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createFiles } from '../../../platform/files/files.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import type { RunRecord, SampleRecord, Store } from '../../ports/store.ts';
import type { Model, Question } from '../model.ts';
import { createReplayModel } from './model.ts';
import { readRecordedFile } from './read-file.ts';
import { readRecordedRun } from './read-run.ts';

const never = new AbortController().signal;
const digest = createDigest();

describe('replay of a file', () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-replay-'));
    file = path.join(folder, 'answers.jsonl');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function load(lines: readonly (object | string)[]): Promise<Model> {
    writeFileSync(file, lines.map(line => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
    const recorded = await readRecordedFile(createFiles(), digest, file, never);
    return createReplayModel('old', recorded.answers, [recorded.digest], digest);
  }

  it('finds answers by digest, else by input, else by position', async () => {
    const model = await load([
      { row: 0, output: 'by row' },
      { input: 'hello', output: 'by input' },
      { rowDigest: 'd1', output: 'by digest' },
      { rowDigest: 'd1', output: 'a second one' },
    ]);
    const outputs = [ask({ rowDigest: 'd1' }), ask({ rowDigest: 'd2' }), ask({ rowDigest: 'd2' }, 'other')].map(
      async question => (await model.answer(question, never)).output,
    );
    assert.deepEqual(await Promise.all(outputs), ['by digest', 'by input', 'by row']);
  });

  it('keeps times and counts as they were, and claims none that were not recorded', async () => {
    const model = await load([
      { input: 'a', output: 'x', latencyMs: 12.5, inputTokens: 3, outputTokens: 1, cost: 0.01, finishReason: 'length' },
      { input: 'b', output: { label: 'y' } },
      { input: 'c', probabilities: { cat: 0.1, dog: 0.9 } },
    ]);
    assert.deepEqual(await model.answer(ask({}, 'a'), never), {
      output: 'x',
      latencyMs: 12.5,
      inputTokens: 3,
      outputTokens: 1,
      cost: 0.01,
      finishReason: 'length',
      attempts: 0,
    });
    assert.deepEqual(await model.answer(ask({}, 'b'), never), { output: '{"label":"y"}', attempts: 0 });
    assert.deepEqual(await model.answer(ask({}, 'c'), never), {
      output: 'dog',
      probabilities: { cat: 0.1, dog: 0.9 },
      attempts: 0,
    });
  });

  it('fails a row, or a repeat, that was not recorded', async () => {
    const model = await load([
      { input: 'a', output: 'first' },
      { input: 'a', repeat: 1, output: 'second' },
    ]);
    assert.equal((await model.answer(ask({ repeat: 1 }, 'a'), never)).output, 'second');
    await assert.rejects(model.answer(ask({ repeat: 2 }, 'a'), never), {
      class: 'model',
      message: 'old has no recorded answer for repeat 3 of this row.',
    });
    await assert.rejects(model.answer(ask({}, 'b'), never), { class: 'model', attempts: 0 });
  });

  const broken: readonly [what: string, line: object | string, words: RegExp][] = [
    ['NaN', '{"input": "b", "output": "x", "latencyMs": NaN}', /:2: this row is not valid JSON/],
    ['a negative time', { input: 'b', output: 'x', latencyMs: -1 }, /:2: .*`latencyMs` that is no number/],
    ['half a token', { input: 'b', output: 'x', inputTokens: 0.5 }, /`inputTokens` that is no count/],
    ['no key', { output: 'x' }, /neither `rowDigest` nor `input` nor `row`/],
    ['no output', { input: 'b' }, /no `output`/],
    ['a wrong repeat', { input: 'b', output: 'x', repeat: -1 }, /`repeat` that is no count/],
    ['an impossible probability', { input: 'b', probabilities: { a: 2 } }, /not between 0 and 1/],
    ['a list', '[1]', /not a JSON object/],
  ];
  for (const [what, line, words] of broken) {
    it(`refuses a file with ${what}, naming the line`, async () => {
      await assert.rejects(
        load([{ input: 'a', output: 'x' }, line]),
        (error: Error & { code?: string; place?: object }) => {
          assert.equal(error.code, 'dataset-invalid');
          assert.match(error.message, words);
          assert.deepEqual(error.place, { path: file, line: 2 });
          return true;
        },
      );
    });
  }

  it('is another model when the file changes', async () => {
    const [one, two] = [await load([{ input: 'a', output: 'x' }]), await load([{ input: 'a', output: 'y' }])];
    assert.notEqual(one.digest, two.digest);
  });
});

describe('replay of a run', () => {
  const samples = [
    sample({ variant: 0, rowDigest: 'd1', output: 'A', latencyMs: 5, details: { reasoningTokens: 7 } }),
    sample({ variant: 1, rowDigest: 'd1', output: 'B' }),
    sample({ variant: 0, rowDigest: 'd2', failure: { class: 'timeout', message: 'too slow' } }),
  ];
  const store = (models: readonly string[]): Pick<Store, 'getRun' | 'readSamples'> => ({
    getRun: id =>
      Promise.resolve({
        summary: { id },
        variants: models.map((model, variant) => ({ variant, model, modelDigest: 'x' })),
      } as unknown as RunRecord),
    async *readSamples(_run, _signal, variant) {
      yield await Promise.resolve(samples.filter(one => one.variant === variant));
    },
  });

  it('answers and fails as the model did', async () => {
    const { answers, runId, variant } = await readRecordedRun(store(['gpt', 'llama']), 'r1', 'gpt', never);
    const model = createReplayModel('old', answers, [runId, variant], digest);
    assert.deepEqual(await model.answer(ask({ rowDigest: 'd1' }, 'in'), never), {
      output: 'A',
      latencyMs: 5,
      reasoningTokens: 7,
      attempts: 0,
    });
    await assert.rejects(model.answer(ask({ rowDigest: 'd2' }, 'else'), never), {
      class: 'timeout',
      message: 'too slow',
    });
  });

  it('asks which answers are meant', async () => {
    const cases: readonly [models: readonly string[], model: string | undefined, words: RegExp][] = [
      [['gpt', 'llama'], undefined, /more than one model/],
      [['gpt'], 'llama', /no model "llama"/],
      [['gpt', 'gpt'], 'gpt', /several prompts for "gpt"/],
      [[], undefined, /no answers/],
    ];
    for (const [models, model, words] of cases) {
      await assert.rejects(readRecordedRun(store(models), 'r1', model, never), {
        code: 'model-unknown',
        message: words,
      });
    }
    assert.equal((await readRecordedRun(store(['gpt']), 'r1', undefined, never)).variant, 0);
  });
});

function ask(sample: Partial<NonNullable<Question['sample']>>, input = 'hello'): Question {
  return {
    input,
    messages: [],
    parameters: {},
    stream: false,
    timeout: 1000,
    sample: { row: 0, rowDigest: 'd', repeat: 0, ...sample },
  };
}

function sample(fields: Partial<SampleRecord>): SampleRecord {
  return {
    variant: 0,
    row: 0,
    rowDigest: 'd',
    occurrence: 0,
    repeat: 0,
    input: 'in',
    target: 't',
    slices: {},
    scores: {},
    attempts: 1,
    ...fields,
  };
}
