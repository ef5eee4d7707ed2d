import * as vscode from 'vscode';
import { describeFailure } from '../base/failure.ts';
import { importDrop } from './import-drop.ts';
import type { RunBook } from './run-book.ts';
import { RunsTree, type RunsNode } from './runs-tree.ts';

/** What a workspace that has some is past the first welcome for. */
const jobFiles = '**/*.{bench,tune}.{yaml,yml}';

export interface RunsView extends vscode.Disposable {
  readonly selection: readonly RunsNode[];
}

/** Creates the Runs view with what its welcome texts and menus depend on. */
export function createRunsView(book: RunBook): RunsView {
  const tree = new RunsTree(book);
  const view = vscode.window.createTreeView('aiwb.runs', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
    dragAndDropController: importDrop,
  });
  const watcher = vscode.workspace.createFileSystemWatcher(jobFiles, false, true, false);

  function showState(): void {
    const { state } = book;
    setContext('aiwb.engine', state.kind);
    view.message = state.kind === 'failed' ? describeFailure(state.failure) : undefined;
  }

  function setShowArchived(value: boolean): void {
    tree.showArchived = value;
    setContext('aiwb.showArchived', value);
  }

  showState();
  const parts = vscode.Disposable.from(
    tree,
    view,
    watcher,
    book.onReset(showState),
    watcher.onDidCreate(() => setContext('aiwb.hasBenchmarks', true)),
    watcher.onDidDelete(() => void lookForJobs()),
    view.onDidChangeVisibility(({ visible }) => {
      if (visible) void lookForJobs();
    }),
    vscode.commands.registerCommand('aiwb.showArchivedRuns', () => setShowArchived(true)),
    vscode.commands.registerCommand('aiwb.hideArchivedRuns', () => setShowArchived(false)),
  );
  if (view.visible) void lookForJobs();
  return {
    get selection() {
      return view.selection;
    },
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
