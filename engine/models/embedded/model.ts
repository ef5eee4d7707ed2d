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
      const latencyMs = clock.monotonic() - asked;
      const probabilities = probabilitiesOf(classifier);
      return { output, latencyMs, attempts: 1, ...(probabilities === undefined ? {} : { probabilities }) };
    },
    async close() {},
  };
}

/** With more labels than this, nobody reads their probabilities and telling them would cost more than the answer. */
const mostLabels = 64;

/** Each label's share of the worth that the last text gave to all; absent where it gave none. */
function probabilitiesOf(classifier: Classifier): Readonly<Record<string, number>> | undefined {
  const { labels } = classifier;
  const worths = labels.length > mostLabels ? undefined : classifier.worths?.();
  if (worths === undefined) return undefined;
  let sum = 0;
  for (const worth of worths) sum += worth;
  if (!(sum > 0) || !Number.isFinite(sum)) return undefined;
  return Object.fromEntries(labels.map((label, index) => [label, worths[index]! / sum]));
}
