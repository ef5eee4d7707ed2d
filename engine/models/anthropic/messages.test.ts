import assert from 'node:assert/strict';
import { startFakeAnthropic } from '../../../test/fakes/anthropic.ts';
import { ask, connect, fakeKey, lookUp, picture, sound } from '../../../test/fakes/connect.ts';
import type { FakeServer } from '../../../test/fakes/fake-server.ts';
import type { Model } from '../model.ts';

const never = new AbortController().signal;

describe('Anthropic Messages', () => {
  let server: FakeServer;
  const models: Model[] = [];
  before(async () => {
    server = await startFakeAnthropic({ requireKey: fakeKey, words: 10 });
  });
  after(() => server.close());
  afterEach(async () => {
    for (const model of models.splice(0)) await model.close();
  });

  async function create(model = 'claude', more: object = {}): Promise<Model> {
    const apiKey = { env: 'KEY' };
    const opened = await connect({ provider: 'anthropic', baseUrl: server.origin, model, apiKey, ...more });
    models.push(opened);
    return opened;
  }

  it('asks as the API wants it', async () => {
    const model = await create('claude', { parameters: { temperature: 0, stop: ['END'], seed: 7 } });
    await model.answer(
      ask({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'What is it?' }, picture.part] },
          { role: 'assistant', content: 'A' },
          { role: 'system', content: 'In German.' },
        ],
        parameters: { maxTokens: 50, topP: 0.9 },
        tools: [lookUp],
        stream: true,
      }),
      never,
    );
    assert.equal(server.latest?.headers['x-api-key'], fakeKey);
    assert.equal(server.latest.headers.authorization, undefined);
    assert.equal(server.latest.headers['anthropic-version'], '2023-06-01');
    assert.deepEqual(server.latest.body, {
      model: 'claude',
      system: 'Be brief.\n\nIn German.',
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: picture.base64 } },
          ],
        },
        { role: 'assistant', content: 'A' },
      ],
      max_tokens: 50,
      temperature: 0,
      top_p: 0.9,
      stop_sequences: ['END'],
      tools: [{ name: 'look_up', description: 'Finds a city', input_schema: lookUp.parameters }],
      stream: true,
    });
  });

  it('sets the limit the API demands, the schema of an answer and the effort', async () => {
    const model = await create();
    const schema = { type: 'object', properties: {}, additionalProperties: false };
    const responseFormat = { type: 'json-schema', name: 'answer', schema } as const;
    await model.answer(ask({ responseFormat, parameters: { reasoningEffort: 'minimal' } }), never);
    assert.deepEqual(server.latest?.body, {
      model: 'claude',
      messages: [{ role: 'user', content: 'Hello' }],
      max_tokens: 4096,
      thinking: { type: 'adaptive' },
      output_config: { effort: 'low', format: { type: 'json_schema', schema } },
      stream: false,
    });
  });

  it('refuses what the API cannot carry, and sends nothing', async () => {
    const model = await create();
    const before = server.stats.requests;
    const refused = { class: 'client', attempts: 0 };
    await assert.rejects(model.answer(ask({ responseFormat: { type: 'json' } }), never), {
      ...refused,
      message: /needs a schema/,
    });
    await assert.rejects(model.answer(ask({ messages: [{ role: 'user', content: [sound.part] }] }), never), {
      ...refused,
      message: /this row has a sound/,
    });
    assert.equal(server.stats.requests, before);
  });

  for (const stream of [false, true]) {
    describe(stream ? 'in a stream' : 'in one body', () => {
      it('counts what was cached as input, and says what answered', async () => {
        const messages = [{ role: 'user', content: 'x'.repeat(50) }] as const;
        const answer = await (await create()).answer(ask({ stream, messages }), never);
        assert.equal(answer.output, 'w0 w1 w2 w3 w4 w5 w6 w7 w8 w9');
        assert.deepEqual([answer.inputTokens, answer.cachedInputTokens, answer.outputTokens], [10, 2, 10]);
        assert.deepEqual([answer.finishReason, answer.fingerprint], ['stop', 'claude-20991231']);
      });

      it('reads tool calls', async () => {
        const answer = await (await create('fault:tools')).answer(ask({ stream }), never);
        const calls = answer.toolCalls?.map(call => [call.name, JSON.parse(call.arguments)] as const);
        assert.deepEqual(calls?.[0], ['look_up', { city: 'Köln' }]);
        if (stream) assert.deepEqual(calls[1], ['now', {}]);
        assert.equal(answer.finishReason, 'tool_calls');
      });

      it('tries again when the API is overloaded', async () => {
        for (const fault of stream ? ['529', 'overloaded-in-stream'] : ['529']) {
          const model = await create(`fault:${fault}`);
          await assert.rejects(model.answer(ask({ stream }), never), {
            class: 'server',
            attempts: 3,
            message: /Overloaded/,
          });
        }
      });
    });
  }

  it('takes thinking for a first token and not for output', async () => {
    const answer = await (await create('fault:thinking')).answer(ask({ stream: true }), never);
    assert.ok(answer.output.startsWith('w0'));
    assert.ok((answer.firstTokenMs ?? Infinity) < (answer.latencyMs ?? 0));
  });
});
