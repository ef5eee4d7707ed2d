import * as vscode from 'vscode';
import { describeFailure } from '../base/failure.ts';
import { createViewFilter } from '../trees/view-filter.ts';
import type { RegistryBook } from './registry-book.ts';
import { versionFilterFacts, versionTags } from './registry-filter.ts';
import { RegistryTree, type RegistryNode } from './registry-tree.ts';

export interface RegistryView extends vscode.Disposable {
  readonly selection: readonly RegistryNode[];
}

/** Creates the Registry view with what its welcome texts and menus depend on. */
export function createRegistryView(book: RegistryBook): RegistryView {
  const tree = new RegistryTree(book);
  const view = vscode.window.createTreeView('aiwb.registry', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
  });

  const filter = createViewFilter({
    name: 'Registry',
    viewId: 'aiwb.registry',
    tags: versionTags,
    *facts() {
      for (const entry of book.versions())
        if (tree.showArchived || entry.model.state === 'LIVE') yield versionFilterFacts(entry);
    },
    onChanged() {
      tree.filter = filter.current === undefined ? undefined : entry => filter.matches(versionFilterFacts(entry));
      showState();
    },
  });

  function showState(): void {
    const { state } = book;
    setContext('aiwb.registryState', state.kind);
    view.message = state.kind === 'failed' ? describeFailure(state.failure) : filter.describe();
  }

  function setShowArchived(value: boolean): void {
    tree.showArchived = value;
    showState();
    setContext('aiwb.showArchivedModels', value);
  }

  showState();
  const parts = vscode.Disposable.from(
    tree,
    view,
    filter,
    book.onChanged(showState),
    vscode.commands.registerCommand('aiwb.refreshRegistry', () => book.load(true)),
    vscode.commands.registerCommand('aiwb.showArchivedModels', () => setShowArchived(true)),
    vscode.commands.registerCommand('aiwb.hideArchivedModels', () => setShowArchived(false)),
  );
  return {
    get selection() {
      return view.selection;
    },
    dispose: () => void parts.dispose(),
  };
}

function setContext(key: string, value: unknown): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
