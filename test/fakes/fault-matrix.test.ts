import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { AnswerFailure, type Model } from '../../engine/models/model.ts';
import { createClock } from '../../platform/host/clock.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { createHurriedClock } from './clock.ts';
import type { FakeServer } from './fake-server.ts';
import { failureMatrix } from './faults/matrix.ts';
import { matrixProviders, type MatrixProvider } from './faults/providers.ts';

const key = 'sk-canary-9f8e7d6c5b4a';
const never = new AbortController().signal;
/** Faults that nothing but time ends. */
const slow = /^(hang|drip)/;

for (const provider of matrixProviders) {
  describe(`every fault on ${provider.name}`, () => {
    let server: FakeServer;
    const models: Model[] = [];
    before(async () => {
      server = await provider.start({ requireKey: key, words: 16 });
    });
    after(() => server.close());
    afterEach(async () => {
      for (const model of models.splice(0)) await model.close();
    });

    function create(fault: string) {
      const clock = createHurriedClock(createClock());
      const model = provider.create(server, `fault:${fault}`, key, {
        http: createHttpClient,
        httpOptions: { connections: 8 },
        clock,
        digest: createDigest(),
        random: () => 0.5,
      });
      models.push(model);
      return { model, sleeps: clock.sleeps };
    }

    const applies = (fault: string, stream: boolean) =>
      (!stream || provider.hasStreams) && provider.without?.includes(fault) !== true;

    for (const { fault, streams, expected, attempts, words } of failureMatrix) {
      for (const stream of streams.filter(asked => applies(fault, asked))) {
        it(`classes ${fault}${stream ? ' in a stream' : ''} as ${expected}, asked ${attempts} times`, async () => {
          const { model, sleeps } = create(fault);
          const before = server.stats.requests;
          const failure = await failureOf(provider, model, stream, slow.test(fault) ? 150 : 20_000);
          assert.equal(failure.class, expected, failure.message);
          assert.match(failure.message, words);
          assert.match(failure.message, /gpt/);
          assert.equal(failure.attempts, attempts);
          assert.equal(server.stats.requests - before, attempts, 'requests are counted once');
          assert.equal(sleeps.length, attempts - 1);
          assert.ok(!failure.message.includes('\n'));
          assert.ok(!inspect(failure, { depth: 10, showHidden: true }).includes(key), 'the key is in the error');
        });
      }
    }

    for (const fault of ['no-usage', 'empty', 'length', 'plain-json', 'huge', 'split', 'utf8', 'no-blank-line']) {
      for (const stream of [false, true]) {
        const needsStream = fault === 'split' || fault === 'utf8' || fault === 'no-blank-line';
        if (!applies(fault, stream || needsStream) || (needsStream && !stream)) continue;
        it(`takes ${fault}${stream ? ' in a stream' : ''} for an answer`, async () => {
          const output = await provider.ask(create(fault).model, stream, 20_000, never);
          if (fault === 'utf8') assert.equal(output, 'Grüße, 世界 👩‍🔬 ﬀ');
          else if (fault === 'huge') assert.equal(output.length, 10 * 2 ** 20);
          else if (fault === 'empty') assert.equal(output, '');
          else assert.equal(output, await provider.ask(create('none-then-ok:0').model, false, 20_000, never));
        });
      }
    }

    it('recovers, and says how often it asked', async () => {
      const before = server.stats.requests;
      for (const fault of ['429', '500', 'reset']) {
        assert.notEqual(await provider.ask(create(`${fault}-then-ok:2`).model, false, 20_000, never), '', fault);
      }
      assert.equal(server.stats.requests - before, 9);
    });

    it('stops at once when told, and can be asked again', async () => {
      const { model } = create('hang-then-ok:1');
      const controller = new AbortController();
      const answer = provider.ask(model, provider.hasStreams, 20_000, controller.signal);
      while (server.stats.active === 0) await new Promise(resolve => setTimeout(resolve, 2));
      const reason = new Error('the user stopped');
      controller.abort(reason);
      await assert.rejects(answer, error => error === reason);
      assert.notEqual(await provider.ask(model, false, 20_000, never), '');
    });
  });
}

async function failureOf(
  provider: MatrixProvider,
  model: Model,
  stream: boolean,
  timeout: number,
): Promise<AnswerFailure> {
  try {
    await provider.ask(model, stream, timeout, never);
  } catch (error) {
    assert.ok(error instanceof AnswerFailure, inspect(error));
    return error;
  }
  return assert.fail('An answer came.');
}
