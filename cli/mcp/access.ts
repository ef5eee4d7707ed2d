import { checkPrograms, createTerminalAccess, type AccessOptions } from '../access.ts';
import type { HostAccess } from '../serve/host-access.ts';

/** What runs of agents may use: what a terminal's could, as the options of the server and the user's own configuration say. */
export function createMcpAccess(options: AccessOptions): HostAccess {
  const access = createTerminalAccess(options);
  return {
    secrets: access.secrets,
    allowPrograms: async commands => {
      checkPrograms(commands, access);
    },
    // The window that lends a model asks its person itself.
    lend: () => Promise.resolve(),
    lendTo: () => undefined,
    listLent: () => Promise.resolve([]),
  };
}
