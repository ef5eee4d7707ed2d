import type { Store } from '../../ports/store.ts';
import type { RunPorts } from '../../runs/ports.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { choosePlatform, listPlatforms } from '../choose-platform.ts';
import { createPlatform } from '../create-platform.ts';
import { scratchOf } from '../../runs/scratch.ts';
import type { SweptPlatform } from './sweep.ts';

/** The declared platforms that cost money, or the one of this name. Asks nobody, and looks up no secret. Throws `usage` for an unknown name. */
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
  return chosen.flatMap(one => {
    const { inventory } = createPlatform(one, platformPorts);
    return inventory === undefined ? [] : [{ name: one.name, type: one.settings.type, inventory }];
  });
}
