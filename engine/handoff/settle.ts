import type { Artifact, ModelVersion } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { RegistryEdit } from '../ports/registry.ts';
import { artifactKey, type Place } from './content.ts';

type Wanted = NonNullable<RegistryEdit['customProperties']>;

/** How often what another publisher overwrote is written again. */
const mostRounds = 4;

/**
 * Brings a version's properties to what is wanted and looks whether they stayed: registries that replace all properties at once lose
 * one of two writers' without telling. `wanted` is asked of what is there now. Throws `registry-conflict` where others go on
 * overwriting them.
 */
export async function settleProperties(
  { registry, model, version, actor }: Place,
  wanted: (there: ModelVersion) => Wanted,
  signal: AbortSignal,
): Promise<ModelVersion> {
  for (let round = 1; round <= mostRounds; round += 1) {
    const there = await registry.getVersion(model, version, signal);
    const missing = different(wanted(there), there);
    if (Object.keys(missing).length === 0) return there;
    signal.throwIfAborted();
    await registry.updateVersion(model, version, { customProperties: missing }, actor, signal);
  }
  const there = await registry.getVersion(model, version, signal);
  if (Object.keys(different(wanted(there), there)).length === 0) return there;
  throw new WorkbenchError(
    'registry-conflict',
    `Somebody else keeps changing the properties of ${model}@${version} in ${registry.name}.`,
    { remedy: 'Publish it again: nothing is doubled.' },
  );
}

function different(wanted: Wanted, { customProperties }: ModelVersion): Wanted {
  return Object.fromEntries(
    Object.entries(wanted).filter(([name, value]) => {
      const there = Object.hasOwn(customProperties, name) ? customProperties[name] : undefined;
      return !isSame(there, value);
    }),
  );
}

/** Registries keep numbers in their own ways: MLflow as text, others with as many digits as fit. */
function isSame(there: string | number | boolean | undefined, value: string | number | boolean | undefined): boolean {
  if (there === value) return true;
  if (there === undefined || value === undefined) return false;
  if (typeof value !== 'number') return String(there) === String(value);
  return Math.abs(Number(there) - value) <= Math.abs(value) * 1e-9;
}

/** Throws `registry-conflict` unless all of this is with the version: only then may its status say so. */
export async function requireDelivered(
  artifacts: readonly Artifact[],
  { registry, model, version }: Place,
  signal: AbortSignal,
): Promise<void> {
  const there = new Set((await registry.listArtifacts(model, version, signal)).map(artifactKey));
  const missing = artifacts.filter(artifact => !there.has(artifactKey(artifact)));
  const [first] = missing;
  if (first === undefined) return;
  const more = missing.length === 1 ? '' : ` and ${missing.length - 1} more`;
  throw new WorkbenchError(
    'registry-conflict',
    `${registry.name} took ${first.name}${more} of ${model}@${version} and does not have it.`,
    { remedy: 'Publish it again: what is there is not doubled.' },
  );
}
