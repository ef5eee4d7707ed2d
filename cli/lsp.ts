import path from 'node:path';
import process from 'node:process';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import type { ExitCode } from '../engine/base/errors.ts';
import { parseDocument } from '../engine/documents/parse.ts';
import type { Files } from '../engine/ports/files.ts';
import { estimateRun } from '../engine/runs/estimate.ts';
import { findWorkbenchFile } from '../engine/workspace/find.ts';
import { loadWorkspace } from '../engine/workspace/workspace.ts';
import type { LanguageServerPorts } from '../language-server/ports.ts';
import { startLanguageServer } from '../language-server/server.ts';
import { createHost, createRunPorts, explanationsPage, openStoreToRead } from './composition.ts';
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
      const store = storeFolder === undefined ? await storeNamed(files, folder, signal) : path.resolve(storeFolder);
      return openStoreToRead(host, store);
    },
    async estimate(file, folder, text, signal) {
      const workspace = await loadWorkspace(files, folder, signal);
      const ports = await createRunPorts(host, workspace, withoutAccess, {}, signal);
      const name = files.relative(folder, file);
      const spec = { kind: 'benchmark', folder, path: file, file: name, text, name, origin: 'editor' } as const;
      return estimateRun(spec, ports, signal);
    },
  };
}

/** As `storeFolderOf` says, also where workbench.yaml has errors: it is being written. */
async function storeNamed(files: Files, folder: string, signal: AbortSignal): Promise<string> {
  const file = await findWorkbenchFile(files, folder);
  if (file === undefined || files.parent(file) !== folder) return path.resolve(folder, '.aiwb');
  const draft = parseDocument('workbench', await files.readText(file, signal)).draft as { store?: unknown } | null;
  return path.resolve(folder, typeof draft?.store === 'string' && draft.store !== '' ? draft.store : '.aiwb');
}
