import assert from 'node:assert/strict';
import { createDigest } from './digest.ts';

// FIPS 180-2, appendix B.1: the digest of "abc".
const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

describe('createDigest', () => {
  const digest = createDigest();

  it('hashes text and bytes alike', () => {
    assert.equal(digest.sha256('abc'), abc);
    assert.equal(digest.sha256(new TextEncoder().encode('abc')), abc);
  });

  it('hashes pieces as the whole', () => {
    const state = digest.startSha256();
    state.update('a');
    state.update(new TextEncoder().encode('bc'));
    assert.equal(state.hex(), abc);
    assert.equal(digest.sha256('ä'), digest.sha256(new TextEncoder().encode('ä')));
  });
});
