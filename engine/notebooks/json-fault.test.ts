import assert from 'node:assert/strict';
import { findJsonFault } from './json-fault.ts';

describe('findJsonFault', () => {
  it('finds where a text stops being JSON', () => {
    const faults: readonly (readonly [text: string, at: number])[] = [
      ['', 0],
      ['{', 1],
      ['{"a": 1,}', 8],
      ['[1 2]', 3],
      ['{"a" 1}', 5],
      ['{a: 1}', 1],
      ['[01]', 1],
      ['["a\n"]', 1],
      ['{"a": tru}', 6],
      ['[1]]', 3],
      ['[}', 1],
      ['{"a": 1\n<<<<<<< HEAD\n}', 8],
    ];
    for (const [text, at] of faults) {
      assert.equal(findJsonFault(text), at, text);
      assert.throws(() => JSON.parse(text) as unknown);
    }
  });

  it('finds none in JSON', () => {
    for (const value of [{}, [], 'a"\\', 1.5e-7, null, [[{ a: [true, { b: '}' }] }, false]], -0]) {
      for (const indent of [0, 2]) {
        const text = JSON.stringify(value, undefined, indent);
        assert.equal(findJsonFault(text), text.length, text);
      }
    }
  });
});
