import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { createThrottle } from './throttle.ts';

describe('createThrottle', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());

  it('sends the first at once, then the latest of each interval, for each key', () => {
    const sent: string[] = [];
    const throttle = createThrottle<string, number>(100, (key, value) => sent.push(`${key}${value}`));
    throttle.push('a', 1);
    throttle.push('a', 2);
    throttle.push('b', 1);
    throttle.push('a', 3);
    assert.deepEqual(sent, ['a1', 'b1']);
    mock.timers.tick(100);
    assert.deepEqual(sent, ['a1', 'b1', 'a3']);
    mock.timers.tick(100);
    throttle.push('a', 4);
    assert.deepEqual(sent.at(-1), 'a4');
    throttle.dispose();
  });
});
