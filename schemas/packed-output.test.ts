import assert from 'node:assert/strict';
import { packOutput, unpackOutput } from './packed-output.ts';

const output = { version: 1, runId: 'r1', as: 'first', report: { title: 'a', variants: [{ n: 1 }] } };

describe('a packed output', () => {
  it('keeps its reference in the open and what it shows on one line', () => {
    const packed = packOutput(output);
    assert.deepEqual(packed, {
      version: 1,
      runId: 'r1',
      as: 'first',
      packed: JSON.stringify({ report: output.report }),
    });
    assert.equal(JSON.stringify(packed, undefined, 1).split('\n').length, 6);
  });

  it('comes back whole', () => {
    for (const whole of [output, { version: 1, view: { a: 'b' } }, { version: 1, runId: 'r', tuning: {}, prompt: [] }])
      assert.deepEqual(unpackOutput(JSON.parse(JSON.stringify(packOutput(whole)))), whole);
  });

  it('is left as it is where nothing can be packed or unpacked', () => {
    const running = { version: 1, runId: 'r1' };
    assert.equal(packOutput(running), running);
    for (const value of [running, output, { packed: '{' }, { packed: '7' }, { packed: 7 }, null, 'x', [1]])
      assert.equal(unpackOutput(value), value);
  });

  it('brings in nothing but what an output shows', () => {
    const forged = { version: 1, runId: 'r1', packed: '{"runId": "r2", "__proto__": {"x": 1}, "report": {}}' };
    assert.deepEqual(unpackOutput(forged), { version: 1, runId: 'r1', report: {} });
  });
});
