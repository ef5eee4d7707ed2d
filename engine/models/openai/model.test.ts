import assert from 'node:assert/strict';
import { instantHttp, type Steps } from '../../../test/fakes/instant-http.ts';
import type { Question } from '../model.ts';
import { createOpenAiModel } from './model.ts';
import type { OpenAiSettings } from './model.ts';

const { signal } = new AbortController();

function create(steps: Steps, settings: Partial<OpenAiSettings> = {}, contentType = 'text/event-stream') {
  const { dependencies, requests } = instantHttp(steps, contentType);
  const limits = { concurrency: 2 };
  const model = createOpenAiModel(
    { name: 'gpt', baseUrl: 'http://localhost:1/v1', model: 'm', limits, retries: 0, ...settings },
    dependencies,
  );
  return { model, requests };
}

function ask(stream: boolean): Question {
  return { input: 'x', messages: [{ role: 'user', content: 'eight ch' }], parameters: {}, stream, timeout: 60_000 };
}

function event(delta: object, more: object = {}): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, delta, ...more }] })}\n\n`;
}

const finish = `${event({}, { finish_reason: 'stop' })}data: [DONE]\n\n`;

describe('OpenAI-compatible model', () => {
  it('takes the time to the first content, not to the role', async () => {
    const { model } = create([
      5,
      event({ role: 'assistant', content: '' }),
      20,
      event({ content: 'Hi' }),
      10,
      event({ content: ' you' }),
      finish,
      3,
      '\n',
    ]);
    const answer = await model.answer(ask(true), signal);
    assert.deepEqual(answer, {
      output: 'Hi you',
      latencyMs: 38,
      firstTokenMs: 25,
      inputTokens: 2,
      outputTokens: 2,
      estimatedTokens: true,
      finishReason: 'stop',
      attempts: 1,
    });
  });

  it('counts reasoning and tool calls as a first token, but not as output', async () => {
    const first = [{ reasoning_content: 'hm' }, { reasoning: 'hm' }, { tool_calls: [{ index: 0 }] }];
    for (const delta of first) {
      const { model } = create([7, event(delta), 20, event({ content: 'Hi' }), finish]);
      const answer = await model.answer(ask(true), signal);
      assert.equal(answer.firstTokenMs, 7);
      assert.equal(answer.output, 'Hi');
    }
  });

  it('takes the time when the chunk arrives that completes the first event', async () => {
    const content = event({ content: 'Hi' });
    const { model } = create([5, content.slice(0, 20), 5, content.slice(20), finish]);
    assert.equal((await model.answer(ask(true), signal)).firstTokenMs, 10);
  });

  it('reads usage, on its own or with the last choice', async () => {
    const usage = { prompt_tokens: 11, completion_tokens: 3 };
    const alone = `data: ${JSON.stringify({ choices: [], usage })}\n\n`;
    for (const last of [
      event({}, { finish_reason: 'stop' }) + alone,
      `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }], usage })}\n\n`,
    ]) {
      const { model } = create([event({ content: 'Hi' }), last, 'data: [DONE]\n\n']);
      const answer = await model.answer(ask(true), signal);
      assert.deepEqual([answer.inputTokens, answer.outputTokens, answer.estimatedTokens], [11, 3, undefined]);
    }
  });

  it('takes a JSON answer where a stream was asked for, with no first-token time', async () => {
    const body = JSON.stringify({
      choices: [
        {
          message: {
            content: [
              { type: 'text', text: 'a' },
              { type: 'text', text: 'b' },
            ],
          },
          finish_reason: 'stop',
        },
      ],
    });
    const { model } = create([body.slice(0, 30), body.slice(30)], {}, 'application/json');
    const answer = await model.answer(ask(true), signal);
    assert.equal(answer.output, 'ab');
    assert.equal(answer.firstTokenMs, undefined);
  });

  it('joins text the same with and without the fast way of reading events', async () => {
    const words = ['a', ' b', ' "c"', '\n', '', 'ü', ' 世界', '\\', ' d'];
    const { model } = create([...words.map(content => event({ content })), finish]);
    assert.equal((await model.answer(ask(true), signal)).output, words.join(''));
  });

  it('has a digest of what decides its answers, and of nothing else', () => {
    const base = create([]).model.digest;
    assert.match(base, /^[0-9a-f]{64}$/);
    const same: Partial<OpenAiSettings>[] = [
      { apiKey: 'another' },
      { name: 'other' },
      { limits: { concurrency: 9 } },
      { retries: 3 },
      { baseUrl: 'http://localhost:1/v1/' },
    ];
    for (const settings of same) assert.equal(create([], settings).model.digest, base, JSON.stringify(settings));
    const other: Partial<OpenAiSettings>[] = [
      { model: 'n' },
      { baseUrl: 'http://localhost:2/v1' },
      { parameters: { temperature: 0 } },
      { parameters: { stop: ['x'] } },
    ];
    assert.equal(new Set([base, ...other.map(settings => create([], settings).model.digest)]).size, other.length + 1);
  });

  it('sends the key to the endpoint and nowhere in an address', async () => {
    const { model, requests } = create([event({ content: 'Hi' }), finish], { apiKey: 'abc123-secret' });
    await model.answer(ask(true), signal);
    assert.equal(requests[0]?.headers['authorization'], 'Bearer abc123-secret');
    assert.equal(requests[0].url, 'http://localhost:1/v1/chat/completions');
  });

  it('asks nothing when already aborted', async () => {
    const { model, requests } = create([]);
    await assert.rejects(model.answer(ask(true), AbortSignal.abort(new Error('stop'))), /stop/);
    assert.equal(requests.length, 0);
  });
});
