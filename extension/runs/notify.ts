import * as vscode from 'vscode';
import { readNotifyWhenDone } from '../settings.ts';
import { formatOutcome } from './format.ts';
import type { RunBook, RunChange } from './run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';

/**
 * Tells of runs that fail while this window looks on, and of every end where `aiWorkbench.notifyWhenDone` is set.
 * A notebook cell shows its own run's failure.
 */
export function notifyOfEnds(book: RunBook): vscode.Disposable {
  return book.onRunsChanged(changes => {
    for (const change of changes) if (endedNow(change)) void tell(change);
  });
}

function endedNow({ before, entry }: RunChange): boolean {
  return before !== undefined && !isEnded(before.state) && isEnded(entry.run.state);
}

async function tell({ entry: { run } }: RunChange): Promise<void> {
  const open = vscode.l10n.t('Open Run');
  if (run.state === 'failed' || run.state === 'lost') {
    if (run.origin === 'notebook') return;
    const log = vscode.l10n.t('Show Log');
    const reason = run.failure?.message ?? vscode.l10n.t('its process ended without a word');
    const message =
      run.state === 'lost'
        ? vscode.l10n.t('{0} was lost: {1}', run.name, reason)
        : vscode.l10n.t('{0} failed: {1}', run.name, reason);
    const answer = await vscode.window.showErrorMessage(message, open, log);
    if (answer === open) await vscode.commands.executeCommand('aiwb.openRun', run.id);
    if (answer === log) await vscode.commands.executeCommand('aiwb.openLog', run.id);
  } else if (readNotifyWhenDone()) {
    const answer = await vscode.window.showInformationMessage(`${run.name}: ${formatOutcome(run)}`, open);
    if (answer === open) await vscode.commands.executeCommand('aiwb.openRun', run.id);
  }
}
