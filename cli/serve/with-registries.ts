import { addressesOf } from '../../engine/registry/declared.ts';
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
    await session.store.catalogue.declare(addressesOf(registries.declared));
    return await use(registries);
  } finally {
    await registries.close();
  }
}
