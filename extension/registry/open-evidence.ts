import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import type { Evidence } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { focusOf } from '../base/focus.ts';
import { resolveInside } from './resolve-inside.ts';

/**
 * Shows where a piece of evidence comes from: a run's page, at the wrong answers behind the figure, or a file at its line.
 * @param folders folders its path may be relative to; scorecards from anywhere name paths, so none leads out of them.
 */
export async function openEvidence(evidence: Evidence, folders: readonly string[]): Promise<void> {
  if (evidence.runId !== undefined) {
    await vscode.commands.executeCommand('aiwb.openRun', evidence.runId, focusOf(evidence));
    return;
  }
  const { path: relativePath } = evidence;
  if (relativePath === undefined) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('"{0}" is kept in the record itself; it lies in no file.', evidence.title),
    );
    return;
  }
  const file = folders
    .map(folder => resolveInside(folder, relativePath))
    .find(candidate => candidate !== undefined && existsSync(candidate));
  if (file === undefined) {
    throw new FailureError({
      code: 'file-not-found',
      message: vscode.l10n.t('{0} is not in this workspace.', relativePath),
      remedy: vscode.l10n.t('Open the folder that the assessment was made in.'),
    });
  }
  const position = new vscode.Position(Math.max(0, (evidence.line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(position, position) });
}

/** Folders that paths in the record may be relative to: the one the document lies in comes first. */
export function foldersAround(uri: vscode.Uri): string[] {
  const own = vscode.workspace.getWorkspaceFolder(uri);
  const others = (vscode.workspace.workspaceFolders ?? []).filter(folder => folder !== own);
  return [...(own === undefined ? [] : [own]), ...others].map(folder => folder.uri.fsPath);
}
