import path from 'node:path';
import * as vscode from 'vscode';
import { createThrottle } from '../base/throttle.ts';
import { describeRun } from '../runs/format.ts';
import type { RunBook, RunEntry } from '../runs/run-book.ts';
import { isEnded } from '../runs/states.ts';

/** A lens that changes more often than it can be read, or than VS Code asks for it, may stay on an old text. */
const refreshMs = 1000;

/** *Run benchmark | Dry run | Last: 82.1 % accuracy · 2 min ago* above every benchmark file. */
export function registerBenchmarkLenses(book: RunBook): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const refresh = createThrottle<'lenses', undefined>(refreshMs, () => changed.fire());
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: changed.event,
    provideCodeLenses(document) {
      if (!vscode.workspace.isTrusted) return [];
      // The answer comes with the book's reset event; lenses do not wait for the engine process.
      void book.load();
      const range = document.lineAt(firstContentLine(document)).range;
      return createLenses(document.uri, lastRun(book, document.uri)).map(
        command => new vscode.CodeLens(range, command),
      );
    },
  };
  return vscode.Disposable.from(
    changed,
    vscode.languages.registerCodeLensProvider({ language: 'aiwb-bench', scheme: 'file' }, provider),
    book.onReset(() => changed.fire()),
    refresh,
    book.onRunsChanged(() => refresh.push('lenses', undefined)),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
  );
}

function createLenses(uri: vscode.Uri, last: RunEntry | undefined): vscode.Command[] {
  const commands: vscode.Command[] = [
    { title: `$(play) ${vscode.l10n.t('Run benchmark')}`, command: 'aiwb.runBenchmark', arguments: [uri] },
    { title: vscode.l10n.t('Dry run'), command: 'aiwb.dryRun', arguments: [uri] },
  ];
  if (last === undefined) return commands;
  const text = describeRun(last.run, Date.now());
  const title = isEnded(last.run.state) ? vscode.l10n.t('Last: {0}', text) : `$(sync~spin) ${text}`;
  commands.push({ title, command: 'aiwb.openRun', arguments: [last.run.id] });
  if (!isEnded(last.run.state)) {
    commands.push({ title: vscode.l10n.t('Cancel'), command: 'aiwb.cancelRun', arguments: [last.run.id] });
  }
  return commands;
}

/** The newest run of a file that is not archived. */
function lastRun(book: RunBook, uri: vscode.Uri): RunEntry | undefined {
  const file = uri.fsPath;
  return book.entries().find(entry => !entry.run.archived && path.join(entry.folder, entry.run.file) === file);
}

function firstContentLine(document: vscode.TextDocument): number {
  for (let line = 0; line < Math.min(document.lineCount, 50); line++) {
    if (/^\w/.test(document.lineAt(line).text)) return line;
  }
  return 0;
}
