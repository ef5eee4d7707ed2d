import path from 'node:path';
import * as vscode from 'vscode';
import type { LanguageSupport } from '../language/start.ts';
import { describeRun } from '../runs/format.ts';
import type { RunBook } from '../runs/run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { createRefresh, firstContentLine, registerTopLenses, type Refresh } from './lens-provider.ts';
import { findUsers, nameOfBenchmark, usersLens } from './users.ts';

/**
 * *Try prompt | Last: …* above every prompt, and once the language server knows, *Used by 2 benchmarks*, and *Run ticket-triage* where there is
 * only that one.
 */
export function registerPromptLenses(book: RunBook, language: LanguageSupport): vscode.Disposable {
  const refresh = createRefresh();
  return vscode.Disposable.from(
    refresh,
    registerTopLenses({ language: 'aiwb-prompt', scheme: 'file' }, refresh, async (document, token) => {
      const own = [tryLens(document.uri), ...lastTrialLenses(book, document)];
      if (!language.isReady) return own;
      const position = new vscode.Position(firstContentLine(document), 0);
      const users = await findUsers(document.uri, position);
      const [only, ...others] = users.benchmarks;
      const lens = usersLens(document.uri, position, users);
      if (only?.scheme !== 'file' || others.length > 0 || token.isCancellationRequested) return [...own, lens];
      const title = `$(play) ${vscode.l10n.t('Run {0}', await nameOfBenchmark(only))}`;
      return [...own, lens, { title, command: 'aiwb.runBenchmark', arguments: [only] }];
    }),
    followUsers(refresh, language),
    book.onReset(() => refresh.now()),
    book.onRunsChanged(changes => {
      if (changes.some(({ entry }) => entry.run.kind === 'prompt')) refresh.soon();
    }),
  );
}

function tryLens(uri: vscode.Uri): vscode.Command {
  return { title: `$(play) ${vscode.l10n.t('Try prompt')}`, command: 'aiwb.tryPrompt', arguments: [uri] };
}

function lastTrialLenses(book: RunBook, { uri }: vscode.TextDocument): vscode.Command[] {
  // The answer comes with the book's reset event; lenses do not wait for the engine process.
  void book.load();
  const last = book
    .entries()
    .find(({ folder, run }) => run.kind === 'prompt' && !run.archived && path.join(folder, run.file) === uri.fsPath);
  if (last === undefined) return [];
  const words = describeRun(last.run, Date.now());
  const title = isEnded(last.run.state) ? vscode.l10n.t('Last: {0}', words) : `$(sync~spin) ${words}`;
  return [{ title, command: 'aiwb.openRun', arguments: [last.run.id] }];
}

/** Asks again once the language server can answer, and when a benchmark comes, goes or changes. */
export function followUsers(refresh: Refresh, language: LanguageSupport): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/*.{bench.yaml,bench.yml,ipynb}');
  const ask = (): void => {
    refresh.soon();
    refresh.settle();
  };
  return vscode.Disposable.from(
    watcher,
    language.onReady(() => refresh.now()),
    watcher.onDidCreate(ask),
    watcher.onDidChange(ask),
    watcher.onDidDelete(ask),
  );
}
