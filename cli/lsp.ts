import process from 'node:process';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import type { ExitCode } from '../engine/base/errors.ts';
import { startLanguageServer } from '../language-server/server.ts';
import { createFiles } from '../platform/files/files.ts';

/** The language server over the standard streams; ends with its client. */
export async function runLanguageServer(): Promise<ExitCode> {
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  startLanguageServer(connection, { files: createFiles() });
  await new Promise<void>(resolve => process.stdin.once('end', resolve));
  return 0;
}
