import * as vscode from 'vscode';
import type { Failure, ModelEntry } from '../../schemas/generated/messages.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import { onModelsChanged, type RegistryBook } from '../registry/registry-book.ts';
import type { RunBook } from '../runs/run-book.ts';
import { isEnded } from '../runs/states.ts';
import { connectionsNotice, modelItem, type ModelGroup, type ModelItem } from './model-items.ts';

export interface GroupNode {
  readonly kind: 'group';
  readonly group: ModelGroup;
}
export interface ModelNode {
  readonly kind: 'model';
  readonly folder: string;
  readonly model: ModelEntry;
}
export interface NoticeNode {
  readonly kind: 'notice';
  readonly folder: string;
  readonly hasFile: boolean;
  readonly failure: Failure | undefined;
}
export type ModelsNode = GroupNode | ModelNode | NoticeNode;

/** In the order they are shown. Registered models and checkpoints are only there once there are some. */
const groups: readonly GroupNode[] = [
  { kind: 'group', group: 'connection' },
  { kind: 'group', group: 'registered' },
  { kind: 'group', group: 'checkpoint' },
  { kind: 'group', group: 'embedded' },
  { kind: 'group', group: 'lent' },
];

/** The Models view: everything a benchmark can name, with its last figure. */
export class ModelsTree implements vscode.TreeDataProvider<ModelsNode> {
  readonly #engines: Engines;
  readonly #onFailure: (message: string | undefined) => void;
  readonly #changed = new vscode.EventEmitter<ModelsNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #loaded: ModelNode[] = [];
  #notices: NoticeNode[] = [];

  constructor(engines: Engines, onFailure: (message: string | undefined) => void) {
    this.#engines = engines;
    this.#onFailure = onFailure;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  async getChildren(parent?: ModelsNode): Promise<ModelsNode[]> {
    if (parent === undefined) {
      if (!(await this.#load())) return [];
      const present = new Set<ModelGroup>(['connection', 'embedded', ...this.#loaded.map(({ model }) => model.kind)]);
      return groups.filter(({ group }) => present.has(group));
    }
    if (parent.kind !== 'group') return [];
    const models = this.#loaded.filter(node => node.model.kind === parent.group);
    if (parent.group === 'embedded' || parent.group === 'lent') return uniqueByName(models);
    return parent.group === 'connection' ? [...models, ...this.#notices] : models;
  }

  getTreeItem(node: ModelsNode): vscode.TreeItem {
    if (node.kind === 'group') return groupItem(node);
    if (node.kind === 'notice') return noticeItem(node);
    const item = treeItem(modelItem(node.model, Date.now()));
    item.id = `${node.folder}\n${node.model.name}`;
    if (node.model.place !== undefined) {
      item.command = { command: 'aiwb.openConnection', title: vscode.l10n.t('Open Connection'), arguments: [node] };
    }
    return item;
  }

  /** Asks every folder's engine. False when there is none to ask, or none could answer. */
  async #load(): Promise<boolean> {
    this.#loaded = [];
    this.#notices = [];
    const failures: Failure[] = [];
    const engines = this.#engines.all();
    for (const engine of engines) {
      try {
        await this.#take(engine);
      } catch (error) {
        failures.push(toFailure(error));
      }
    }
    const [failure] = failures;
    this.#onFailure(failure === undefined ? undefined : describeFailure(failure));
    return engines.length > failures.length;
  }

  async #take(engine: Engine): Promise<void> {
    const { folder } = engine;
    const { models, failure } = await engine.request('models/list', {});
    this.#loaded.push(...models.map((model): ModelNode => ({ kind: 'model', folder, model })));
    if (failure === undefined && models.some(model => model.kind === 'connection')) return;
    this.#notices.push({ kind: 'notice', folder, hasFile: await hasWorkbenchFile(folder), failure });
  }
}

/** Creates the Models view. It is asked again when workbench.yaml, the registry or VS Code's own models change, or a run ends. */
export function createModelsView(engines: Engines, book: RunBook, registry: RegistryBook): vscode.Disposable {
  const tree: ModelsTree = new ModelsTree(engines, message => {
    view.message = message;
    void vscode.commands.executeCommand('setContext', 'aiwb.modelsFailed', message !== undefined);
  });
  const view: vscode.TreeView<ModelsNode> = vscode.window.createTreeView('aiwb.models', { treeDataProvider: tree });
  const watcher = vscode.workspace.createFileSystemWatcher('**/workbench.{yaml,yml}');
  const refresh = (): void => tree.refresh();
  return vscode.Disposable.from(
    view,
    watcher,
    watcher.onDidCreate(refresh),
    watcher.onDidChange(refresh),
    watcher.onDidDelete(refresh),
    engines.onChanged(refresh),
    vscode.lm.onDidChangeChatModels(refresh),
    onModelsChanged(registry, refresh),
    book.onRunsChanged(changes => {
      if (changes.some(({ entry, before }) => isEnded(entry.run.state) && before?.state !== entry.run.state)) refresh();
    }),
    vscode.commands.registerCommand('aiwb.refreshModels', refresh),
  );
}

async function hasWorkbenchFile(folder: string): Promise<boolean> {
  const found = await vscode.workspace.findFiles(new vscode.RelativePattern(folder, 'workbench.{yaml,yml}'), null, 1);
  return found.length > 0;
}

/** Embedded and lent models are the same in every folder; the last one listed with a figure is shown. */
function uniqueByName(models: readonly ModelNode[]): ModelNode[] {
  const byName = new Map<string, ModelNode>();
  for (const node of models) {
    const known = byName.get(node.model.name);
    if (known === undefined || (node.model.last?.endedAt ?? 0) > (known.model.last?.endedAt ?? 0)) {
      byName.set(node.model.name, node);
    }
  }
  return [...byName.values()];
}

function groupItem(node: GroupNode): vscode.TreeItem {
  const labels: Record<ModelGroup, string> = {
    connection: vscode.l10n.t('Connections'),
    registered: vscode.l10n.t('Registered Models'),
    checkpoint: vscode.l10n.t('Checkpoints'),
    embedded: vscode.l10n.t('Embedded Models'),
    lent: vscode.l10n.t('Lent by VS Code'),
  };
  const item = new vscode.TreeItem(labels[node.group], vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.group;
  item.contextValue = `aiwbModels ${node.group}`;
  if (node.group === 'lent')
    item.tooltip = vscode.l10n.t('Language models of this editor. Add a connection to name one in a benchmark.');
  if (node.group === 'embedded') item.tooltip = vscode.l10n.t('Run inside the workbench: offline, free, no key.');
  return item;
}

function noticeItem(node: NoticeNode): vscode.TreeItem {
  const item = treeItem(connectionsNotice(node.hasFile, node.failure));
  item.id = `${node.folder}\nnotice`;
  item.command = { command: 'aiwb.openWorkbenchFile', title: vscode.l10n.t('Open workbench.yaml'), arguments: [node] };
  return item;
}

function treeItem(facts: ModelItem): vscode.TreeItem {
  const item = new vscode.TreeItem(facts.label);
  item.description = facts.description;
  item.contextValue = facts.contextValue;
  item.tooltip = facts.tooltip;
  item.iconPath = new vscode.ThemeIcon(facts.icon);
  return item;
}
