import * as vscode from 'vscode';
import type { NetworkSettings } from '../schemas/generated/messages.ts';

const section = 'aiWorkbench';

/** The setting `aiWorkbench.nodePath`, empty when not set. */
export function readNodePath(): string {
  return vscode.workspace.getConfiguration(section).get('nodePath', '').trim();
}

/** The store folder a setting names in place of workbench.yaml, absent when not set. */
export function readStore(folder: vscode.WorkspaceFolder): string | undefined {
  const store = vscode.workspace.getConfiguration(section, folder.uri).get('store', '').trim();
  return store === '' ? undefined : store;
}

export function readNotifyWhenDone(): boolean {
  return vscode.workspace.getConfiguration(section).get('notifyWhenDone', false);
}

/** How old what is shown of registries elsewhere may get, in minutes; 0: they are read by hand alone. */
export function readRefreshMinutes(): number {
  return vscode.workspace.getConfiguration(section).get('registry.refreshMinutes', 15);
}

/** Whether a gate that is not met keeps the cells after it from running. */
export function readStopAtGate(notebook: vscode.Uri): boolean {
  return vscode.workspace.getConfiguration(section, notebook).get('notebook.stopAtGate', false);
}

/** Whether agents are offered the server of the Model Context Protocol; what offers the tools is in package.json. */
export function offersMcpServer(): boolean {
  return ['mcp', 'both'].includes(vscode.workspace.getConfiguration(section).get('agents', 'tools'));
}

/** Fires when a setting changed that the servers for agents are described by. */
export function onAgentSettingsChanged(listener: () => unknown): vscode.Disposable {
  const settings = [`${section}.agents`, `${section}.nodePath`, `${section}.store`];
  return vscode.workspace.onDidChangeConfiguration(change => {
    if (settings.some(setting => change.affectsConfiguration(setting))) listener();
  });
}

/** Whether controls that did not come out compliant are problems of their policy files. */
export function showsPolicyProblems(): boolean {
  return vscode.workspace.getConfiguration(section).get('policies.problems', true);
}

/** Fires when that was turned on or off. */
export function onPolicyProblemsChanged(listener: () => unknown): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration(change => {
    if (change.affectsConfiguration(`${section}.policies.problems`)) listener();
  });
}

/** VS Code's own proxy settings. An empty proxy leaves the usual environment variables in force. */
export function readNetwork(): NetworkSettings {
  const http = vscode.workspace.getConfiguration('http');
  if (http.get('proxySupport') === 'off') return {};
  const proxy = http.get('proxy', '').trim();
  const noProxy = http.get<string[]>('noProxy', []);
  return {
    ...(proxy === '' ? {} : { proxy }),
    ...(noProxy.length === 0 ? {} : { noProxy }),
  };
}

/** Fires when a setting changed that a running engine process was started with. */
export function onEngineSettingsChanged(listener: () => unknown): vscode.Disposable {
  const settings = [`${section}.nodePath`, `${section}.store`, 'http.proxy', 'http.noProxy', 'http.proxySupport'];
  return vscode.workspace.onDidChangeConfiguration(change => {
    if (settings.some(setting => change.affectsConfiguration(setting))) listener();
  });
}

/** The settings as they apply, for diagnostics; a proxy's user name and password are left out. */
export function describeSettings(): string[] {
  const { proxy, noProxy } = readNetwork();
  return [
    `aiWorkbench.nodePath: ${readNodePath() || '(not set)'}`,
    ...(vscode.workspace.workspaceFolders ?? []).map(
      folder => `aiWorkbench.store (${folder.name}): ${readStore(folder) ?? '(not set)'}`,
    ),
    `aiWorkbench.notifyWhenDone: ${String(readNotifyWhenDone())}`,
    `http.proxy: ${proxy === undefined ? '(not set)' : proxy.replace(/\/\/[^@/]*@/, '//***@')}`,
    `http.noProxy: ${noProxy?.join(', ') ?? '(not set)'}`,
  ];
}
