import * as vscode from 'vscode';
import type { RunSummary } from '../schemas/generated/messages.ts';
import { formatEpochs, formatProgress, percentDone } from './runs/format.ts';
import type { RunBook } from './runs/run-book.ts';
import { isEnded } from '../schemas/run-states.ts';

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
    const percent = percentOf(active.map(({ run }) => run));
    const isTuning = first.run.kind === 'tune' && first.run.progress.total > 0;
    item.text =
      active.length === 1
        ? `$(sync~spin) ${first.run.name} ${isTuning ? formatEpochs(first.run.progress) : `${percent} %`}`
        : `$(sync~spin) ${vscode.l10n.t('{0} runs', active.length)} ${percent} %`;
    item.tooltip = active.map(({ run }) => `${run.name}: ${formatProgress(run)}`).join('\n');
    item.accessibilityInformation = {
      label:
        active.length === 1
          ? `${first.run.name}: ${formatProgress(first.run)}`
          : vscode.l10n.t('{0} runs under way, {1} percent', active.length, percent),
    };
    item.show();
  }

  return vscode.Disposable.from(item, book.onReset(update), book.onRunsChanged(update));
}

/** Whole percent done of all together: by samples where all are benchmarks; a tuning run's epochs are no samples. */
function percentOf(runs: readonly RunSummary[]): number {
  if (runs.some(({ kind }) => kind === 'tune')) {
    return Math.floor(runs.reduce((sum, { progress }) => sum + percentDone(progress), 0) / runs.length);
  }
  const total = runs.reduce((sum, { progress }) => sum + progress.total, 0);
  const done = runs.reduce((sum, { progress }) => sum + progress.done, 0);
  return total <= 0 ? 0 : Math.min(100, Math.floor((done / total) * 100));
}
