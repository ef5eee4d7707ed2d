import assert from 'node:assert/strict';
import { createManualClock } from '../../../test/fakes/clock.ts';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { createBucket } from './bucket.ts';

const { signal } = new AbortController();

async function collectStarts(requestsPerMinute: number, asked: number, milliseconds: number): Promise<number[]> {
  const clock = createManualClock(1000);
  const bucket = createBucket(requestsPerMinute, clock);
  const starts: number[] = [];
  for (let i = 0; i < asked; i++) {
    const turn = bucket.take(signal);
    if (turn) void turn.then(() => starts.push(clock.monotonic()));
    else starts.push(clock.monotonic());
  }
  await clock.advance(milliseconds);
  return starts;
}

describe('requests a minute', () => {
  it('never starts more than the limit in any 60 seconds, and loses almost none of it', async () => {
    for (const limit of [1, 2, 7, 60, 90]) {
      const starts = await collectStarts(limit, limit * 4, 180_000);
      for (const [i, start] of starts.entries()) {
        const inMinute = starts.slice(i).filter(other => other < start + 60_000 - 1e-6).length;
        assert.ok(inMinute <= limit, `${inMinute} starts at a limit of ${limit}`);
      }
      assert.ok(starts.length >= limit * 3 - 1, `${starts.length} starts in three minutes at a limit of ${limit}`);
    }
  });

  it('starts about a second’s worth at once', () => {
    const bucket = createBucket(600, createManualClock());
    const free = Array.from({ length: 20 }, () => bucket.take(signal)).filter(turn => turn === undefined);
    assert.equal(free.length, 10);
  });

  it('saves no more than that over a pause', async () => {
    const clock = createManualClock();
    const bucket = createBucket(120, clock);
    await clock.advance(3_600_000);
    const free = Array.from({ length: 20 }, () => bucket.take(signal)).filter(turn => turn === undefined);
    assert.equal(free.length, 2);
  });

  it('keeps the limit under random arrivals', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = createSeeded(seed);
      const clock = createManualClock();
      const limit = 1 + Math.floor(random() * 40);
      const bucket = createBucket(limit, clock);
      const starts: number[] = [];
      for (let i = 0; i < 60; i++) {
        const turn = bucket.take(signal);
        if (turn) void turn.then(() => starts.push(clock.monotonic()));
        else starts.push(clock.monotonic());
        if (random() < 0.5) await clock.advance(random() * 6000);
      }
      for (const [i, start] of starts.entries()) {
        const inMinute = starts.slice(i).filter(other => other < start + 60_000 - 1e-6).length;
        assert.ok(inMinute <= limit, `seed ${seed}: ${inMinute} > ${limit}`);
      }
    }
  });

  it('gives up a wait on abort', async () => {
    const controller = new AbortController();
    const bucket = createBucket(1, createManualClock());
    assert.equal(bucket.take(signal), undefined);
    const turn = bucket.take(controller.signal);
    controller.abort(new Error('stop'));
    await assert.rejects(async () => turn, /stop/);
  });
});
