import assert from 'node:assert/strict';
import { toBase64 } from './base64.ts';

describe('base64', () => {
  it('writes every length as Node does', () => {
    for (let length = 0; length < 200; length += 1) {
      const bytes = Uint8Array.from({ length }, (_, at) => (at * 97 + length * 31) & 255);
      assert.equal(toBase64(bytes), Buffer.from(bytes).toString('base64'));
    }
    const long = new Uint8Array(200_001).fill(255);
    assert.equal(toBase64(long), Buffer.from(long).toString('base64'));
  });
});
