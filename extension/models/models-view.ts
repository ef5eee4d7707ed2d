import * as vscode from 'vscode';
import type { Failure } from '../../schemas/generated/messages.ts';
import { describeFailure } from '../base/failure.ts';
import type { Engines } from '../engine/engines.ts';
import type { RegistryBook } from '../registry/registry-book.ts';
import type { RunBook } from '../runs/run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { onEnginesBack } from '../trees/follow-engines.ts';
import { createViewFilter } from '../trees/view-filter.ts';
import { modelFilterFacts, modelTags } from './model-items.ts';
import { ModelsTree, type ModelsNode } from './models-tree.ts';

export interface ModelsView extends vscode.Disposable {
  readonly selection: readonly ModelsNode[];
}

/** Creates the Models view. It is asked again when workbench.yaml, the registry or VS Code's own models change, or a run ends. */
export function createModelsView(engines: Engines, book: RunBook, registry: RegistryBook): ModelsView {
  let failure: Failure | undefined;
  const tree = new ModelsTree(engines, failed => {
    failure = failed;
    showMessage();
  });
  const view = vscode.window.createTreeView<ModelsNode>('aiwb.models', { treeDataProvider: tree, canSelectMany: true });
  const filter = createViewFilter({
    name: 'Models',
    viewId: 'aiwb.models',
    tags: modelTags,
    facts: () => tree.models.map(modelFilterFacts),
    onChanged() {
      tree.isFiltered = filter.current !== undefined;
      showMessage();
      tree.redraw();
    },
  });
  tree.matches = model => filter.matches(modelFilterFacts(model));

  function showMessage(): void {
    view.message = failure === undefined ? filter.describe() : describeFailure(failure);
  }

  const watcher = vscode.workspace.createFileSystemWatcher('**/workbench.{yaml,yml}');
  const refresh = (): void => tree.refresh();
  const parts = vscode.Disposable.from(
    view,
    filter,
    watcher,
    watcher.onDidCreate(refresh),
    watcher.onDidChange(refresh),
    watcher.onDidDelete(refresh),
    engines.onChanged(refresh),
    onEnginesBack(engines, () => failure !== undefined, refresh),
    vscode.lm.onDidChangeChatModels(refresh),
    registry.onContentChanged(refresh),
    book.onRunsChanged(changes => {
      if (changes.some(({ entry, before }) => isEnded(entry.run.state) && before?.state !== entry.run.state)) refresh();
    }),
    vscode.commands.registerCommand('aiwb.refreshModels', refresh),
  );
  return {
    get selection() {
      return view.selection;
    },
    dispose: () => void parts.dispose(),
  };
}
