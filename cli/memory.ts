import { loadWorkspace } from '../engine/workspace/workspace.ts';
import type { Memory } from '../engine/diagnostics/diagnose.ts';
import { rememberStore } from '../engine/diagnostics/remembered.ts';
import type { Store } from '../engine/ports/store.ts';
import { openStoreToRead, storeFolderOf, type Host } from './composition.ts';

/** What the stores of the workspaces remember, opened without the right to write when first asked; checking files never fails for want of one. */
export function openMemory(
  host: Host,
  storeFolder: string | undefined,
): { readonly memory: Memory; close(): Promise<void> } {
  const { files, clock, digest } = host;
  const stores = new Map<string, Promise<Store | undefined>>();

  async function open(folder: string): Promise<Store | undefined> {
    try {
      const workspace = await loadWorkspace(files, folder, new AbortController().signal);
      return await openStoreToRead(host, storeFolderOf(workspace, storeFolder));
    } catch {
      // A workbench.yaml with errors, or a store that is in use elsewhere: what is remembered there is not needed to check a file.
      return undefined;
    }
  }

  return {
    memory: {
      digest,
      async of(folder, file) {
        const store = stores.get(folder) ?? open(folder);
        stores.set(folder, store);
        const opened = await store;
        return opened && rememberStore(opened, file, digest, () => clock.now());
      },
    },
    async close() {
      for (const store of stores.values()) await (await store)?.close();
    },
  };
}
