import process from 'node:process';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import type { ExitCode } from '../engine/base/errors.ts';
import { estimateRun } from '../engine/runs/estimate.ts';
import { loadWorkspace } from '../engine/workspace/workspace.ts';
import type { LanguageServerPorts } from '../language-server/ports.ts';
import { startLanguageServer } from '../language-server/server.ts';
import { openStore } from '../platform/store/store.ts';
import { createHost, createRunPorts, explanationsPage, storeFolderOf } from './composition.ts';
import { withoutAccess } from './access.ts';

/** The language server over the standard streams; ends with its client. */
export async function runLanguageServer(storeFolder: string | undefined): Promise<ExitCode> {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  startLanguageServer(connection, createLanguageServerPorts(storeFolder));
  await new Promise<void>(resolve => process.stdin.once('end', resolve));
  return 0;
}

/** `storeFolder` is used in place of the one that workbench.yaml names. */
export function createLanguageServerPorts(storeFolder: string | undefined): LanguageServerPorts {
  const host = createHost();
  const { files, digest, clock } = host;
  return {
    files,
    digest,
    clock,
    explanations: explanationsPage,
    async openStore(folder, signal) {
      const store = storeFolderOf(await loadWorkspace(files, folder, signal), storeFolder);
      if ((await files.facts(files.resolve(store, 'store.db'))) === undefined) return undefined;
      return openStore({ folder: store, clock, readOnly: true });
    },
    async estimate(path, folder, text, signal) {
      const workspace = await loadWorkspace(files, folder, signal);
      const ports = await createRunPorts(host, workspace, withoutAccess, {}, signal);
      const file = files.relative(folder, path);
      return estimateRun({ kind: 'benchmark', folder, path, file, text, name: file, origin: 'editor' }, ports, signal);
    },
  };
}
