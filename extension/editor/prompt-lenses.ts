import * as vscode from 'vscode';
import type { LanguageSupport } from '../language/start.ts';
import { createRefresh, firstContentLine, registerTopLenses, type Refresh } from './lens-provider.ts';
import { findUsers, nameOfBenchmark, usersLens } from './users.ts';

/** *Used by 2 benchmarks* above every prompt, and *Run ticket-triage* where there is only that one. */
export function registerPromptLenses(language: LanguageSupport): vscode.Disposable {
  const refresh = createRefresh();
  return vscode.Disposable.from(
    refresh,
    registerTopLenses({ language: 'aiwb-prompt', scheme: 'file' }, refresh, async (document, token) => {
      if (!language.isReady) return [];
      const position = new vscode.Position(firstContentLine(document), 0);
      const users = await findUsers(document.uri, position);
      const [only, ...others] = users.benchmarks;
      const lens = usersLens(document.uri, position, users);
      if (only?.scheme !== 'file' || others.length > 0 || token.isCancellationRequested) return [lens];
      const title = `$(play) ${vscode.l10n.t('Run {0}', await nameOfBenchmark(only))}`;
      return [lens, { title, command: 'aiwb.runBenchmark', arguments: [only] }];
    }),
    followUsers(refresh, language),
  );
}

/** Asks again once the language server can answer, and when a benchmark comes, goes or changes. */
export function followUsers(refresh: Refresh, language: LanguageSupport): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**/*.{bench.yaml,bench.yml,ipynb}');
  return vscode.Disposable.from(
    watcher,
    language.onReady(() => refresh.now()),
    watcher.onDidCreate(() => refresh.soon()),
    watcher.onDidChange(() => refresh.soon()),
    watcher.onDidDelete(() => refresh.soon()),
  );
}
