import * as vscode from 'vscode';
import type { Engines } from '../engine/engines.ts';
import { describeFailure } from '../base/failure.ts';
import { createViewFilter } from '../trees/view-filter.ts';
import { importDrop } from './import-drop.ts';
import type { RunBook } from './run-book.ts';
import { runFilterFacts, runTags } from './run-items.ts';
import type { RunsNode } from './runs-nodes.ts';
import { RunsTree } from './runs-tree.ts';
import { createStoppedSearches, type StoppedSearches } from './stopped-searches.ts';

/** What a workspace that has some is past the first welcome for. */
const jobFiles = '**/*.{bench,tune}.{yaml,yml}';

export interface RunsView extends vscode.Disposable {
  readonly selection: readonly RunsNode[];
  readonly stoppedAfter: StoppedSearches['after'];
}

/** Creates the Runs view with what its welcome texts and menus depend on. `tell` shows what fails. */
export function createRunsView(book: RunBook, engines: Pick<Engines, 'at'>, tell: (error: unknown) => void): RunsView {
  const searches = createStoppedSearches({ book, engineAt: folder => engines.at(folder) });
  const tree = new RunsTree(book, searches, tell);
  const view = vscode.window.createTreeView('aiwb.runs', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
    dragAndDropController: importDrop,
  });
  const watcher = vscode.workspace.createFileSystemWatcher(jobFiles, false, true, false);
  const filter = createViewFilter({
    name: 'Runs',
    viewId: 'aiwb.runs',
    tags: runTags,
    *facts() {
      for (const entry of book.entries())
        if (tree.layout.showArchived || !entry.run.archived) yield runFilterFacts(entry);
    },
    onChanged() {
      tree.layout = { ...tree.layout, matches: entry => filter.matches(runFilterFacts(entry)) };
      showState();
    },
  });

  function showState(): void {
    const { state } = book;
    setContext('aiwb.engine', state.kind);
    const message = state.kind === 'failed' ? describeFailure(state.failure) : filter.describe();
    if (view.message !== message) view.message = message;
  }

  function setShowArchived(showArchived: boolean): void {
    tree.layout = { ...tree.layout, showArchived };
    setContext('aiwb.showArchived', showArchived);
    showState();
  }

  function setFlat(isFlat: boolean): void {
    tree.layout = { ...tree.layout, isFlat };
    setContext('aiwb.runsByTime', isFlat);
  }

  showState();
  const parts = vscode.Disposable.from(
    tree,
    searches,
    view,
    watcher,
    filter,
    book.onReset(showState),
    book.onRunsChanged(() => {
      if (filter.current !== undefined) showState();
    }),
    watcher.onDidCreate(() => setContext('aiwb.hasBenchmarks', true)),
    watcher.onDidDelete(() => void lookForJobs()),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) void lookForJobs();
    }),
    vscode.commands.registerCommand('aiwb.showArchivedRuns', () => setShowArchived(true)),
    vscode.commands.registerCommand('aiwb.hideArchivedRuns', () => setShowArchived(false)),
    vscode.commands.registerCommand('aiwb.listRunsByTime', () => setFlat(true)),
    vscode.commands.registerCommand('aiwb.listRunsByFile', () => setFlat(false)),
  );
  if (view.visible) void lookForJobs();
  return {
    get selection() {
      return view.selection;
    },
    stoppedAfter: searches.after,
    dispose: () => void parts.dispose(),
  };
}

async function lookForJobs(): Promise<void> {
  const [first] = await vscode.workspace.findFiles(jobFiles, '**/node_modules/**', 1);
  setContext('aiwb.hasBenchmarks', first !== undefined);
}

function setContext(key: string, value: unknown): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
