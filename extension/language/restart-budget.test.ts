import assert from 'node:assert/strict';
import { createRestartBudget } from './restart-budget.ts';

describe('createRestartBudget', () => {
  it('lets a server die four times in three minutes, and forgets deaths from before', () => {
    let time = 0;
    const budget = createRestartBudget(() => time);
    const dieAt = (seconds: number): boolean => {
      time = seconds * 1000;
      return budget.spend();
    };
    assert.deepEqual([0, 1, 2, 3].map(dieAt), [true, true, true, true]);
    assert.equal(dieAt(4), false);
    assert.equal(dieAt(200), true);
    assert.deepEqual([1000, 1100, 1200, 1300, 1400, 1500].map(dieAt), [true, true, true, true, true, true]);
  });
});
