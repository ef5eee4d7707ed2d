import assert from 'node:assert/strict';
import { ask, connect, fakeKey, lookUp, picture, sound } from '../../../test/fakes/connect.ts';
import type { FakeServer } from '../../../test/fakes/fake-server.ts';
import { startFakeGemini } from '../../../test/fakes/gemini.ts';
import type { Model } from '../model.ts';

const never = new AbortController().signal;

describe('Gemini', () => {
  let server: FakeServer;
  const models: Model[] = [];
  before(async () => {
    server = await startFakeGemini({ requireKey: fakeKey, words: 3 });
  });
  after(() => server.close());
  afterEach(async () => {
    for (const model of models.splice(0)) await model.close();
  });

  async function create(model = 'gemini-3-flash', more: object = { apiKey: { env: 'KEY' } }): Promise<Model> {
    const opened = await connect({ provider: 'gemini', baseUrl: `${server.origin}/v1beta`, model, ...more });
    models.push(opened);
    return opened;
  }

  it('asks as the API wants it, with the key in a header and never in the address', async () => {
    const schema = { type: 'object' };
    await (
      await create()
    ).answer(
      ask({
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'What is it?' }, picture.part] },
          { role: 'assistant', content: 'A' },
          { role: 'user', content: 'And this?' },
        ],
        audio: sound.part.media,
        parameters: { temperature: 0, topP: 1, maxTokens: 9, seed: 7, stop: ['END'], reasoningEffort: 'low' },
        tools: [lookUp],
        responseFormat: { type: 'json-schema', name: 'answer', schema },
        stream: true,
      }),
      never,
    );
    assert.equal(server.latest?.headers['x-goog-api-key'], fakeKey);
    assert.equal(server.latest.path, '/v1beta/models/gemini-3-flash:streamGenerateContent?alt=sse');
    assert.deepEqual(server.latest.body, {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        {
          role: 'user',
          parts: [{ text: 'What is it?' }, { inlineData: { mimeType: 'image/png', data: picture.base64 } }],
        },
        { role: 'model', parts: [{ text: 'A' }] },
        {
          role: 'user',
          parts: [{ text: 'And this?' }, { inlineData: { mimeType: 'audio/wav', data: sound.base64 } }],
        },
      ],
      tools: [
        {
          functionDeclarations: [
            { name: 'look_up', description: 'Finds a city', parametersJsonSchema: lookUp.parameters },
          ],
        },
      ],
      generationConfig: {
        temperature: 0,
        topP: 1,
        maxOutputTokens: 9,
        stopSequences: ['END'],
        seed: 7,
        responseMimeType: 'application/json',
        responseJsonSchema: schema,
        thinkingConfig: { thinkingLevel: 'low' },
      },
    });
  });

  it('sends a token of Google’s as a bearer’s, and gives older models a budget', async () => {
    const model = await create('gemini-2.5-pro', { auth: 'google' });
    await model.answer(ask({ parameters: { reasoningEffort: 'high' } }), never);
    assert.equal(server.latest?.headers.authorization, `Bearer ${fakeKey}`);
    assert.equal(server.latest.headers['x-goog-api-key'], undefined);
    const { generationConfig } = server.latest.body as { generationConfig: unknown };
    assert.deepEqual(generationConfig, { thinkingConfig: { thinkingBudget: 24_576 } });
  });

  for (const stream of [false, true]) {
    describe(stream ? 'in a stream' : 'in one body', () => {
      it('counts thinking as output and apart, and says what answered', async () => {
        const answer = await (await create('fault:thinking')).answer(ask({ stream }), never);
        assert.equal(answer.output, 'w0 w1 w2');
        const { inputTokens, outputTokens, reasoningTokens, cachedInputTokens } = answer;
        assert.deepEqual([inputTokens, outputTokens, reasoningTokens, cachedInputTokens], [3, 9, 7, 1]);
        assert.deepEqual([answer.finishReason, answer.fingerprint], ['stop', 'fault:thinking-001']);
        if (stream) assert.ok((answer.firstTokenMs ?? Infinity) < (answer.latencyMs ?? 0));
      });

      it('reads tool calls', async () => {
        const answer = await (await create('fault:tools')).answer(ask({ stream }), never);
        const call = { name: 'look_up', arguments: '{"city":"Köln"}' };
        assert.deepEqual(answer.toolCalls, [call, call]);
      });

      it('tells a blocked prompt from an answer', async () => {
        await assert.rejects((await create('fault:blocked-prompt')).answer(ask({ stream }), never), {
          class: 'refused',
          attempts: 1,
          message: /the prompt was blocked: PROHIBITED_CONTENT/,
        });
      });
    });
  }

  it('waits as long as the body of a refusal asks', async () => {
    await assert.rejects((await create('fault:retry-info')).answer(ask(), never), {
      class: 'rate-limit',
      attempts: 3,
      message: /Slow down/,
    });
  });
});
