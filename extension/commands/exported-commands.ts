import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { runFileEditor } from '../exported/run-file-editor.ts';
import { registerCommand, type CommandContext } from './context.ts';
import { reopenWith } from './reopen.ts';

/** Commands for files of exported runs. */
export function registerExportedCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.openExportedRunSource', (given: unknown) => reopen(given, 'default')),
    registerCommand(context, 'aiwb.openExportedRunPage', (given: unknown) => reopen(given, runFileEditor)),
  ];
}

async function reopen(given: unknown, editor: string): Promise<void> {
  if (await reopenWith(given, editor)) return;
  throw new FailureError({ code: 'usage', message: vscode.l10n.t('Open an exported run first.') });
}
