import * as vscode from 'vscode';
import { describeFailure, toFailure } from '../base/failure.ts';

/** Tells what failed and offers the way to it; a cancelled command ends quietly. */
export async function showFailure(output: vscode.LogOutputChannel, error: unknown): Promise<void> {
  const failure = toFailure(error);
  if (failure.code === 'cancelled') return;
  const message = describeFailure(failure);
  output.error(message);
  if (error instanceof Error && failure.code === 'internal') output.debug(error.stack ?? '');
  const { place } = failure;
  const open = vscode.l10n.t('Open File');
  const show = vscode.l10n.t('Show Output');
  const answer = await vscode.window.showErrorMessage(message, ...(place === undefined ? [show] : [open, show]));
  if (answer === show) output.show();
  if (answer === open && place !== undefined) await showPlace(place.path, place.line, place.column);
}

/** Opens a file at a line and column, both counted from 1. */
export async function showPlace(path: string, line = 1, column = 1): Promise<void> {
  const position = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  await vscode.window.showTextDocument(vscode.Uri.file(path), { selection: new vscode.Range(position, position) });
}
