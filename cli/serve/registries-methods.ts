import type {
  ListModels,
  ListVersions,
  ModelPage,
  RegistryEntries,
  VersionPage,
} from '../../schemas/generated/messages.ts';
import { listRegistries, pageModels, pageVersions } from '../../engine/registry/browse.ts';
import { createRegistries, type Registries } from '../../engine/registry/registries.ts';
import type { Session } from './session.ts';

/** Opens the workspace's registries as workbench.yaml declares them now, for one request. */
export async function withRegistries<T>(
  session: Session,
  signal: AbortSignal,
  use: (registries: Registries) => Promise<T>,
): Promise<T> {
  const workspace = await session.readWorkspace(signal);
  const registries = createRegistries(workspace, session.store.registry, await session.createPorts(signal));
  try {
    return await use(registries);
  } finally {
    await registries.close();
  }
}

export function listSharedRegistries(
  _nothing: unknown,
  session: Session,
  signal: AbortSignal,
): Promise<RegistryEntries> {
  return withRegistries(session, signal, registries => listRegistries(registries, session.store));
}

export function pageRegistryModels(query: ListModels, session: Session, signal: AbortSignal): Promise<ModelPage> {
  return withRegistries(session, signal, registries => pageModels(query, registries, signal));
}

export function pageRegistryVersions(query: ListVersions, session: Session, signal: AbortSignal): Promise<VersionPage> {
  return withRegistries(session, signal, registries => pageVersions(query, registries, signal));
}
