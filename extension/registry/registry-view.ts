import * as vscode from 'vscode';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { createThrottle } from '../base/throttle.ts';
import { readRefreshMinutes } from '../settings.ts';
import { moreRow, recoveryRows } from '../trees/tree-row.ts';
import { askForFilter } from './ask-filter.ts';
import { countMatches, type Matches } from './count-matches.ts';
import { filterMessage, readRecent, tidyFilter, withRecent } from './filter-words.ts';
import { createFreshness } from './freshness.ts';
import { groupings, groupingWords, readGrouping } from './group-models.ts';
import { createOutline, type OutlineView } from './outline.ts';
import type { RegistryNode } from './outline-nodes.ts';
import type { RegistryBook, RegistryPlace } from './registry-book.ts';
import { RegistryTree } from './registry-tree.ts';

export interface RegistryView extends vscode.Disposable {
  readonly selection: readonly RegistryNode[];
}

const groupingKey = 'aiwb.registryGrouping';
const recentKey = 'aiwb.registryFilters';
/** A registry that is being read says so often: drawing this often is enough. */
const redrawMs = 300;

/** Creates the Registry view with what its welcome texts and menus depend on. Nothing is asked for before it is seen. */
export function createRegistryView(book: RegistryBook, memory: vscode.Memento, log: Log): RegistryView {
  let matches: Matches | undefined;
  let counting = new AbortController();

  const freshness = createFreshness({
    book,
    now: Date.now,
    refreshMinutes: readRefreshMinutes,
    onChanged: () => redraw(),
    onFailed: error => log.warn(toFailure(error).message),
  });
  const tree = new RegistryTree(fire =>
    createOutline({
      book,
      now: Date.now,
      onShown: place => freshness.look(place),
      isReading: place => freshness.isReading(place),
      redraw: fire,
      recoveryRows,
      moreRow,
    }),
  );
  const { outline } = tree;
  outline.view = { ...outline.view, grouping: readGrouping(memory.get(groupingKey)) };
  const view = vscode.window.createTreeView('aiwb.registry', {
    treeDataProvider: tree,
    canSelectMany: true,
    showCollapseAll: true,
  });
  const drawing = createThrottle<'tree', undefined>(redrawMs, () => tree.redraw());
  const redraw = (): void => drawing.push('tree', undefined);

  function showState(): void {
    const { state } = book;
    const { filter } = outline.view;
    setContext('aiwb.registryState', state.kind);
    const all = book.folders().flatMap(({ registries }) => registries);
    setContext(
      'aiwb.hasRegistries',
      all.some(({ type, readOnly }) => type !== 'local' && readOnly !== true),
    );
    const told = filter === '' ? undefined : filterMessage(filter, matches);
    view.message = state.kind === 'failed' ? describeFailure(state.failure) : told;
  }

  function count(): void {
    counting.abort();
    counting = new AbortController();
    const { signal } = counting;
    const { filter, archived } = outline.view;
    if (filter === '') return;
    countMatches(book, filter, archived, signal).then(
      found => {
        if (signal.aborted) return;
        matches = found;
        showState();
      },
      (error: unknown) => {
        if (!signal.aborted) log.warn(toFailure(error).message);
      },
    );
  }

  function show(change: Partial<OutlineView>): void {
    outline.view = { ...outline.view, ...change };
    matches = undefined;
    setContext('aiwb.filteredRegistry', outline.view.filter !== '');
    setContext('aiwb.showArchivedModels', outline.view.archived);
    showState();
    tree.redraw();
    count();
  }

  async function setFilter(given: unknown): Promise<void> {
    if (typeof given === 'string') {
      show({ filter: tidyFilter(given) });
      return;
    }
    await vscode.commands.executeCommand('aiwb.registry.focus');
    const recent = readRecent(memory.get(recentKey));
    const text = await askForFilter({
      text: outline.view.filter,
      recent,
      known: () => outline.words(),
      count: (text, signal) => countMatches(book, tidyFilter(text), outline.view.archived, signal),
    });
    if (text === undefined) return;
    const filter = tidyFilter(text);
    show({ filter });
    await memory.update(recentKey, withRecent(recent, filter));
  }

  async function group(given: unknown): Promise<void> {
    const choices = groupings.map(grouping => ({
      label: groupingWords(grouping),
      ...(grouping === outline.view.grouping ? { description: vscode.l10n.t('as it is now') } : {}),
      grouping,
    }));
    const named = groupings.find(grouping => grouping === given);
    const title = vscode.l10n.t('Show the Models of Each Registry');
    const grouping = named ?? (await vscode.window.showQuickPick(choices, { title }))?.grouping;
    if (grouping === undefined) return;
    await memory.update(groupingKey, grouping);
    show({ grouping });
  }

  /** The registry of the row, or all of them. */
  async function refresh(given: unknown): Promise<void> {
    await book.load(true);
    const places = isPlace(given)
      ? [given]
      : book.folders().flatMap(({ folder, registries }) => registries.map(({ name }) => ({ folder, registry: name })));
    await Promise.all(places.map(place => freshness.read(place)));
  }

  showState();
  setContext('aiwb.showArchivedModels', false);
  const watcher = vscode.workspace.createFileSystemWatcher('**/workbench.{yaml,yml}');
  const declared = (): void => {
    if (book.state.kind !== 'idle') void book.load(true);
  };
  const parts = vscode.Disposable.from(
    tree,
    outline,
    view,
    freshness,
    drawing,
    watcher,
    watcher.onDidCreate(declared),
    watcher.onDidChange(declared),
    watcher.onDidDelete(declared),
    book.onChanged(() => {
      showState();
      redraw();
    }),
    book.onContentChanged(() => {
      outline.expire();
      redraw();
      count();
    }),
    vscode.commands.registerCommand('aiwb.refreshRegistry', refresh),
    vscode.commands.registerCommand('aiwb.filterRegistry', setFilter),
    vscode.commands.registerCommand('aiwb.clearRegistryFilter', () => show({ filter: '' })),
    vscode.commands.registerCommand('aiwb.groupRegistry', group),
    vscode.commands.registerCommand('aiwb.showArchivedModels', () => show({ archived: true })),
    vscode.commands.registerCommand('aiwb.hideArchivedModels', () => show({ archived: false })),
  );
  return {
    get selection() {
      return view.selection;
    },
    dispose() {
      counting.abort();
      parts.dispose();
    },
  };
}

function isPlace(given: unknown): given is RegistryPlace {
  if (typeof given !== 'object' || given === null) return false;
  const { kind, folder, registry } = given as Partial<Record<'kind' | keyof RegistryPlace, unknown>>;
  return kind === 'registry' && typeof folder === 'string' && typeof registry === 'string';
}

function setContext(key: string, value: unknown): void {
  void vscode.commands.executeCommand('setContext', key, value);
}
