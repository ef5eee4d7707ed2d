import type { Digest } from '../ports/digest.ts';

/**
 * Digest that benchmarks record for a model with these weights, under whatever name it was asked (`checkpoint:…`, `registry:…`).
 * Evidence is matched to a model version by it.
 */
export function trainedModelDigest(digest: Digest, weightsDigest: string): string {
  return digest.sha256(JSON.stringify(['weights', weightsDigest]));
}
