import { createHash, createPublicKey, verify } from 'node:crypto';
import type { BundleTools } from '../../engine/bundle/verify.ts';

/** SHA-256 and Ed25519 by Node's own library. */
export const bundleTools: BundleTools = {
  sha256: data => createHash('sha256').update(data).digest('hex'),
  verify(publicKey, bytes, signature) {
    const [, base64] = /^ed25519:([A-Za-z0-9+/]{43}=)$/.exec(publicKey) ?? [];
    if (base64 === undefined || signature.length !== 64) return false;
    const x = Buffer.from(base64, 'base64').toString('base64url');
    try {
      return verify(null, bytes, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature);
    } catch {
      return false;
    }
  },
};
