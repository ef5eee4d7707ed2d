import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { FailureClass } from '../../schemas/generated/messages.ts';
import { AnswerFailure } from '../../engine/models/model.ts';
import type { Answer, Model, Question } from '../../engine/models/model.ts';
import { createOpenAiModel } from '../../engine/models/openai/model.ts';
import type { OpenAiSettings } from '../../engine/models/openai/model.ts';
import { createClock } from '../../platform/host/clock.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { createHurriedClock } from './clock.ts';
import { startFakeOpenAi } from './openai-server.ts';
import type { FakeOpenAi } from './openai-server.ts';
import type { FakeServerOptions } from './fake-server.ts';

const key = 'sk-canary-9f8e7d6c5b4a';
const never = new AbortController().signal;

type Setup = { readonly model: Model; readonly sleeps: readonly number[] };

describe('OpenAI-compatible model against a real server', () => {
  const cleanups: (() => Promise<void>)[] = [];
  let shared: FakeOpenAi;
  before(async () => {
    shared = await startFakeOpenAi({ requireKey: key, words: 16 });
  });
  after(() => shared.close());
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });

  async function start(options: FakeServerOptions): Promise<FakeOpenAi> {
    const server = await startFakeOpenAi(options);
    cleanups.push(() => server.close());
    return server;
  }

  function create(server: FakeOpenAi, settings: Partial<OpenAiSettings> = {}): Setup {
    const clock = createHurriedClock(createClock());
    const limits = { concurrency: 8 };
    const model = createOpenAiModel(
      { name: 'gpt', baseUrl: server.url, model: 'fake', apiKey: key, limits, retries: 2, ...settings },
      {
        http: createHttpClient,
        httpOptions: { connections: settings.limits?.concurrency ?? 8 },
        clock,
        digest: createDigest(),
        random: () => 0.5,
      },
    );
    cleanups.push(() => model.close());
    return { model, sleeps: clock.sleeps };
  }

  describe('answers', () => {
    it('asks with the key, the messages and the parameters', async () => {
      const { model } = create(shared, { parameters: { temperature: 0, maxTokens: 5 }, headers: { 'X-Team': 'a' } });
      await model.answer(ask(false), never);
      assert.equal(shared.latest?.headers.authorization, `Bearer ${key}`);
      assert.equal(shared.latest.headers['x-team'], 'a');
      assert.deepEqual(shared.latest.body, {
        model: 'fake',
        messages: [{ role: 'user', content: 'Hello' }],
        temperature: 0,
        max_tokens: 5,
        stream: false,
      });
    });

    it('reads a body and a stream alike', async () => {
      const { model } = create(shared);
      const [body, stream] = [await model.answer(ask(false), never), await model.answer(ask(true), never)];
      for (const answer of [body, stream]) {
        assert.match(answer.output, /^w0 w1 .* w15$/);
        assert.deepEqual([answer.outputTokens, answer.inputTokens, answer.estimatedTokens], [16, 1, undefined]);
        assert.equal(answer.attempts, 1);
      }
      assert.equal(body.firstTokenMs, undefined);
      assert.ok((stream.firstTokenMs ?? Infinity) <= (stream.latencyMs ?? NaN));
    });

    it('takes a stream of one byte at a time', async () => {
      const server = await start({ words: 1 });
      assert.equal((await create(server, { model: 'fault:drip' }).model.answer(ask(true), never)).output, 'w0');
    });

    const shapes: readonly [fault: string, stream: boolean, check: (answer: Answer) => unknown][] = [
      ['split', true, answer => assert.match(answer.output, /^w0 .* w15$/)],
      ['utf8', true, answer => assert.equal(answer.output, 'Grüße, 世界 👩‍🔬 ﬀ')],
      [
        'no-usage',
        true,
        answer => assert.deepEqual([answer.estimatedTokens, answer.inputTokens, answer.outputTokens], [true, 2, 14]),
      ],
      ['no-usage', false, answer => assert.deepEqual([answer.estimatedTokens, answer.outputTokens], [true, 14])],
      ['empty', true, answer => assert.deepEqual([answer.output, answer.firstTokenMs], ['', undefined])],
      ['empty', false, answer => assert.equal(answer.output, '')],
      ['length', true, answer => assert.equal(answer.finishReason, 'length')],
      ['length', false, answer => assert.equal(answer.finishReason, 'length')],
      ['no-done', true, answer => assert.match(answer.output, /w15$/)],
      ['no-blank-line', true, answer => assert.match(answer.output, /w15$/)],
      ['plain-json', true, answer => assert.deepEqual([answer.output.length, answer.firstTokenMs], [53, undefined])],
      ['huge', true, answer => assert.equal(answer.output.length, 10 * 2 ** 20)],
      ['huge', false, answer => assert.equal(answer.output.length, 10 * 2 ** 20)],
      ['reasoning', true, answer => assert.ok(answer.firstTokenMs !== undefined)],
      ['tool-call', true, answer => assert.ok(answer.firstTokenMs !== undefined)],
    ];
    for (const [fault, stream, check] of shapes) {
      it(`takes ${fault}${stream ? ' in a stream' : ''}`, async () => {
        const answer = await create(shared, { model: `fault:${fault}` }).model.answer(ask(stream), never);
        assert.equal(answer.attempts, 1);
        check(answer);
      });
    }
  });

  describe('failures', () => {
    const both = [false, true];
    const streamed = [true];
    const whole = [false];
    /** What only this API has; the fault matrix has the rest. Two retries are allowed. */
    const cases: readonly [
      fault: string,
      streams: readonly boolean[],
      expected: FailureClass,
      attempts: number,
      words: RegExp,
    ][] = [
      ['404', whole, 'client', 1, /no model "fault:404" at http:.*The model does not exist/],
      ['azure-filter', whole, 'refused', 1, /declined to answer/],
      ['no-choices', both, 'malformed', 1, /no chat completion/],
      ['only-done', streamed, 'malformed', 1, /without an answer/],
      ['rate-in-stream', streamed, 'rate-limit', 3, /Slow down/],
      ['refusal', both, 'refused', 1, /I cannot help with that/],
    ];
    for (const [fault, streams, expected, attempts, words] of cases) {
      for (const stream of streams) {
        it(`classes ${fault}${stream ? ' in a stream' : ''} as ${expected}, asked ${attempts} times`, async () => {
          const { model, sleeps } = create(shared, { model: `fault:${fault}` });
          const failure = await failureOf(model.answer(ask(stream), never));
          assert.equal(failure.class, expected, failure.message);
          assert.equal(failure.attempts, attempts);
          assert.equal(sleeps.length, attempts - 1);
          assert.match(failure.message, words);
          assert.match(failure.message, /gpt/);
          assert.ok(!failure.message.includes('\n'));
          assert.ok(!inspect(failure, { depth: 10, showHidden: true }).includes(key), 'the key is in the error');
        });
      }
    }

    it('does not find an endpoint that is not there', async () => {
      const gone = await startFakeOpenAi();
      await gone.close();
      const failure = await failureOf(create(gone).model.answer(ask(false), never));
      assert.deepEqual([failure.class, failure.attempts], ['network', 3]);
      assert.match(failure.message, /gpt could not be reached.*refused/);
    });

    it('tells a wrong key from a missing one', async () => {
      const wrong = await failureOf(create(shared, { apiKey: 'sk-other-0123456789' }).model.answer(ask(false), never));
      assert.match(wrong.message, /HTTP 401.*Check the key, and/);
      const { model } = create(shared, { apiKey: undefined });
      const missing = await failureOf(model.answer(ask(false), never));
      assert.match(missing.message, /HTTP 401.*asks for a key: check the key/);
      assert.deepEqual([wrong.class, missing.class], ['client', 'client']);
    });

    it('never takes the key along on a redirect', async () => {
      const elsewhere = await start({});
      const server = await start({ redirectTo: `${elsewhere.url}/chat/completions` });
      const failure = await failureOf(create(server, { model: 'fault:redirect' }).model.answer(ask(false), never));
      assert.match(failure.message, new RegExp(`redirects to ${elsewhere.url}/chat/completions`));
      assert.deepEqual([elsewhere.stats.requests, elsewhere.stats.connections], [0, 0]);
    });
  });

  describe('retries', () => {
    it('recovers, and says how often it asked', async () => {
      for (const fault of ['429', '500', 'reset', 'truncated']) {
        const { model } = create(shared, { model: `fault:${fault}-then-ok:2` });
        assert.equal((await model.answer(ask(fault === 'truncated'), never)).attempts, 3, fault);
        assert.equal((await model.answer(ask(true), never)).attempts, 1, fault);
      }
    });

    it('honours Retry-After in seconds and as a date', async () => {
      const seconds = create(shared, { model: 'fault:429:7' });
      await failureOf(seconds.model.answer(ask(false), never));
      assert.deepEqual(seconds.sleeps, [7350, 7350]);
      const date = create(shared, { model: 'fault:429-date:30' });
      await failureOf(date.model.answer(ask(false), never));
      for (const wait of date.sleeps) assert.ok(wait > 28_000 && wait <= 31_000, String(wait));
      const bounded = create(shared, { model: 'fault:503:900' });
      await failureOf(bounded.model.answer(ask(false), never));
      assert.deepEqual(bounded.sleeps, [120_500, 120_500]);
    });

    it('asks once where no retries are allowed, and again after a timeout where they are', async () => {
      assert.equal(
        (await failureOf(create(shared, { model: 'fault:500', retries: 0 }).model.answer(ask(false), never))).attempts,
        1,
      );
      const patient = create(shared, { model: 'fault:hang-then-ok:1', retryTimeouts: true });
      assert.equal((await patient.model.answer({ ...ask(false), timeout: 150 }, never)).attempts, 2);
    });

    it('does not count waits and failed attempts as latency', async () => {
      const server = await start({ delay: 40 });
      const begun = now();
      const answer = await create(server, { model: 'fault:500-then-ok:2' }).model.answer(ask(true), never);
      const elapsed = now() - begun;
      assert.equal(answer.attempts, 3);
      assert.ok((answer.latencyMs ?? NaN) <= elapsed - 2 * 38, `${answer.latencyMs} of ${elapsed}`);
    });

    it('answers every question of a flaky endpoint', async () => {
      const faults = ['429', '500', 'reset', 'reset-mid', 'truncated'].map(fault => ({ fault, probability: 0.08 }));
      const server = await start({ faults, seed: 7 });
      const { model } = create(server, { retries: 12 });
      const asked = Array.from({ length: 300 }, (_, i) =>
        model.answer({ ...ask(true), messages: [{ role: 'user', content: `ANSWER=row${i}` }] }, never),
      );
      const answers = await Promise.all(asked);
      assert.deepEqual(
        answers.map(answer => answer.output),
        answers.map((_, i) => `row${i}`),
      );
      const attempts = answers.reduce((sum, answer) => sum + answer.attempts, 0);
      assert.equal(attempts, server.stats.requests);
      assert.ok(attempts > 400);
      assert.ok(server.stats.mostActive <= 8);
    });
  });

  describe('abort', () => {
    it('stops a stream in the middle and frees its connection', async () => {
      const server = await start({ words: 50, tokenDelay: 20 });
      const { model } = create(server);
      const controller = new AbortController();
      const answer = model.answer(ask(true), controller.signal);
      await until(() => server.stats.active === 1);
      const reason = new Error('the user stopped');
      controller.abort(reason);
      await assert.rejects(answer, error => error === reason);
      await until(() => server.stats.active === 0);
    });

    it('stops everything, what waits included, and the model can be asked again', async () => {
      const { model } = create(shared, { model: 'fault:hang-then-ok:8', limits: { concurrency: 8 } });
      const controller = new AbortController();
      const answers = Array.from({ length: 40 }, () => model.answer(ask(true), controller.signal));
      const outcomes = Promise.allSettled(answers);
      await until(() => shared.stats.active === 8);
      controller.abort(new Error('stop'));
      for (const outcome of await outcomes)
        assert.equal(outcome.status === 'rejected' && String(outcome.reason), 'Error: stop');
      await until(() => shared.stats.active === 0);
      assert.equal((await model.answer(ask(true), never)).attempts, 1);
    });
  });

  it('uses its connections again', async () => {
    const server = await start({});
    const { model } = create(server, { limits: { concurrency: 4 } });
    await Promise.all(Array.from({ length: 200 }, (_, i) => model.answer(ask(i % 2 === 0), never)));
    assert.equal(server.stats.answered, 200);
    assert.ok(server.stats.connections <= 4, String(server.stats.connections));
  });

  it('sees the first token after the server wrote it', async () => {
    const server = await start({ words: 5, tokenDelay: 15, record: true });
    const { model } = create(server);
    const asked = Array.from({ length: 8 }, async (_, i) => {
      const begun = now();
      const answer = await model.answer({ ...ask(true), messages: [{ role: 'user', content: `#q${i}` }] }, never);
      return { tag: `q${i}`, begun, answer, ended: now() };
    });
    for (const { tag, begun, answer, ended } of await Promise.all(asked)) {
      const record = server.records.find(one => one.tag === tag);
      const { firstTokenMs = NaN, latencyMs = NaN } = answer;
      assert.ok(record?.firstTokenAt !== undefined && record.endedAt !== undefined);
      assert.ok(begun <= record.receivedAt && record.receivedAt <= record.firstTokenAt);
      // The client sends after `begun`, so its first-token moment is not before `begun + firstTokenMs`.
      assert.ok(firstTokenMs >= record.firstTokenAt - record.receivedAt, `${firstTokenMs}`);
      assert.ok(firstTokenMs <= latencyMs && latencyMs <= ended - begun);
    }
  });
});

function ask(stream: boolean): Question {
  return { input: 'Hello', messages: [{ role: 'user', content: 'Hello' }], parameters: {}, stream, timeout: 20_000 };
}

async function failureOf(answer: Promise<Answer>): Promise<AnswerFailure> {
  try {
    await answer;
  } catch (error) {
    assert.ok(error instanceof AnswerFailure, inspect(error));
    return error;
  }
  return assert.fail('An answer came.');
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(resolve => setTimeout(resolve, 2));
}

function now(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
