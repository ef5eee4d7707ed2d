import path from 'node:path';
import process from 'node:process';
import type { OpenWorkspace, WorkspaceOpened } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Store } from '../../engine/ports/store.ts';
import type { RunPorts } from '../../engine/runs/ports.ts';
import { loadWorkspace, type Workspace } from '../../engine/workspace/workspace.ts';
import { openStore } from '../../platform/store/store.ts';
import type { HostAccess } from './host-access.ts';
import { createHost, createRunPorts, storeFolderOf, type Host } from '../composition.ts';
import { version } from '../version.ts';

/** One workspace folder as the engine process serves it. */
export interface Session {
  readonly host: Host;
  readonly folder: string;
  readonly storeFolder: string;
  readonly store: Store;
  readonly options: OpenWorkspace;
  readonly access: HostAccess;
  /** workbench.yaml as it is now. */
  readWorkspace(signal: AbortSignal): Promise<Workspace>;
  createPorts(signal: AbortSignal): Promise<RunPorts>;
}

/** Opens the workspace's store. A broken workbench.yaml does not keep the runs from being shown: the default store is used. */
export async function openSession(options: OpenWorkspace, access: HostAccess, signal: AbortSignal): Promise<Session> {
  const host = createHost();
  const folder = path.resolve(options.folder);
  const readWorkspace = (current: AbortSignal): Promise<Workspace> => loadWorkspace(host.files, folder, current);
  const workspace = await readWorkspace(signal).catch((error: unknown): Workspace => {
    if (error instanceof WorkbenchError && error.code === 'file-invalid')
      return { folder, path: undefined, text: '', config: {} };
    throw error;
  });
  const storeFolder = storeFolderOf(
    workspace,
    options.store === undefined ? undefined : path.resolve(folder, options.store),
  );
  const store = await openStore({ folder: storeFolder, clock: host.clock });
  return {
    host,
    folder,
    storeFolder,
    store,
    options,
    access,
    readWorkspace,
    createPorts: async current =>
      // Programs are started by run processes alone.
      createRunPorts(
        host,
        await readWorkspace(current),
        { secrets: access.secrets, allowsProgram: () => false },
        options.network,
        current,
      ),
  };
}

export async function describeSession({ store, storeFolder }: Session): Promise<WorkspaceOpened> {
  const { sqlite } = await store.facts();
  return { workbench: version, node: process.versions.node, sqlite, store: storeFolder };
}
