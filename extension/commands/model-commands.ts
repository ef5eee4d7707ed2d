import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { deleteKey, savedKeyNames, saveKey } from '../connect/saved-keys.ts';
import { askForKey } from '../engine/secret-desk.ts';
import type { ModelNode, NoticeNode } from '../models/models-tree.ts';
import { registerCommand, type CommandContext } from './context.ts';
import { showPlace } from './show-failure.ts';

const namePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

export function registerModelCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.setApiKey', (given: unknown) => setApiKey(context, given)),
    registerCommand(context, 'aiwb.deleteApiKey', (given: unknown) => deleteApiKey(context, given)),
    registerCommand(context, 'aiwb.copyModelName', (given: unknown) => copyModelName(given)),
    registerCommand(context, 'aiwb.openConnection', (given: unknown) => openConnection(given)),
    registerCommand(context, 'aiwb.openWorkbenchFile', (given: unknown) => openWorkbenchFile(given)),
  ];
}

async function setApiKey(context: CommandContext, given: unknown): Promise<void> {
  const name = secretOf(given) ?? (await askForName(context));
  if (name === undefined) return;
  const value = await askForKey(name, vscode.l10n.t('Connections refer to it as apiKey: {secret: {0}}.', name));
  if (value === undefined) return;
  await saveKey(context.extension, name, value);
  void vscode.window.showInformationMessage(vscode.l10n.t('The key "{0}" is saved.', name));
}

async function deleteApiKey(context: CommandContext, given: unknown): Promise<void> {
  const name = secretOf(given) ?? (await pickName(context));
  if (name === undefined) return;
  await deleteKey(context.extension, name);
  void vscode.window.showInformationMessage(vscode.l10n.t('The key "{0}" is deleted.', name));
}

async function askForName(context: CommandContext): Promise<string | undefined> {
  const [known] = savedKeyNames(context.extension);
  return await vscode.window.showInputBox({
    title: vscode.l10n.t('Set API Key'),
    prompt: vscode.l10n.t('The name by which workbench.yaml refers to the key'),
    placeHolder: 'openai',
    ...(known === undefined ? {} : { value: known }),
    validateInput: value =>
      namePattern.test(value) ? undefined : vscode.l10n.t('A letter, then letters, digits, "_" and "-".'),
  });
}

async function pickName(context: CommandContext): Promise<string | undefined> {
  const names = savedKeyNames(context.extension);
  if (names.length > 0) return await vscode.window.showQuickPick(names, { title: vscode.l10n.t('Delete API Key') });
  void vscode.window.showInformationMessage(vscode.l10n.t('No key is saved.'));
  return undefined;
}

async function copyModelName(given: unknown): Promise<void> {
  const node = modelNode(given);
  if (node !== undefined) await vscode.env.clipboard.writeText(node.model.name);
}

async function openConnection(given: unknown): Promise<void> {
  const node = modelNode(given);
  if (node?.model.place === undefined) return;
  const { path: file, line, column } = node.model.place;
  await showPlace(path.resolve(node.folder, file), line, column);
}

/** Opens workbench.yaml, at the fault if it has one, or creates it with one commented connection. */
async function openWorkbenchFile(given: unknown): Promise<void> {
  const notice = noticeNode(given);
  const place = notice?.failure?.place;
  if (notice !== undefined && place !== undefined) {
    await showPlace(path.resolve(notice.folder, place.path), place.line, place.column);
    return;
  }
  const folder = notice?.folder ?? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  if (folder === undefined) {
    throw new FailureError({ code: 'usage', message: vscode.l10n.t('Open a folder first.') });
  }
  const existing = ['workbench.yaml', 'workbench.yml']
    .map(name => path.join(folder, name))
    .find(file => existsSync(file));
  if (existing !== undefined) {
    await showPlace(existing);
    return;
  }
  const uri = vscode.Uri.file(path.join(folder, 'workbench.yaml')).with({ scheme: 'untitled' });
  const editor = await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri));
  if (editor.document.getText() === '') await editor.insertSnippet(new vscode.SnippetString(connectionSnippet));
}

const connectionSnippet = `# Connections that benchmarks name under \`models\`. No secret belongs in this file.
connections:
  \${1:local}:
    provider: openai
    baseUrl: \${2:http://localhost:8000/v1}
    model: \${3:granite-3}
`;

function secretOf(given: unknown): string | undefined {
  return typeof given === 'string' ? given : modelNode(given)?.model.secret;
}

function modelNode(given: unknown): ModelNode | undefined {
  return isNode(given) && given.kind === 'model' ? (given as ModelNode) : undefined;
}

function noticeNode(given: unknown): NoticeNode | undefined {
  return isNode(given) && given.kind === 'notice' ? (given as NoticeNode) : undefined;
}

function isNode(given: unknown): given is { kind: unknown } {
  return typeof given === 'object' && given !== null && 'kind' in given;
}
