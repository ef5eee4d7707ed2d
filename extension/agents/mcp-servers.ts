import * as vscode from 'vscode';
import { findNode } from '../engine/node-program.ts';
import { nodeSearch } from '../engine/engines.ts';
import { offersMcpServer, onAgentSettingsChanged, readStore } from '../settings.ts';

/**
 * Offers `aiwb mcp` to agents that are reached by the Model Context Protocol, one server a folder. It runs as a terminal would: keys come from the
 * environment or a credential command, never from this window's storage.
 */
export function registerMcpServers({ extension }: vscode.ExtensionContext, script: string): vscode.Disposable {
  const { version } = extension.packageJSON as { version: string };
  const changed = new vscode.EventEmitter<void>();
  const fire = (): void => changed.fire();
  return vscode.Disposable.from(
    changed,
    vscode.workspace.onDidChangeWorkspaceFolders(fire),
    vscode.workspace.onDidGrantWorkspaceTrust(fire),
    onAgentSettingsChanged(fire),
    vscode.lm.registerMcpServerDefinitionProvider('aiwb.mcpServers', {
      onDidChangeMcpServerDefinitions: changed.event,
      provideMcpServerDefinitions: () => describeServers(script, version),
      async resolveMcpServerDefinition(server: vscode.McpStdioServerDefinition) {
        const program = await findNode(nodeSearch());
        server.command = program.path;
        server.env = { ...program.env };
        return server;
      },
    }),
  );
}

/** Nothing is started to find out: the program is looked for when a server is to start. */
function describeServers(script: string, version: string): vscode.McpStdioServerDefinition[] {
  if (!vscode.workspace.isTrusted || !offersMcpServer()) return [];
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  return folders.map(folder => {
    const store = readStore(folder);
    const label = folders.length === 1 ? 'AI Workbench' : `AI Workbench (${folder.name})`;
    const server = new vscode.McpStdioServerDefinition(
      label,
      process.execPath,
      [script, 'mcp', '--stdio', '--workspace', folder.uri.fsPath, ...(store === undefined ? [] : ['--store', store])],
      {},
      version,
    );
    server.cwd = folder.uri;
    return server;
  });
}
