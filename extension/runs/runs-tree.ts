import path from 'node:path';
import * as vscode from 'vscode';
import type { RunKind } from '../../schemas/generated/messages.ts';
import type { RunBook, RunChange } from './run-book.ts';
import { groupDescription, groupKey, groupRuns, runFacts, runItem, type RunGroup } from './run-items.ts';
import { isEnded } from './states.ts';

export interface FolderNode {
  readonly kind: 'folder';
  readonly folder: string;
}
/** A benchmark or a tuning job, with its runs as children. */
export interface JobNode {
  readonly kind: 'job';
  readonly folder: string;
  readonly file: string;
  readonly key: string;
}
export interface RunNode {
  readonly kind: 'run';
  readonly id: string;
}
export type RunsNode = FolderNode | JobNode | RunNode;

/** How often "2 min ago" is looked at again while the view is visible. */
const refreshAgoMs = 30_000;

/** The Runs view. It draws what the book knows; what has not changed is not drawn again. */
export class RunsTree implements vscode.TreeDataProvider<RunsNode>, vscode.Disposable {
  readonly #book: RunBook;
  readonly #changed = new vscode.EventEmitter<RunsNode | undefined>();
  readonly #nodes = new Map<string, RunsNode>();
  readonly #drawn = new Map<string, string>();
  readonly #subscriptions: vscode.Disposable;
  readonly #timer: NodeJS.Timeout;
  readonly onDidChangeTreeData = this.#changed.event;
  #groups: RunGroup[] | undefined;
  #showArchived = false;

  constructor(book: RunBook) {
    this.#book = book;
    this.#subscriptions = vscode.Disposable.from(
      book.onReset(() => this.#redraw()),
      book.onRunsChanged(changes => this.#update(changes)),
    );
    this.#timer = setInterval(() => this.#refreshAges(), refreshAgoMs);
  }

  set showArchived(value: boolean) {
    this.#showArchived = value;
    this.#redraw();
  }

  async getChildren(parent?: RunsNode): Promise<RunsNode[]> {
    if (parent === undefined) {
      await this.#book.load();
      const folders = [...new Set(this.#list().map(group => group.folder))];
      const [only] = folders;
      if (folders.length > 1) return folders.map(folder => this.#node({ kind: 'folder', folder }));
      return only === undefined ? [] : this.#jobs(only);
    }
    if (parent.kind === 'folder') return this.#jobs(parent.folder);
    if (parent.kind === 'job')
      return this.#groupOf(parent)?.runs.map(run => this.#node({ kind: 'run', id: run.id })) ?? [];
    return [];
  }

  getParent(node: RunsNode): RunsNode | undefined {
    if (node.kind === 'folder') return undefined;
    if (node.kind === 'job') {
      const several = new Set(this.#list().map(group => group.folder)).size > 1;
      return several ? this.#node({ kind: 'folder', folder: node.folder }) : undefined;
    }
    const entry = this.#book.get(node.id);
    if (entry === undefined) return undefined;
    const { folder, run } = entry;
    return this.#node({ kind: 'job', folder, file: run.file, key: groupKey(folder, run) });
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    if (node.kind === 'folder') return folderItem(node);
    if (node.kind === 'job') return jobItem(node, this.#groupOf(node));
    return this.#runTreeItem(node);
  }

  /** The node that shows a run, for revealing it. */
  nodeOf(runId: string): RunsNode | undefined {
    return this.#book.get(runId) === undefined ? undefined : this.#node({ kind: 'run', id: runId });
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #runTreeItem(node: RunNode): vscode.TreeItem {
    const entry = this.#book.get(node.id);
    if (entry === undefined) return new vscode.TreeItem(node.id);
    const facts = runItem(entry.run, Date.now());
    this.#drawn.set(node.id, facts.description);
    const item = new vscode.TreeItem(facts.label);
    item.id = `run ${node.id}`;
    item.description = facts.description;
    item.contextValue = facts.contextValue;
    item.iconPath = new vscode.ThemeIcon(
      facts.icon,
      facts.color === undefined ? undefined : new vscode.ThemeColor(facts.color),
    );
    item.accessibilityInformation = { label: facts.accessibleLabel };
    item.tooltip = runFacts(entry.run).join('\n');
    item.command = { command: 'aiwb.openRun', title: vscode.l10n.t('Open Run'), arguments: [node] };
    return item;
  }

  #jobs(folder: string): RunsNode[] {
    return this.#list()
      .filter(group => group.folder === folder)
      .map(({ file, key }) => this.#node({ kind: 'job', folder, file, key }));
  }

  #list(): RunGroup[] {
    this.#groups ??= groupRuns(this.#book.entries(), this.#showArchived);
    return this.#groups;
  }

  #groupOf(node: JobNode): RunGroup | undefined {
    return this.#list().find(group => group.key === node.key);
  }

  /** VS Code knows rows by their element's identity: equal nodes are one object. */
  #node<N extends RunsNode>(node: N): N {
    const key = nodeKey(node);
    const known = this.#nodes.get(key);
    if (known !== undefined) return known as N;
    this.#nodes.set(key, node);
    return node;
  }

  #redraw(): void {
    this.#groups = undefined;
    this.#changed.fire(undefined);
  }

  #update(changes: readonly RunChange[]): void {
    const known = this.#groups ?? [];
    this.#groups = undefined;
    const isNewGroup = ({ entry }: RunChange): boolean =>
      !known.some(group => group.key === groupKey(entry.folder, entry.run));
    if (changes.some(change => isNewGroup(change) || change.before?.archived !== change.entry.run.archived)) {
      this.#changed.fire(undefined);
      return;
    }
    for (const { entry } of changes) this.#changed.fire(this.#node({ kind: 'run', id: entry.run.id }));
  }

  #refreshAges(): void {
    const now = Date.now();
    for (const [id, drawn] of this.#drawn) {
      const entry = this.#book.get(id);
      if (entry === undefined || !isEnded(entry.run.state)) continue;
      if (runItem(entry.run, now).description !== drawn) this.#changed.fire(this.#node({ kind: 'run', id }));
    }
  }
}

function nodeKey(node: RunsNode): string {
  if (node.kind === 'folder') return `folder ${node.folder}`;
  return node.kind === 'run' ? `run ${node.id}` : `job ${node.key}`;
}

function folderItem(node: FolderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(path.basename(node.folder), vscode.TreeItemCollapsibleState.Expanded);
  item.id = nodeKey(node);
  item.iconPath = vscode.ThemeIcon.Folder;
  item.tooltip = node.folder;
  return item;
}

function jobItem(node: JobNode, group: RunGroup | undefined): vscode.TreeItem {
  const item = new vscode.TreeItem(group?.name ?? node.file, vscode.TreeItemCollapsibleState.Expanded);
  item.id = nodeKey(node);
  const { icon, context } = jobLooks[group?.kind ?? 'benchmark'];
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = context;
  if (group !== undefined) item.description = groupDescription(group);
  item.tooltip = path.join(node.folder, node.file);
  return item;
}

const jobLooks: Readonly<Record<RunKind, { readonly icon: string; readonly context: string }>> = {
  benchmark: { icon: 'beaker', context: 'aiwbBenchmark' },
  tune: { icon: 'mortar-board', context: 'aiwbTuningJob' },
  prompt: { icon: 'comment-discussion', context: 'aiwbPrompt' },
};
