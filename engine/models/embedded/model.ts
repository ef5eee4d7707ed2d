import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Model } from '../model.ts';
import type { Classifier, ClassifierKind } from './classifier.ts';

/**
 * A trained classifier as something a benchmark can ask. It reads the row's input, not the prompt, and claims no tokens and no cost.
 * `trainingDigest` is the SHA-256 over the training rows.
 */
export function createEmbeddedModel(
  kind: ClassifierKind,
  classifier: Classifier,
  trainingDigest: string,
  seed: number,
  clock: Clock,
  digest: Digest,
): Model {
  return {
    name: `embedded:${kind.id}`,
    digest: digest.sha256(JSON.stringify(['embedded', kind.id, kind.version, trainingDigest, seed])),
    async answer(question, signal) {
      signal.throwIfAborted();
      const asked = clock.monotonic();
      const output = classifier.classify(question.input);
      return { output, latencyMs: clock.monotonic() - asked, attempts: 1 };
    },
    async close() {},
  };
}
