import type { RegisteredModel, VersionDetails } from '../../schemas/generated/messages.ts';
import type { Store } from '../ports/store.ts';
import { describeVersion } from './details.ts';
import { describeRemoteVersion } from './remote-details.ts';
import type { RegistryReference } from '../base/registry-reference.ts';
import type { Registries } from '../registry/registries.ts';

/** A version of any registry with what is known of it, and its model. */
export interface ReadVersion {
  readonly model: RegisteredModel;
  readonly details: VersionDetails;
}

/**
 * Reads a version by number or alias, without one the newest, from the registry that the reference names, or as it was read last
 * (`cachedAt`) where that cannot be asked. Assessments and approvals are the local registry's: others bring their status alone. Throws `registry-not-found`, `registry-unknown` and what asking a registry
 * elsewhere may throw.
 */
export async function readVersion(
  { registry: name, model, version }: RegistryReference,
  registries: Registries,
  store: Store,
  signal: AbortSignal,
): Promise<ReadVersion> {
  if (name === undefined) {
    const details = await describeVersion(model, version, store, signal);
    return { model: await store.registry.getModel(model, signal), details };
  }
  const registry = registries.open(name);
  const details = await describeRemoteVersion(registry, model, version, store.catalogue, signal);
  const known = await store.catalogue.readModel(name, model);
  return { model: known?.model ?? (await registry.getModel(model, signal)), details };
}
