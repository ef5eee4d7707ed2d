import { createHash, hash } from 'node:crypto';
import type { Digest } from '../../engine/ports/digest.ts';

/** SHA-256 by the host's OpenSSL. Text is hashed as UTF-8. */
export function createDigest(): Digest {
  return {
    sha256: data => hash('sha256', data, 'hex'),
    startSha256() {
      const state = createHash('sha256');
      return {
        update(data) {
          state.update(data);
        },
        hex: () => state.digest('hex'),
      };
    },
  };
}
