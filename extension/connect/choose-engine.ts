import * as vscode from 'vscode';
import { engineOf, type CommandContext } from '../commands/context.ts';
import type { Engine } from '../engine/engine.ts';

/** What is said where no folder can be written to, and what is asked where several can. */
export interface FolderWords {
  readonly untrusted: string;
  readonly noFolder: string;
  readonly which: string;
}

/** The folder whose workbench.yaml gets what is added. Undefined: there is none, which is told with what to do, or none was chosen. */
export async function engineFor(
  context: CommandContext,
  given: unknown,
  { untrusted, noFolder, which }: FolderWords,
): Promise<Engine | undefined> {
  const folder = folderOf(given);
  if (folder !== undefined) return engineOf(context, { folder });
  if (!vscode.workspace.isTrusted) {
    const manage = vscode.l10n.t('Manage Workspace Trust');
    void offer(untrusted, manage, 'workbench.trust.manage');
    return undefined;
  }
  const engines = context.engines.all();
  const [only, ...others] = engines;
  if (only === undefined) {
    const open = vscode.l10n.t('Open Folder…');
    void offer(noFolder, open, 'vscode.openFolder');
    return undefined;
  }
  if (others.length === 0) return only;
  const choices = engines.map(engine => ({
    label: vscode.workspace.getWorkspaceFolder(vscode.Uri.file(engine.folder))?.name ?? engine.folder,
    description: engine.folder,
    engine,
  }));
  return (await vscode.window.showQuickPick(choices, { title: which }))?.engine;
}

function folderOf(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null || !('folder' in given)) return undefined;
  return typeof given.folder === 'string' ? given.folder : undefined;
}

async function offer(message: string, action: string, command: string): Promise<void> {
  if ((await vscode.window.showInformationMessage(message, action)) !== action) return;
  await vscode.commands.executeCommand(command);
}
