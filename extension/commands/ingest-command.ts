import * as vscode from 'vscode';
import { nodeSearch } from '../engine/engines.ts';
import { findNode } from '../engine/node-program.ts';
import { registerCommand, type CommandContext } from './context.ts';

/** Takes a model in from outside, in a terminal that shows its steps and stays to be read. */
export function registerIngestCommand(context: CommandContext): vscode.Disposable {
  return registerCommand(context, 'aiwb.ingestModel', () => ingestModel(context));
}

async function ingestModel({ script }: CommandContext): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) return;
  const source = await askForSource();
  if (source === undefined) return;
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t('Ingest Model'),
    prompt: vscode.l10n.t('Name it is registered under; leave it empty to name it after the source.'),
    validateInput: text =>
      text === '' || /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/.test(text)
        ? undefined
        : vscode.l10n.t('Use letters, digits, ".", "_" and "-", beginning with a letter or digit.'),
  });
  if (name === undefined) return;
  const program = await findNode(nodeSearch());
  const args = [script, 'registry', 'ingest', ...(name === '' ? [] : ['--model', name]), '--', source];
  // A task's terminal takes program and arguments as they are, whatever shell is the default.
  const execution = new vscode.ProcessExecution(program.path, args, { cwd: folder.uri.fsPath, env: program.env });
  const title = vscode.l10n.t('Ingest {0}', name === '' ? source : name);
  const task = new vscode.Task({ type: 'aiwb', step: 'ingest' }, folder, title, 'AI Workbench', execution, []);
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    echo: true,
    focus: false,
  };
  await vscode.tasks.executeTask(task);
}

async function askForSource(): Promise<string | undefined> {
  const title = vscode.l10n.t('Ingest Model');
  const choices = [
    { from: 'folder' as const, label: vscode.l10n.t('A folder…') },
    { from: 'file' as const, label: vscode.l10n.t('A file or archive…') },
    { from: 'address' as const, label: vscode.l10n.t('An address…'), detail: 'https://, oci://, s3://' },
  ];
  const chosen = await vscode.window.showQuickPick(choices, { title });
  if (chosen === undefined) return undefined;
  if (chosen.from === 'address') {
    return vscode.window.showInputBox({
      title,
      placeHolder: 'oci://registry.example/models/tiny:v1',
      validateInput: text =>
        /^(?:https?|oci|s3):\/\/\S+$/.test(text)
          ? undefined
          : vscode.l10n.t('Models are taken from folders, files, https://, oci:// and s3://.'),
    });
  }
  const isFolder = chosen.from === 'folder';
  const [uri] =
    (await vscode.window.showOpenDialog({ title, canSelectFolders: isFolder, canSelectFiles: !isFolder })) ?? [];
  return uri?.fsPath;
}
