import assert from 'node:assert/strict';
import { createManualClock } from '../../../test/fakes/clock.ts';
import { AnswerFailure } from '../model.ts';
import { AttemptFailure } from './attempt-failure.ts';
import { createPacer } from './pacer.ts';

const { signal } = new AbortController();
const half = () => 0.5;

function create(retries: number, concurrency = 8) {
  const clock = createManualClock();
  return { clock, pacer: createPacer({ name: 'gpt', limits: { concurrency }, retries: { retries } }, clock, half) };
}

describe('pacer', () => {
  it('tries again until it succeeds and numbers the attempts', async () => {
    const { clock, pacer } = create(4);
    const attempts: number[] = [];
    const answer = pacer.run(async number => {
      attempts.push(number);
      if (number < 3) throw new AttemptFailure('server', 'down');
      return 'up';
    }, signal);
    await clock.advance(250);
    assert.deepEqual(attempts, [1, 2]);
    await clock.advance(500);
    assert.equal(await answer, 'up');
    assert.deepEqual(attempts, [1, 2, 3]);
  });

  it('ends with the class, words and number of attempts of the last failure', async () => {
    const { clock, pacer } = create(2);
    const answer = pacer.run(
      () => Promise.reject(new AttemptFailure('rate-limit', 'Rate limited by gpt.', { retryAfter: 100 })),
      signal,
    );
    const outcome = assert.rejects(answer, {
      name: 'AnswerFailure',
      class: 'rate-limit',
      attempts: 3,
      message: 'Rate limited by gpt.',
    });
    await clock.advance(1000);
    await outcome;
  });

  it('cuts the concurrency on a rate limit and on nothing else', async () => {
    const { pacer } = create(0, 8);
    const fail = (failure: AttemptFailure) => assert.rejects(pacer.run(() => Promise.reject(failure), signal));
    await fail(new AttemptFailure('server', 'x'));
    await fail(new AttemptFailure('network', 'x'));
    await fail(new AttemptFailure('rate-limit', 'no quota', { permanent: true }));
    assert.equal(pacer.limit, 8);
    await fail(new AttemptFailure('rate-limit', 'x'));
    assert.equal(pacer.limit, 4);
  });

  it('throws the reason of an abort during a wait, and frees the place', async () => {
    const { clock, pacer } = create(4, 1);
    const controller = new AbortController();
    const answer = pacer.run(() => Promise.reject(new AttemptFailure('server', 'x')), controller.signal);
    const outcome = assert.rejects(answer, /stop/);
    await clock.advance(1);
    controller.abort(new Error('stop'));
    await outcome;
    assert.equal(clock.pending, 0);
    assert.equal(await pacer.run(() => Promise.resolve(1), signal), 1);
  });

  it('passes on what is no attempt failure as it is', async () => {
    const { pacer } = create(4);
    await assert.rejects(
      pacer.run(() => Promise.reject(new TypeError('bug')), signal),
      TypeError,
    );
  });

  it('fails fast, with no attempt, once an endpoint is not there', async () => {
    const { clock, pacer } = create(0);
    const refuse = () =>
      Promise.reject(new AttemptFailure('network', 'gpt could not be reached.', { unreachable: true }));
    for (let i = 0; i < 10; i++) await assert.rejects(pacer.run(refuse, signal), { attempts: 1 });
    let asked = false;
    const ask = () => {
      asked = true;
      return Promise.resolve('back');
    };
    await assert.rejects(pacer.run(ask, signal), (error: unknown) => {
      assert.ok(error instanceof AnswerFailure);
      assert.equal(error.class, 'network');
      assert.equal(error.attempts, 0);
      assert.match(
        error.message,
        /^gpt was not asked, because the last 10 questions found no connection; tried again in 15 s/,
      );
      return true;
    });
    assert.equal(asked, false);
    await clock.advance(15_000);
    assert.equal(await pacer.run(ask, signal), 'back');
    assert.equal(await pacer.run(ask, signal), 'back');
  });
});
