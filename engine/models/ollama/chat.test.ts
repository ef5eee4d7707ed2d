import assert from 'node:assert/strict';
import { ask, connect, lookUp, picture, sound } from '../../../test/fakes/connect.ts';
import type { FakeServer } from '../../../test/fakes/fake-server.ts';
import { ollamaDigest, startFakeOllama } from '../../../test/fakes/ollama.ts';
import type { Model } from '../model.ts';

const never = new AbortController().signal;

describe('Ollama', () => {
  let server: FakeServer;
  const models: Model[] = [];
  before(async () => {
    server = await startFakeOllama({ words: 3 });
  });
  after(() => server.close());
  afterEach(async () => {
    for (const model of models.splice(0)) await model.close();
  });

  async function create(model = 'llama3.2:1b', more: object = {}): Promise<Model> {
    const opened = await connect({ provider: 'ollama', baseUrl: server.origin, model, ...more });
    models.push(opened);
    return opened;
  }

  it('asks as the API wants it', async () => {
    const schema = { type: 'object' };
    await (
      await create('llama3.2:1b', { contextLength: 8192 })
    ).answer(
      ask({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'What is it?' }, picture.part] },
        ],
        parameters: { temperature: 0, topP: 1, maxTokens: 9, seed: 7, stop: ['END'], reasoningEffort: 'high' },
        tools: [lookUp],
        responseFormat: { type: 'json-schema', name: 'answer', schema },
      }),
      never,
    );
    assert.deepEqual(server.latest?.body, {
      model: 'llama3.2:1b',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'What is it?', images: [picture.base64] },
      ],
      tools: [{ type: 'function', function: lookUp }],
      format: schema,
      think: 'high',
      options: { temperature: 0, top_p: 1, num_predict: 9, seed: 7, stop: ['END'], num_ctx: 8192 },
      stream: false,
    });
  });

  it('asks for any JSON, and for no thinking', async () => {
    await (
      await create()
    ).answer(ask({ responseFormat: { type: 'json' }, parameters: { reasoningEffort: 'minimal' } }), never);
    const { format, think } = server.latest?.body as { format: unknown; think: unknown };
    assert.deepEqual([format, think], ['json', false]);
  });

  it('refuses a sound, and sends nothing', async () => {
    const before = server.stats.requests;
    await assert.rejects((await create()).answer(ask({ messages: [{ role: 'user', content: [sound.part] }] }), never), {
      class: 'client',
      message: /this row has a sound/,
    });
    assert.equal(server.stats.requests, before);
  });

  for (const stream of [false, true]) {
    describe(stream ? 'in a stream' : 'in one body', () => {
      it('tells counts, times and which files answered', async () => {
        const answer = await (await create()).answer(ask({ stream }), never);
        assert.equal(answer.output, 'w0 w1 w2');
        assert.deepEqual([answer.inputTokens, answer.outputTokens, answer.finishReason], [1, 3, 'stop']);
        assert.deepEqual(answer.timings, { loadMs: 5, promptMs: 1, generateMs: 2 });
        assert.equal(answer.fingerprint, `llama3.2:1b ${ollamaDigest.slice(0, 12)}`);
        assert.equal(answer.firstTokenMs !== undefined, stream);
      });

      it('reads tool calls', async () => {
        const answer = await (await create('fault:tools')).answer(ask({ stream }), never);
        assert.deepEqual(answer.toolCalls, [{ name: 'look_up', arguments: '{"city":"Köln"}' }]);
      });
    });
  }

  it('takes thinking for a first token and not for output', async () => {
    const answer = await (await create('fault:thinking')).answer(ask({ stream: true }), never);
    assert.equal(answer.output, 'w0 w1 w2');
    assert.ok((answer.firstTokenMs ?? Infinity) < (answer.latencyMs ?? 0));
  });

  it('does without the files’ digest where the server does not tell it', async () => {
    const answer = await (await create('unlisted')).answer(ask(), never);
    assert.deepEqual([answer.output, answer.fingerprint], ['w0 w1 w2', undefined]);
  });

  it('is another model with another context', async () => {
    assert.notEqual((await create()).digest, (await create('llama3.2:1b', { contextLength: 8192 })).digest);
  });
});
