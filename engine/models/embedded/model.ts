import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Model } from '../model.ts';
import { trainedModelDigest } from '../trained.ts';
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
  const modelDigest = digest.sha256(JSON.stringify(['embedded', kind.id, kind.version, trainingDigest, seed]));
  return modelOf(`embedded:${kind.id}`, modelDigest, classifier, clock);
}

/** A classifier read from a weights file, asked under the name of a checkpoint or a registered version. */
export function createTrainedModel(
  name: string,
  classifier: Classifier,
  weightsDigest: string,
  clock: Clock,
  digest: Digest,
): Model {
  return modelOf(name, trainedModelDigest(digest, weightsDigest), classifier, clock);
}

function modelOf(name: string, digest: string, classifier: Classifier, clock: Clock): Model {
  return {
    name,
    digest,
    async answer(question, signal) {
      signal.throwIfAborted();
      const asked = clock.monotonic();
      const output = classifier.classify(question.input);
      return { output, latencyMs: clock.monotonic() - asked, attempts: 1 };
    },
    async close() {},
  };
}
