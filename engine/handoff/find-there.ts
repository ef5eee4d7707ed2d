import type { ModelVersion } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { LocalVersion, ModelRegistry } from '../ports/registry.ts';
import { weightsDigestIn } from '../registry/keys.ts';
import { originOf } from '../registry/origin.ts';

/** A local version as another registry holds it: the one it was pulled from, or the same weights of the same run under `model`. */
export async function findThere(
  local: LocalVersion,
  model: string,
  registry: ModelRegistry,
  signal: AbortSignal,
): Promise<ModelVersion | undefined> {
  const origin = originOf(local);
  try {
    if (origin?.registry === registry.name && origin.model === model) {
      const found = await registry.getVersion(origin.model, origin.version, signal);
      if (weightsOf(found) === local.weightsDigest) return found;
    }
    let after: string | undefined;
    do {
      const page = await registry.pageVersions(
        { model, archived: true, ...(after === undefined ? {} : { after }) },
        signal,
      );
      const found = page.items.find(
        one => weightsOf(one) === local.weightsDigest && one.lineage.runId === local.lineage.runId,
      );
      if (found !== undefined) return found;
      after = page.next;
    } while (after !== undefined);
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code !== 'registry-not-found') throw error;
  }
  return undefined;
}

/** SHA-256 of a version's weights, as far as its registry tells. */
export function weightsOf({ weightsDigest, externalId }: ModelVersion): string | undefined {
  return weightsDigest ?? weightsDigestIn(externalId);
}
