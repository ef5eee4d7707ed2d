import path from 'node:path';
import * as vscode from 'vscode';
import type { Failure } from '../../schemas/generated/messages.ts';
import type { Disposable } from '../base/emitter.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import { createThrottle } from '../base/throttle.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import type { FilterFacts, FilterTag } from './filter.ts';
import { onEnginesBack } from './follow-engines.ts';
import type { Row, Rows } from './row.ts';
import { RowTree } from './row-tree.ts';
import { recoveryRows } from './tree-row.ts';
import { createViewFilter, type ViewFilterOptions } from './view-filter.ts';

/** A view over what the engines list. */
export interface ListViewOptions<E extends object> {
  readonly name: ViewFilterOptions['name'];
  /** As in package.json; menus ask the context key of the same name with `State` after it. */
  readonly viewId: string;
  list(engine: Engine): Promise<readonly E[]>;
  readonly tags: () => readonly FilterTag[];
  facts(entry: E): FilterFacts;
  /** One folder's rows. */
  rows(folder: string, entries: readonly E[]): Rows;
  /** Changes of these files make the list old. */
  readonly watched: readonly string[];
  /** The number beside the view's name, by what was listed last. */
  badge?(): vscode.ViewBadge | undefined;
  /** What else makes it old. */
  changes(refresh: () => void): Disposable;
}

export interface ListView<E> extends vscode.Disposable {
  readonly selection: readonly Row[];
  /** By folder; asks for them where they are not known. */
  entries(): Promise<ReadonlyMap<string, readonly E[]>>;
}

/** Files that change together are looked at once. */
const settleMs = 300;

/**
 * Creates a view that asks the engines when it is first seen, and again when something changed and it is seen. The context key
 * `<viewId>State` is `loaded` where every engine answered, `failed` where none did.
 */
export function createListView<E extends object>(engines: Engines, options: ListViewOptions<E>): ListView<E> {
  const { viewId } = options;
  let known: Promise<Map<string, readonly E[]>> | undefined;
  let loaded: ReadonlyMap<string, readonly E[]> = new Map();
  let failure: Failure | undefined;
  let loads = 0;

  const factsOfEntries = new WeakMap<E, FilterFacts>();

  function factsOf(entry: E): FilterFacts {
    const facts = factsOfEntries.get(entry) ?? options.facts(entry);
    factsOfEntries.set(entry, facts);
    return facts;
  }

  const tree = new RowTree(async () => rowsOf(await entries()));
  const view = vscode.window.createTreeView<Row>(viewId, {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const filter = createViewFilter({
    name: options.name,
    viewId,
    tags: options.tags,
    *facts() {
      for (const list of loaded.values()) for (const entry of list) yield factsOf(entry);
    },
    onChanged() {
      showMessage();
      tree.refresh();
    },
  });

  function showMessage(): void {
    view.message = failure === undefined ? filter.describe() : describeFailure(failure);
  }

  function entries(): Promise<Map<string, readonly E[]>> {
    known ??= load();
    return known;
  }

  async function load(): Promise<Map<string, readonly E[]>> {
    const mine = ++loads;
    const sources = engines.all();
    const failures: Failure[] = [];
    const lists = new Map<string, readonly E[]>();
    await Promise.all(
      sources.map(async engine => {
        try {
          lists.set(engine.folder, await options.list(engine));
        } catch (error) {
          failures.push(toFailure(error));
        }
      }),
    );
    // In the order of the folders, whichever answered first.
    const inOrder = new Map(
      sources.flatMap(({ folder }) => {
        const list = lists.get(folder);
        return list === undefined ? [] : [[folder, list] as const];
      }),
    );
    // It became old while it was asked for: what was asked later is what is shown, whichever answered first.
    if (mine !== loads) return inOrder;
    loaded = inOrder;
    [failure] = failures;
    const state = sources.length === 0 ? 'idle' : lists.size === 0 ? 'failed' : 'loaded';
    void vscode.commands.executeCommand('setContext', `${viewId}State`, state);
    view.badge = options.badge?.();
    showMessage();
    return inOrder;
  }

  function rowsOf(lists: ReadonlyMap<string, readonly E[]>): Rows {
    if (lists.size === 0) return failure === undefined ? [] : recoveryRows();
    const folders = [...lists].flatMap(([folder, list]): (readonly [string, readonly E[]])[] => {
      const shown = filter.current === undefined ? list : list.filter(entry => filter.matches(factsOf(entry)));
      return shown.length === 0 ? [] : [[folder, shown]];
    });
    const [only] = folders;
    if (only === undefined) return [];
    if (folders.length === 1) return options.rows(...only);
    return folders.map(([folder, list]) => ({
      key: `folder ${folder}`,
      label: path.basename(folder),
      icon: 'folder',
      tooltip: folder,
      isOpen: true,
      children: () => options.rows(folder, list),
    }));
  }

  function refresh(): void {
    known = undefined;
    tree.refresh();
  }

  const settled = createThrottle<string, undefined>(settleMs, refresh);
  const touch = (): void => settled.push('', undefined);
  const watchers = options.watched.map(pattern => vscode.workspace.createFileSystemWatcher(pattern));
  const parts = vscode.Disposable.from(
    tree,
    view,
    filter,
    settled,
    ...watchers.flatMap(watcher => [
      watcher,
      watcher.onDidCreate(touch),
      watcher.onDidChange(touch),
      watcher.onDidDelete(touch),
    ]),
    engines.onChanged(refresh),
    onEnginesBack(engines, () => failure !== undefined, refresh),
    options.changes(touch),
    vscode.commands.registerCommand(`aiwb.refresh${options.name}`, refresh),
  );
  return {
    get selection() {
      return view.selection;
    },
    entries,
    dispose: () => void parts.dispose(),
  };
}
