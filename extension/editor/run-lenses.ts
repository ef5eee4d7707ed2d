import path from 'node:path';
import * as vscode from 'vscode';
import { servedLanguage } from '../language/documents.ts';
import { findCell } from '../notebook/find-cell.ts';
import { cellId } from '../notebook/kernel-metadata.ts';
import { fileOfRuns } from '../notebook/run-file.ts';
import { describeRun } from '../runs/format.ts';
import type { RunBook, RunEntry } from '../runs/run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { createRefresh, registerTopLenses } from './lens-provider.ts';
import { nestedScalar } from './policy-text.ts';
import { describeChange, previousRun } from './run-change.ts';

/** *Run benchmark | Dry run | Compare… | Last: 82.1 % accuracy (▲ 1.2 points over the baseline) · 2 min ago*; *Train | Train on… | …* above tuning jobs. */
export function registerRunLenses(book: RunBook): vscode.Disposable {
  return vscode.Disposable.from(
    registerLanguage(book, 'aiwb-bench', { title: vscode.l10n.t('Run benchmark'), command: 'aiwb.runBenchmark' }),
    registerLanguage(book, 'aiwb-tune', { title: vscode.l10n.t('Train'), command: 'aiwb.train' }),
  );
}

function registerLanguage(book: RunBook, language: string, start: vscode.Command): vscode.Disposable {
  const refresh = createRefresh();
  // Jupyter tools write our cells as YAML.
  const selector = [
    { language, scheme: 'file' },
    { language, scheme: 'vscode-notebook-cell' },
    { language: 'yaml', scheme: 'vscode-notebook-cell' },
  ];
  return vscode.Disposable.from(
    refresh,
    registerTopLenses(selector, refresh, document => {
      if (servedLanguage(document) !== language) return [];
      // The answer comes with the book's reset event; lenses do not wait for the engine process.
      void book.load();
      const { uri } = document;
      // A cell has a button of its own to run it.
      const run = { title: `$(play) ${start.title}`, command: start.command, arguments: [uri] };
      const isJob = language === 'aiwb-tune' && uri.scheme === 'file';
      const elsewhere = { title: vscode.l10n.t('Train on…'), command: 'aiwb.trainOn', arguments: [uri] };
      const starts = uri.scheme === 'file' ? [run, ...(isJob ? [elsewhere] : [])] : [];
      return [...starts, dryRun(uri), ...(isJob ? [checkData(uri)] : []), ...lastRunLenses(book.entries(), document)];
    }),
    book.onReset(() => refresh.now()),
    book.onRunsChanged(changes => {
      refresh.soon();
      if (changes.some(({ entry }) => isEnded(entry.run.state))) refresh.settle();
    }),
  );
}

function checkData(uri: vscode.Uri): vscode.Command {
  return { title: vscode.l10n.t('Check data'), command: 'aiwb.checkTuningData', arguments: [uri] };
}

function dryRun(uri: vscode.Uri): vscode.Command {
  return { title: vscode.l10n.t('Dry run'), command: 'aiwb.dryRun', arguments: [uri] };
}

function lastRunLenses(entries: readonly RunEntry[], document: vscode.TextDocument): vscode.Command[] {
  const last = entries.find(entry => isRunOf(entry, document));
  if (last === undefined) return [];
  const { run } = last;
  if (!isEnded(run.state)) {
    return [
      { title: `$(sync~spin) ${describeRun(run, Date.now())}`, command: 'aiwb.openRun', arguments: [run.id] },
      { title: vscode.l10n.t('Cancel'), command: 'aiwb.cancelRun', arguments: [run.id] },
    ];
  }
  const next = { title: vscode.l10n.t('What next…'), command: 'aiwb.afterTraining', arguments: [run.id] };
  const before = previousRun(entries, last)?.run;
  const change = describeChange(run, before, nestedScalar(document.getText(), 'compare', 'baseline'));
  const title = vscode.l10n.t('Last: {0}', describeRun(run, Date.now(), change));
  return [
    // With the run before where there is one; else the command asks which.
    {
      title: vscode.l10n.t('Compare…'),
      command: 'aiwb.compareRuns',
      arguments: [run.id, before === undefined ? [] : [run.id, before.id]],
    },
    { title, command: 'aiwb.openRun', arguments: [run.id] },
    ...(run.kind === 'tune' ? [next] : []),
  ];
}

/** Whether a run came of a document, or of its cell, and is not archived. */
function isRunOf({ folder, run }: RunEntry, document: vscode.TextDocument): boolean {
  if (run.archived) return false;
  const { fsPath, scheme } = document.uri;
  if (scheme === 'file') return path.join(folder, run.file) === fsPath;
  if (path.join(folder, run.file) !== fileOfRuns(fsPath, document.getText())) return false;
  // Older notebooks have no ids; then nothing tells which cell it was.
  return run.cell !== undefined && run.cell === cellOf(document);
}

function cellOf({ uri }: vscode.TextDocument): string | undefined {
  return cellId(findCell(uri)?.metadata);
}
