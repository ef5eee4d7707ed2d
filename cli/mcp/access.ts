import { WorkbenchError } from '../../engine/base/errors.ts';
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
    // An agent must not decide what is installed on a person's machine.
    allowInstall: () => Promise.resolve(false),
    // The window that lends a model asks its person itself.
    lend: () => Promise.resolve(),
    lendTo: () => undefined,
    listLent: () => Promise.resolve([]),
    answerLent: () =>
      Promise.reject(
        new WorkbenchError('model-unsuitable', 'Models that VS Code lends answer runs started in a window only.'),
      ),
  };
}
