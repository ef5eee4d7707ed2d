import assert from 'node:assert/strict';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { decodeBase64, encodeBase64 } from './base64.ts';

describe('base64', () => {
  const random = createSeeded(3);
  const samples = Array.from({ length: 200 }, (_, length) =>
    Uint8Array.from({ length }, () => Math.floor(random() * 256)),
  );

  it('writes what Node writes', () => {
    for (const bytes of samples) assert.equal(encodeBase64(bytes), Buffer.from(bytes).toString('base64'));
  });

  it('reads both alphabets, padded or not', () => {
    for (const bytes of samples) {
      const text = Buffer.from(bytes).toString('base64');
      for (const written of [text, text.replace(/=+$/, ''), Buffer.from(bytes).toString('base64url')]) {
        assert.deepEqual(decodeBase64(written), bytes);
      }
    }
  });

  it('refuses what is not base64', () => {
    for (const text of ['a', 'ab c', 'ab=c', 'äöüß', 'abcde', '====']) assert.equal(decodeBase64(text), undefined, text);
  });
});
