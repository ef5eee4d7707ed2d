import type {
  ListModels,
  ListVersions,
  ModelPage,
  ModelRow,
  RegisteredModel,
  RegistryEntries,
  RegistryEntry,
  VersionPage,
  VersionRow,
} from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';
import type { Registries } from './registries.ts';

/** The workspace's registries with how old what is known of each is. Asks none of them. */
export async function listRegistries(registries: Registries, store: Store): Promise<RegistryEntries> {
  const entries: RegistryEntry[] = [];
  for (const name of ['local', ...registries.declared.map(one => one.name)]) {
    const { type, capabilities } = registries.open(name);
    const settings = registries.declared.find(one => one.name === name)?.settings;
    entries.push({
      name,
      type,
      capabilities,
      ...(settings === undefined ? {} : { url: settings.url }),
      ...(settings?.ui === undefined ? {} : { ui: settings.ui }),
      ...(settings?.readOnly === true ? { readOnly: true } : {}),
      cache: await store.catalogue.state(name),
    });
  }
  return { registries: entries };
}

export async function pageModels(
  { registry, archived, limit = 100 }: ListModels,
  registries: Registries,
  signal: AbortSignal,
): Promise<ModelPage> {
  const { items } = await registries.open(registry).pageModels({ archived: archived ?? false, limit }, signal);
  return { models: items.map(model => modelRow(registry, model)), total: items.length };
}

export async function pageVersions(
  { registry, model, limit = 100 }: ListVersions,
  registries: Registries,
  signal: AbortSignal,
): Promise<VersionPage> {
  const query = { limit, ...(model === undefined ? {} : { model }) };
  const { items } = await registries.open(registry).pageVersions(query, signal);
  return { versions: items.map(version => versionRow(registry, version as LocalVersion)), total: items.length };
}

function modelRow(registry: string, model: RegisteredModel): ModelRow {
  const { name, state, aliases, versions, updatedAt } = model;
  return { registry, name, state, aliases, versions, statuses: [], updatedAt };
}

function versionRow(registry: string, found: LocalVersion): VersionRow {
  const { model, version, status, state, aliases, createdAt, author } = found;
  return { registry, model, version, status, state, aliases, createdAt, author: author.email, figures: [] };
}
