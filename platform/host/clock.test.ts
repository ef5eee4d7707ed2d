import assert from 'node:assert/strict';
import { createClock } from './clock.ts';

describe('createClock', () => {
  const clock = createClock();

  it('measures durations with sub-millisecond resolution', () => {
    const start = clock.monotonic();
    let end = start;
    while (end === start) end = clock.monotonic();
    assert.ok(end - start < 1);
    assert.ok(Math.abs(clock.now() - Date.now()) < 1000);
  });

  it('sleeps, and wakes with the reason of the signal', async () => {
    await clock.sleep(1, new AbortController().signal);
    const abort = new AbortController();
    const sleeping = clock.sleep(60_000, abort.signal);
    const reason = new Error('enough');
    abort.abort(reason);
    await assert.rejects(sleeping, error => error === reason);
    await assert.rejects(clock.sleep(60_000, abort.signal), error => error === reason);
  });

  it('calls back repeatedly until stopped, and once unless stopped', async () => {
    let ticks = 0;
    let late = 0;
    const stop = clock.every(1, () => ticks++);
    const stopLate = clock.after(1, () => late++);
    clock.after(1, () => late++);
    stopLate();
    while (ticks < 3 || late < 1) await clock.sleep(1, new AbortController().signal);
    stop();
    assert.equal(late, 1);
  });
});
