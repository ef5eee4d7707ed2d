import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { TrainingOptions } from './classifier.ts';
import type { LabelledText } from '../../datasets/labelled-text.ts';
import { classifierKinds } from './kinds.ts';
import { createEmbeddedModel } from './model.ts';

const rows: readonly LabelledText[] = [
  { label: 'billing', text: 'The invoice charges me twice, please refund the payment.' },
  { label: 'billing', text: 'Refund for the wrong invoice has not arrived.' },
  { label: 'billing', text: 'Why is the payment on my invoice higher this month?' },
  { label: 'login', text: 'I cannot sign in, the password is refused.' },
  { label: 'login', text: 'Password reset link does not arrive and I am locked out.' },
  { label: 'delivery', text: 'Where is my parcel? Tracking has not moved.' },
  { label: 'delivery', text: 'The parcel arrived broken and two days late.' },
];
const asked = {
  billing: 'a refund for this invoice',
  login: 'forgot the password, locked out',
  delivery: 'parcel is late',
};
const options: TrainingOptions = { seed: 7, pause: async () => {} };
const kinds = [...classifierKinds.values()];
const { signal } = new AbortController();

function kindNamed(id: 'majority' | 'keyword' | 'knn' | 'linear') {
  return classifierKinds.get(id)!;
}

describe('embedded models', () => {
  it('are listed from the plainest to the strongest', () => {
    assert.deepEqual([...classifierKinds.keys()], ['majority', 'keyword', 'knn', 'linear']);
  });

  for (const id of ['keyword', 'knn', 'linear'] as const) {
    it(`${id} learns`, async () => {
      const classifier = await kindNamed(id).train(rows, options, signal);
      for (const [label, text] of Object.entries(asked)) assert.equal(classifier.classify(text), label);
    });
  }

  for (const kind of kinds) {
    it(`${kind.id} answers the majority label, the first among equals, when it knows nothing of a text`, async () => {
      const even = rows.filter(({ label }) => label !== 'billing');
      const classifier = await kind.train([...even, ...even], options, signal);
      assert.deepEqual(classifier.labels, ['login', 'delivery']);
      for (const text of ['', '   ', '!?', 'ξένος'])
        assert.equal(classifier.classify(text), 'login', JSON.stringify(text));
    });

    it(`${kind.id} answers the same whenever it is trained and however often it is asked`, async () => {
      const first = await kind.train(rows, options, signal);
      const second = await kind.train(rows, options, signal);
      assert.deepEqual(first.learningCurve, second.learningCurve);
      for (const { text } of rows) {
        const answer = first.classify(text);
        assert.equal(second.classify(text), answer);
        assert.equal(first.classify(text), answer);
      }
    });

    it(`${kind.id} copes with one class, empty texts and odd scripts`, async () => {
      const odd = ['', '  ', '返金してください', '😀 😀', 'a'.repeat(50_000), 'é e\u0301'].map(text => ({
        text,
        label: 'only',
      }));
      const classifier = await kind.train(odd, options, signal);
      for (const { text } of odd) assert.equal(classifier.classify(text), 'only');
    });

    it(`${kind.id} cannot be trained on nothing`, async () => {
      await assert.rejects(kind.train([], options, signal), error => {
        assert.ok(error instanceof WorkbenchError && error.code === 'model-unsuitable');
        assert.match(error.message, new RegExp(`embedded:${kind.id} `));
        assert.match(error.remedy ?? '', /dataset\.split/);
        return true;
      });
    });

    it(`${kind.id} stops when aborted`, async () => {
      const controller = new AbortController();
      controller.abort(new Error('enough'));
      await assert.rejects(kind.train(rows, options, controller.signal), /enough/);
    });
  }

  it('linear stops in the middle of training', async () => {
    const controller = new AbortController();
    const onStep: TrainingOptions['onStep'] = ({ step }) => {
      if (step === 3) controller.abort(new Error('enough'));
    };
    await assert.rejects(kindNamed('linear').train(rows, { ...options, onStep }, controller.signal), /enough/);
  });

  it('linear reports a falling loss, the same as its learning curve', async () => {
    const losses: number[] = [];
    const classifier = await kindNamed('linear').train(
      rows,
      { ...options, onStep: ({ loss }) => losses.push(loss) },
      signal,
    );
    assert.deepEqual(
      classifier.learningCurve.map(({ loss }) => loss),
      losses,
    );
    assert.equal(losses.length, 25);
    assert.ok(losses[0]! < Math.log(3) && losses.at(-1)! < losses[0]! / 5);
  });

  it('tell how probable each label is, where they weigh the labels', async () => {
    const clock = { monotonic: () => 0 } as Clock;
    const digest = { sha256: () => '' } as unknown as Digest;
    for (const kind of classifierKinds.values()) {
      const classifier = await kind.train(rows, options, signal);
      const model = createEmbeddedModel(kind, classifier, 'aa', 7, clock, digest);
      for (const input of [...Object.values(asked), 'zzz']) {
        const question = { input, messages: [], parameters: {}, stream: false, timeout: 1000 };
        const { output, probabilities } = await model.answer(question, signal);
        if (kind.id === 'majority' || kind.id === 'keyword') assert.equal(probabilities, undefined);
        else if (probabilities === undefined) assert.deepEqual([kind.id, input], ['knn', 'zzz']);
        else {
          const all = Object.values(probabilities);
          assert.ok(Math.abs(all.reduce((sum, one) => sum + one, 0) - 1) < 1e-12);
          assert.equal(probabilities[output], Math.max(...all));
        }
      }
    }
  });

  it('linear refuses free text for targets', async () => {
    const essays = Array.from({ length: 20_000 }, (_, row) => ({
      text: `about ${row % 5000} ${row % 4999}`,
      label: `essay ${row}`,
    }));
    await assert.rejects(kindNamed('linear').train(essays, options, signal), /cannot learn 20000 different targets/);
  });

  it('answer questions as models, with a digest over all that decides', async () => {
    const digest: Pick<Digest, 'sha256'> = { sha256: data => createHash('sha256').update(data).digest('hex') };
    let time = 0;
    const clock = { monotonic: () => (time += 0.25) } as Clock;
    const create = async (training: string, seed: number) => {
      const kind = kindNamed('knn');
      return createEmbeddedModel(
        kind,
        await kind.train(rows, options, signal),
        training,
        seed,
        clock,
        digest as Digest,
      );
    };
    const model = await create('aa', 7);
    const question = { input: asked.login, messages: [], parameters: {}, stream: false, timeout: 1000 };
    const { probabilities, ...answer } = await model.answer(question, signal);
    assert.deepEqual(answer, { output: 'login', latencyMs: 0.25, attempts: 1 });
    assert.equal(Object.entries(probabilities ?? {}).sort(([, a], [, b]) => b - a)[0]?.[0], 'login');
    assert.equal(model.name, 'embedded:knn');
    const digests = [model, await create('ab', 7), await create('aa', 8), await create('aa', 7)].map(
      made => made.digest,
    );
    assert.equal(new Set(digests).size, 3);
    assert.equal(digests[3], digests[0]);
    await assert.rejects(model.answer(question, AbortSignal.abort(new Error('enough'))), /enough/);
  });
});
