import assert from 'node:assert/strict';
import { createOutputMemory } from './output-memory.ts';

function open(kept?: unknown) {
  let state = kept;
  const context = {
    getState: () => state,
    setState: (value: unknown) => {
      state = JSON.parse(JSON.stringify(value));
    },
  };
  return { memory: createOutputMemory(context), reopen: () => createOutputMemory(context) };
}

describe('what outputs remember', () => {
  it('comes back by output, also after a reload', () => {
    const { memory, reopen } = open();
    const choices = memory.read('r1');
    assert.equal(choices.open, undefined);
    memory.keep('r1', { ...choices, open: 'charts', matrix: { variant: 1, metric: 'f1' } });
    for (const each of [memory, reopen()]) {
      assert.deepEqual(each.read('r1').matrix, { variant: 1, metric: 'f1' });
      assert.equal(each.read('r1').open, 'charts');
      assert.equal(each.read('r2').open, undefined);
    }
  });

  it('takes nothing on trust', () => {
    const outputs = [['r1', { open: 7, samples: { run: -1, outcome: 'x' }, matrix: 'no' }], ['r2'], 'r3', [4, {}]];
    for (const state of [undefined, null, 'text', { outputs: {} }, { outputs }]) {
      const choices = open(state).memory.read('r1');
      assert.equal(choices.open, undefined);
      assert.equal(choices.samples.outcome, 'all');
      assert.equal(choices.matrix, undefined);
    }
  });

  it('is bounded: those touched longest ago are forgotten', () => {
    const { memory } = open();
    const choices = memory.read('r');
    for (let index = 0; index < 150; index++) memory.keep(`r${String(index)}`, { ...choices, open: 'charts' });
    assert.equal(memory.read('r0').open, undefined);
    assert.equal(memory.read('r149').open, 'charts');
  });
});
