import * as vscode from 'vscode';
import { formatProgress, percentDone } from './runs/format.ts';
import type { RunBook } from './runs/run-book.ts';
import { isEnded } from './runs/states.ts';

/** One item, shown only while something runs; a click opens the Runs view. */
export function createStatusBar(book: RunBook): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('aiwb.progress', vscode.StatusBarAlignment.Left, 10);
  item.name = vscode.l10n.t('AI Workbench Runs');
  item.command = 'aiwb.runs.focus';

  function update(): void {
    const active = book.entries().filter(entry => !isEnded(entry.run.state));
    const [first] = active;
    if (first === undefined) {
      item.hide();
      return;
    }
    const totals = active.reduce((sum, { run }) => sum + run.progress.total, 0);
    const done = active.reduce((sum, { run }) => sum + run.progress.done, 0);
    const percent = percentDone({ ...first.run.progress, total: totals, done });
    item.text =
      active.length === 1
        ? `$(sync~spin) ${first.run.name} ${percent} %`
        : `$(sync~spin) ${vscode.l10n.t('{0} runs', active.length)} ${percent} %`;
    item.tooltip = active.map(({ run }) => `${run.name}: ${formatProgress(run)}`).join('\n');
    item.accessibilityInformation = {
      label: vscode.l10n.t('{0} benchmark runs under way, {1} percent', active.length, percent),
    };
    item.show();
  }

  return vscode.Disposable.from(item, book.onReset(update), book.onRunsChanged(update));
}
