import assert from 'node:assert/strict';
import { createManualClock } from '../../../test/fakes/clock.ts';
import { createBreaker } from './breaker.ts';

describe('circuit breaker', () => {
  it('opens after enough failures in a row, says so, and lets one try after the cool-down', async () => {
    const clock = createManualClock();
    const breaker = createBreaker(clock, { threshold: 3, coolDown: 1000 });
    for (let i = 0; i < 3; i++) {
      assert.equal(breaker.check(), undefined);
      breaker.failed('refused');
    }
    assert.match(breaker.check() ?? '', /last 3 questions found no connection; tried again in 1 s\. Last: refused/);
    await clock.advance(1000);
    assert.equal(breaker.check(), undefined);
    assert.notEqual(breaker.check(), undefined);
    breaker.failed('refused');
    assert.notEqual(breaker.check(), undefined);
    await clock.advance(1000);
    assert.equal(breaker.check(), undefined);
    breaker.reached();
    assert.equal(breaker.check(), undefined);
    assert.equal(breaker.check(), undefined);
  });

  it('forgets failures when the endpoint answers in between', () => {
    const breaker = createBreaker(createManualClock(), { threshold: 2 });
    for (let i = 0; i < 5; i++) {
      breaker.failed('refused');
      breaker.reached();
    }
    assert.equal(breaker.check(), undefined);
  });
});
