import assert from 'node:assert/strict';
import { createManualClock } from '../../../test/fakes/clock.ts';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { createTokenBucket } from './token-bucket.ts';

const { signal } = new AbortController();

describe('tokens a minute', () => {
  it('never start more than the limit and one request in any 60 seconds, and lose little of it', async () => {
    for (const limit of [60, 600, 10_000]) {
      const random = createSeeded(limit);
      const clock = createManualClock();
      const bucket = createTokenBucket(limit, clock);
      const starts: { at: number; size: number }[] = [];
      const largest = limit / 10;
      for (let i = 0; i < 200; i++) {
        const size = 1 + Math.floor(random() * largest);
        const turn = bucket.take(size, signal);
        const started = () => starts.push({ at: clock.monotonic(), size });
        if (turn) void turn.then(started);
        else started();
      }
      await clock.advance(240_000);
      for (const [i, { at }] of starts.entries()) {
        const window = starts.slice(i).filter(other => other.at < at + 60_000);
        const tokens = window.reduce((sum, { size }) => sum + size, 0);
        assert.ok(tokens <= limit + largest, `${tokens} tokens at a limit of ${limit}`);
      }
      const total = starts.reduce((sum, { size }) => sum + size, 0);
      assert.ok(total >= limit * 3.8, `${total} tokens in four minutes at a limit of ${limit}`);
    }
  });

  it('let a request larger than the limit go, and make the next ones wait for it', async () => {
    const clock = createManualClock();
    const bucket = createTokenBucket(600, clock);
    assert.equal(bucket.take(1200, signal), undefined);
    let started = false;
    void bucket.take(1, signal)?.then(() => (started = true));
    await clock.advance(100_000);
    assert.equal(started, false);
    await clock.advance(25_000);
    assert.equal(started, true);
  });

  it('given back let those who wait start earlier, in order', async () => {
    const clock = createManualClock();
    const bucket = createTokenBucket(600, clock);
    assert.equal(bucket.take(600, signal), undefined);
    const order: string[] = [];
    void bucket.take(300, signal)?.then(() => order.push('first'));
    void bucket.take(1, signal)?.then(() => order.push('second'));
    await clock.advance(1000);
    assert.deepEqual(order, []);
    bucket.settle(-590);
    await clock.advance(1);
    assert.deepEqual(order, ['first']);
    bucket.settle(-295);
    await clock.advance(1);
    assert.deepEqual(order, ['first', 'second']);
  });

  it('used beyond what was expected make the next wait longer', async () => {
    const clock = createManualClock();
    const bucket = createTokenBucket(600, clock);
    assert.equal(bucket.take(1, signal), undefined);
    bucket.settle(300);
    let started = false;
    void bucket.take(1, signal)?.then(() => (started = true));
    await clock.advance(25_000);
    assert.equal(started, false);
    await clock.advance(10_000);
    assert.equal(started, true);
  });

  it('are not taken by those who gave up waiting', async () => {
    const clock = createManualClock();
    const bucket = createTokenBucket(600, clock);
    void bucket.take(60, signal);
    const stop = new AbortController();
    const gone = bucket.take(100_000, stop.signal);
    let started = false;
    void bucket.take(1, signal)?.then(() => (started = true));
    stop.abort(new Error('stop'));
    await assert.rejects(gone ?? Promise.resolve(), /stop/);
    await clock.advance(7000);
    assert.equal(started, true);
    await assert.rejects(bucket.take(1, AbortSignal.abort(new Error('gone'))) ?? Promise.resolve(), /gone/);
  });
});
