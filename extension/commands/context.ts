import * as vscode from 'vscode';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import type { ReportPanels } from '../pages/report-panels.ts';
import type { RunBook, RunEntry } from '../runs/run-book.ts';

/** What commands work with. */
export interface CommandContext {
  readonly extension: vscode.ExtensionContext;
  readonly output: vscode.LogOutputChannel;
  readonly engines: Engines;
  readonly book: RunBook;
  readonly panels: ReportPanels;
  /** Selected rows of the Runs view. */
  selectedRuns(): readonly unknown[];
}

/** Registers a command whose failures are shown with what to do about them; a cancelled one ends quietly. */
export function registerCommand(
  context: CommandContext,
  id: string,
  run: (...values: unknown[]) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...values: unknown[]) => {
    try {
      return await run(...values);
    } catch (error) {
      // Not awaited: a command ends when its work does, not when its notification is read.
      void showFailure(context, error);
      return undefined;
    }
  });
}

async function showFailure({ output }: CommandContext, error: unknown): Promise<void> {
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

/** The engine that knows a run. Its folder may have been removed since the run was listed. */
export function engineOf(context: CommandContext, entry: RunEntry): Engine {
  return context.engines.at(entry.folder) ?? context.engines.of(vscode.Uri.file(entry.folder));
}
