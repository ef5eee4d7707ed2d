import type {
  ArchiveModel,
  FilterSuggestions,
  ListModels,
  ListVersions,
  ModelPage,
  ModelVersionReference,
  RegisteredModel,
  RegistryEntries,
  SetAlias,
  SuggestFilter,
  SyncRegistries,
  VersionDetails,
  VersionPage,
} from '../../schemas/generated/messages.ts';
import { archive, keepModel } from '../../engine/registry/archive.ts';
import { isRead, listRegistries, pageModels, pageVersions } from '../../engine/registry/browse.ts';
import { describeVersion } from '../../engine/versions/details.ts';
import { suggestFilter } from '../../engine/registry/filter/suggest.ts';
import { describeRemoteVersion } from '../../engine/versions/remote-details.ts';
import { syncRegistry } from '../../engine/registry/sync.ts';
import { beginReading, tellReading } from './background-sync.ts';
import type { Session } from './session.ts';
import { withRegistries } from './with-registries.ts';

export async function listSharedRegistries(
  _nothing: unknown,
  session: Session,
  signal: AbortSignal,
): Promise<RegistryEntries> {
  return withRegistries(session, signal, registries => listRegistries(registries, session.store));
}

/** Failures of single registries are told with their entries: those of one keep nobody from reading the others. */
export function syncSharedRegistries(
  { registry }: SyncRegistries,
  session: Session,
  signal: AbortSignal,
): Promise<RegistryEntries> {
  return withRegistries(session, signal, async registries => {
    const { store, host } = session;
    await store.catalogue.retain(registries.declared.map(({ name }) => name));
    const names = registry === undefined ? registries.declared.map(({ name }) => name) : [registry];
    for (const name of names) {
      const opened = registries.open(name);
      if (opened.type === 'local') continue;
      try {
        const ports = { catalogue: store.catalogue, clock: host.clock };
        await syncRegistry(opened, ports, { onProgress: () => tellReading(session) }, signal);
      } catch (error) {
        signal.throwIfAborted();
        if (registry !== undefined) throw error;
      }
    }
    return listRegistries(registries, store);
  });
}

export function pageRegistryModels(query: ListModels, session: Session, signal: AbortSignal): Promise<ModelPage> {
  return withRegistries(session, signal, async registries => {
    const page = await pageModels(query, registries, session.store.catalogue, signal);
    await readSoon(query.registry, session);
    return page;
  });
}

export function pageRegistryVersions(query: ListVersions, session: Session, signal: AbortSignal): Promise<VersionPage> {
  return withRegistries(session, signal, async registries => {
    const page = await pageVersions(query, registries, session.store.catalogue, signal);
    await readSoon(query.registry, session);
    return page;
  });
}

export async function suggestForFilter(
  { registry, filter, offset }: SuggestFilter,
  { store }: Session,
): Promise<FilterSuggestions> {
  return { suggestions: [...suggestFilter(filter, offset, await store.catalogue.words(registry))] };
}

/** What was never read is read now that it answers, so that the next list needs nobody. */
async function readSoon(registry: string, session: Session): Promise<void> {
  if (!(await isRead(registry, session.store.catalogue))) beginReading(session, registry);
}

export async function getVersion(
  { model, version, registry }: ModelVersionReference,
  session: Session,
  signal: AbortSignal,
): Promise<VersionDetails> {
  const { store } = session;
  if (registry === undefined || registry === 'local') return describeVersion(model, version, store, signal);
  return withRegistries(session, signal, registries =>
    describeRemoteVersion(registries.open(registry), model, version, store.catalogue, signal),
  );
}

export async function setAlias(
  { model, alias, version, registry }: SetAlias,
  session: Session,
  signal: AbortSignal,
): Promise<RegisteredModel> {
  const actor = await session.host.identities.whoAmI(session.folder, signal);
  return withRegistries(session, signal, async registries => {
    const opened = registries.open(registry);
    const changed = await opened.setAlias(model, alias, version, actor, signal);
    await keepModel(opened, changed, session.store.catalogue);
    return changed;
  });
}

export async function archiveModel(
  { model, version, archived, registry }: ArchiveModel,
  session: Session,
  signal: AbortSignal,
): Promise<RegisteredModel> {
  const actor = await session.host.identities.whoAmI(session.folder, signal);
  return withRegistries(session, signal, registries =>
    archive(registries.open(registry), { model, version, archived }, actor, session.store.catalogue, signal),
  );
}
