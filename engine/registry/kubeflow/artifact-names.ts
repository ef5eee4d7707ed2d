import type { Artifact } from '../../../schemas/generated/messages.ts';
import type { Digest } from '../../ports/digest.ts';
import { trueName } from './artifacts.ts';
import { isLike } from './like.ts';
import { nameOf, readText, type Resource } from './wire.ts';

/** The server stores `<id of the version>:<name>` in 255 characters. */
const longestName = 240;

export interface NamedArtifact {
  readonly artifact: Artifact;
  readonly storedName: string;
}

/**
 * Those of `wanted` that are not there yet, each with the name to store it by.
 *
 * That is its own, except where the server would take it for another one: a figure or parameter is looked up by SQL's LIKE among all
 * artifacts of the version, and what is found is overwritten. So `f_1` would replace `fx1`, and `acc` would replace `qa:acc`. And the
 * first model artifact is stored by the name of the model, where the official Python client looks for it.
 */
export function nameArtifacts(
  existing: readonly Resource[],
  wanted: readonly Artifact[],
  version: { readonly id: string; readonly model: string },
  digest: Digest,
): readonly NamedArtifact[] {
  const keyOf = (type: string, name: string): string => `${type} ${name}`;
  const known = new Set(existing.map(one => keyOf(readText(one, 'artifactType') ?? '', trueName(one))));
  const stored = existing.map(nameOf);
  const named: NamedArtifact[] = [];
  for (const artifact of wanted) {
    const key = keyOf(artifact.artifactType, artifact.name);
    if (known.has(key)) continue;
    known.add(key);
    named.push({ artifact, storedName: artifact.name });
    stored.push(artifact.name);
  }
  const weights = existing.some(one => readText(one, 'artifactType') === 'model-artifact')
    ? undefined
    : wanted.find(one => one.artifactType === 'model-artifact');
  return named.map(({ artifact }) => {
    if (artifact === weights && version.model.length <= longestName) return { artifact, storedName: version.model };
    const mark = digest.sha256(keyOf(artifact.artifactType, artifact.name)).slice(0, 10);
    const { name } = artifact;
    const short = name.length <= longestName ? name : `${name.slice(0, longestName - 11)}-${mark}`;
    const upserted = artifact.artifactType === 'metric' || artifact.artifactType === 'parameter';
    const isTaken = stored.some(other => other !== name && isLike(`%:${short}`, `${version.id}:${other}`));
    // Without `_` and `%`, and with an ending that no other name has, it is only like itself.
    const apart = `${short.replace(/[%_\\]/g, '-').slice(0, longestName - 11)}-${mark}`;
    return { artifact, storedName: upserted && isTaken ? apart : short };
  });
}
