import type { Store } from '../../ports/store.ts';
import type { RunPorts } from '../../runs/ports.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { choosePlatform, listPlatforms } from '../choose-platform.ts';
import { createPlatform } from '../create-platform.ts';
import { scratchOf } from '../../runs/scratch.ts';
import type { SweptPlatform } from './sweep.ts';

/** The declared platforms that cost money and their storages, or those of this name. Asks nobody, and looks up no secret. Throws `usage` for an unknown name. */
export function sweptPlatforms(
  name: string | undefined,
  workspace: Workspace,
  store: Pick<Store, 'blobs' | 'path'>,
  ports: RunPorts,
): readonly SweptPlatform[] {
  const { blobs, path } = store;
  const { folder, config } = workspace;
  const platformPorts = { ...ports, blobs, folder, config, scratch: scratchOf(path, ports.files) };
  const chosen = name === undefined ? listPlatforms(workspace) : [choosePlatform(name, workspace)];
  const storages = new Set<string>();
  return chosen.flatMap(({ name: own, settings }) => {
    const { inventory, saved } = createPlatform({ name: own, settings }, platformPorts);
    const swept: SweptPlatform[] = inventory === undefined ? [] : [{ name: own, type: settings.type, inventory }];
    // Platforms may share one.
    const storage = 'storage' in settings ? JSON.stringify(settings.storage) : '';
    if (saved === undefined || storages.has(storage)) return swept;
    storages.add(storage);
    return [...swept, { name: `${own} (storage)`, type: settings.type, inventory: saved }];
  });
}
