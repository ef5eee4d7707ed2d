import path from 'node:path';
import process from 'node:process';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { quoteLine } from '../../engine/models/command/quote.ts';
import type { ExitCode } from '../../engine/base/errors.ts';
import type { AccessOptions } from '../access.ts';
import { createHost, workspaceFolderOf } from '../composition.ts';
import { printNote } from '../output.ts';
import { createMcpAccess } from './access.ts';
import { createMcpServer, type McpServerOptions } from './server.ts';
import { createMcpWorkspace } from './workspace.ts';

export interface ServeMcpOptions extends AccessOptions, McpServerOptions {
  /** Folder to work in; default: the one this is started in, or the nearest above it that has a workbench.yaml. */
  readonly workspace: string | undefined;
  readonly store: string | undefined;
}

/** Answers an agent over the standard streams until they close. Runs it started go on. */
export async function serveMcp(options: ServeMcpOptions): Promise<ExitCode> {
  const folder =
    options.workspace === undefined
      ? await workspaceFolderOf(createHost(), process.cwd())
      : path.resolve(options.workspace);
  const store = options.store === undefined ? undefined : path.resolve(options.store);
  const workspace = createMcpWorkspace(folder, store, createMcpAccess(options));
  const closed = untilClosed();
  const serving = serveStdio(() => createMcpServer(workspace, options), {
    onerror: error => {
      printNote(`MCP: ${quoteLine(error.message)}`);
    },
  });
  await closed;
  await serving.close();
  await workspace.close();
  return 0;
}

/** Resolves when the client closes its end or the process is asked to stop. */
function untilClosed(): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      resolve();
    };
    process.stdin.once('end', end);
    process.stdin.once('close', end);
    process.once('SIGINT', end);
    process.once('SIGTERM', end);
  });
}
