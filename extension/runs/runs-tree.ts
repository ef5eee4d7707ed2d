import * as vscode from 'vscode';
import { createPages } from '../trees/pages.ts';
import { moreRow, recoveryRows, treeItem as rowItem } from '../trees/tree-row.ts';
import type { RunBook, RunChange, RunEntry } from './run-book.ts';
import { groupKey, groupRuns, runFacts, runItem, type RunGroup } from './run-items.ts';
import { nodeKey, type JobNode, type RunNode, type RunsNode } from './runs-nodes.ts';
import type { StoppedSearches } from './stopped-searches.ts';
import { folderItem, jobItem, runTreeItem } from './runs-tree-items.ts';
import { isEnded } from '../../schemas/run-states.ts';

/** How often "2 min ago" is looked at again while the view is visible. */
const refreshAgoMs = 30_000;
/** VS Code draws whatever is opened up at once: where there are many files, the newest only, and of each its newest runs. */
const openJobs = 10;
const runsOfJob = 10;

/** How the view is drawn. */
export interface RunsLayout {
  readonly showArchived: boolean;
  /** All runs in one list by time, without what they ran above them. */
  readonly isFlat: boolean;
  /** Chooses the runs that are shown. */
  matches(entry: RunEntry): boolean;
}

/** The Runs view. It draws what the book knows; what has not changed is not drawn again, and long lists are shown a page at a time. */
export class RunsTree implements vscode.TreeDataProvider<RunsNode>, vscode.Disposable {
  readonly #book: RunBook;
  readonly #searches: StoppedSearches;
  readonly #onFailure: (error: unknown) => void;
  readonly #changed = new vscode.EventEmitter<RunsNode | undefined>();
  readonly #nodes = new Map<string, RunsNode>();
  readonly #drawn = new Map<string, string>();
  readonly #pages = createPages();
  readonly #subscriptions: vscode.Disposable;
  readonly #timer: NodeJS.Timeout;
  readonly onDidChangeTreeData = this.#changed.event;
  #shown: ShownRuns | undefined;
  #layout: RunsLayout = { showArchived: false, isFlat: false, matches: () => true };

  constructor(book: RunBook, searches: StoppedSearches, onFailure: (error: unknown) => void) {
    this.#book = book;
    this.#searches = searches;
    this.#onFailure = onFailure;
    this.#subscriptions = vscode.Disposable.from(
      book.onReset(() => this.#redraw()),
      book.onRunsChanged(changes => this.#update(changes)),
      searches.onChanged(runIds => this.#drawAgain(runIds)),
    );
    this.#timer = setInterval(() => this.#refreshAges(), refreshAgoMs);
  }

  get layout(): RunsLayout {
    return this.#layout;
  }

  set layout(layout: RunsLayout) {
    this.#layout = layout;
    this.#redraw();
  }

  async getChildren(parent?: RunsNode): Promise<RunsNode[]> {
    if (parent === undefined) {
      await this.#book.load();
      const { state } = this.#book;
      const { folders } = this.#list();
      if (state.kind === 'failed' && folders.length === 0) {
        return recoveryRows().map(row => ({ kind: 'row', row }));
      }
      const [only] = folders;
      const roots =
        folders.length > 1
          ? folders.map(folder => this.#node({ kind: 'folder', folder }))
          : only === undefined
            ? []
            : this.#below(only, undefined);
      return [...roots, ...this.#older()];
    }
    if (parent.kind === 'folder') return this.#below(parent.folder, parent);
    if (parent.kind !== 'job') return [];
    const runs = this.#groupOf(parent)?.runs ?? [];
    return this.#page(
      parent,
      runs.map(({ id }) => ({ kind: 'run', id })),
      runsOfJob,
    );
  }

  getParent(node: RunsNode): RunsNode | undefined {
    if (node.kind === 'folder' || node.kind === 'row') return undefined;
    if (node.kind === 'job') return this.#folderAbove(node.folder);
    const entry = this.#book.get(node.id);
    if (entry === undefined) return undefined;
    const { folder, run } = entry;
    if (this.#layout.isFlat) return this.#folderAbove(folder);
    return this.#node({ kind: 'job', folder, file: run.file, key: groupKey(folder, run) });
  }

  getTreeItem(node: RunsNode): vscode.TreeItem {
    if (node.kind === 'folder') return folderItem(node);
    if (node.kind === 'job') return jobItem(node, this.#groupOf(node), this.#list().open.has(node.key));
    if (node.kind === 'row') return rowItem(node.row);
    const entry = this.#book.get(node.id);
    if (entry === undefined) return new vscode.TreeItem(node.id);
    const item = runTreeItem(node, entry.run, this.#layout.isFlat, this.#searches.after(node.id));
    this.#drawn.set(node.id, this.#describe(entry));
    return item;
  }

  /** The tooltip, which nobody may ever want to see. */
  resolveTreeItem(item: vscode.TreeItem, node: RunsNode): vscode.TreeItem {
    const entry = node.kind === 'run' ? this.#book.get(node.id) : undefined;
    if (entry !== undefined) item.tooltip = runFacts(entry.run, this.#searches.after(entry.run.id)).join('\n');
    return item;
  }

  dispose(): void {
    clearInterval(this.#timer);
    this.#subscriptions.dispose();
    this.#changed.dispose();
  }

  #describe({ run }: RunEntry): string {
    return runItem(run, Date.now(), this.#searches.after(run.id)).description;
  }

  #folderAbove(folder: string): RunsNode | undefined {
    return this.#list().folders.length > 1 ? this.#node({ kind: 'folder', folder }) : undefined;
  }

  #below(folder: string, parent: RunsNode | undefined): RunsNode[] {
    const groups = this.#list().groups.filter(group => group.folder === folder);
    if (!this.#layout.isFlat) {
      return this.#page(
        parent,
        groups.map(({ file, key }): JobNode => ({ kind: 'job', folder, file, key })),
      );
    }
    const runs = groups.flatMap(group => group.runs).sort((a, b) => b.createdAt - a.createdAt);
    return this.#page(
      parent,
      runs.map(({ id }): RunNode => ({ kind: 'run', id })),
    );
  }

  #page(parent: RunsNode | undefined, nodes: readonly RunsNode[], length?: number): RunsNode[] {
    const key = parent === undefined ? '' : nodeKey(parent);
    const { shown, left } = this.#pages.take(key, nodes, length);
    const rows = shown.map(node => this.#node(node));
    if (left === 0) return rows;
    const show = (): void => {
      this.#pages.more(key, length);
      this.#changed.fire(parent);
    };
    return [...rows, { kind: 'row', row: moreRow(key, left, show) }];
  }

  /** The way to runs that were not loaded yet. */
  #older(): RunsNode[] {
    if (!this.#book.hasOlder) return [];
    const label = vscode.l10n.t('Load Older Runs');
    const show = (): void => void this.#book.loadOlder().catch(this.#onFailure);
    return [{ kind: 'row', row: { ...moreRow('older', 0, show), label, icon: 'history', accessibleLabel: label } }];
  }

  #list(): ShownRuns {
    if (this.#shown === undefined) {
      const entries = this.#book.entries().filter(entry => this.#layout.matches(entry));
      const groups = groupRuns(entries, this.#layout.showArchived);
      const folders = [...new Set(groups.map(group => group.folder))];
      const open = new Set(groups.slice(0, openJobs).map(group => group.key));
      this.#shown = { groups, folders, open, byKey: new Map(groups.map(group => [group.key, group])) };
    }
    return this.#shown;
  }

  #groupOf(node: JobNode): RunGroup | undefined {
    return this.#list().byKey.get(node.key);
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
    this.#shown = undefined;
    this.#changed.fire(undefined);
  }

  #update(changes: readonly RunChange[]): void {
    const known = this.#shown?.byKey;
    this.#shown = undefined;
    const movesRows = ({ entry, before }: RunChange): boolean =>
      before === undefined ||
      known?.has(groupKey(entry.folder, entry.run)) !== true ||
      before.archived !== entry.run.archived ||
      this.#layout.matches({ ...entry, run: before }) !== this.#layout.matches(entry);
    if (changes.some(movesRows)) {
      this.#changed.fire(undefined);
      return;
    }
    for (const { entry } of changes) this.#changed.fire(this.#node({ kind: 'run', id: entry.run.id }));
  }

  #drawAgain(runIds: readonly string[]): void {
    for (const id of runIds) if (this.#book.get(id) !== undefined) this.#changed.fire(this.#node({ kind: 'run', id }));
  }

  #refreshAges(): void {
    for (const [id, drawn] of this.#drawn) {
      const entry = this.#book.get(id);
      if (entry === undefined || !isEnded(entry.run.state)) continue;
      if (this.#describe(entry) !== drawn) this.#changed.fire(this.#node({ kind: 'run', id }));
    }
  }
}

interface ShownRuns {
  readonly groups: readonly RunGroup[];
  /** In the order of their newest run. */
  readonly folders: readonly string[];
  /** Keys of the groups whose runs are shown at first. */
  readonly open: ReadonlySet<string>;
  readonly byKey: ReadonlyMap<string, RunGroup>;
}
