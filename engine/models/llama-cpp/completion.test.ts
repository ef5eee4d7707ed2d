import assert from 'node:assert/strict';
import { ask, connect, fakeKey, lookUp, picture } from '../../../test/fakes/connect.ts';
import type { FakeServer } from '../../../test/fakes/fake-server.ts';
import { fakeLogprob, startFakeLlamaCpp } from '../../../test/fakes/llama-cpp.ts';
import type { Model } from '../model.ts';

const never = new AbortController().signal;

describe('llama.cpp', () => {
  let server: FakeServer;
  let model: Model;
  before(async () => {
    server = await startFakeLlamaCpp({ words: 3, requireKey: fakeKey });
    model = await connect({ provider: 'llama-cpp', baseUrl: server.origin, apiKey: { env: 'KEY' } });
  });
  after(async () => {
    await model.close();
    await server.close();
  });

  it('asks with the conversation in the model’s own template', async () => {
    await model.answer(
      ask({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'Say "hi"' }] },
        ],
        parameters: { temperature: 0, topP: 1, maxTokens: 9, seed: 7, stop: ['END'] },
        responseFormat: { type: 'json' },
      }),
      never,
    );
    assert.deepEqual(server.latest?.body, {
      prompt: '<|system|>Be brief.\n<|user|>Say "hi"\n',
      n_predict: 9,
      temperature: 0,
      top_p: 1,
      seed: 7,
      stop: ['END'],
      json_schema: {},
      stream: false,
    });
  });

  for (const stream of [false, true]) {
    it(`tells counts, times and which file answered${stream ? ' in a stream' : ''}`, async () => {
      const answer = await model.answer(ask({ stream }), never);
      assert.equal(answer.output, 'w0 w1 w2');
      assert.deepEqual([answer.outputTokens, answer.finishReason], [3, 'stop']);
      assert.deepEqual(answer.timings, { promptMs: 12.5, generateMs: 30 });
      assert.equal(answer.fingerprint, 'tiny-q4.gguf b6000-abcdef1');
    });
  }

  it('scores choices by the tokens they add', async () => {
    const choices = ['a long one', 'short', 'a longer one'];
    const messages = [{ role: 'user', content: 'Pick:' }] as const;
    const before = server.stats.requests;
    const answer = await model.answer(ask({ messages, choices }), never);
    const expected = choices.map(choice => choice.split(' ').reduce((sum, word) => sum + fakeLogprob(word), 0));
    assert.equal(answer.choiceLogprobs?.length, 3);
    for (const [at, score] of expected.entries()) assert.ok(Math.abs((answer.choiceLogprobs[at] ?? 0) - score) < 1e-9);
    assert.equal(answer.output, 'short');
    assert.deepEqual([answer.inputTokens, answer.outputTokens], [8, 0]);
    // One request for the first tokens of all three, one after "a", one each after "a long" and "a longer".
    assert.equal(server.stats.requests - before, 4);
  });

  it('refuses what the API cannot carry', async () => {
    const cases: readonly [change: Parameters<typeof ask>[0], words: RegExp][] = [
      [{ tools: [lookUp] }, /OpenAI-compatible API only/],
      [{ messages: [{ role: 'user', content: [picture.part] }] }, /text only/],
      [{ choices: ['a', ''] }, /choice of this row is empty/],
    ];
    for (const [change, message] of cases) {
      await assert.rejects(model.answer(ask(change), never), { class: 'client', message });
    }
  });
});
