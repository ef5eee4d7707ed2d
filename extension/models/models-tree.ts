import * as vscode from 'vscode';
import type { Failure, ModelEntry } from '../../schemas/generated/messages.ts';
import { toFailure } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import type { Row } from '../trees/row.ts';
import { recoveryRows, treeItem as rowItem } from '../trees/tree-row.ts';
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
/** What can be done where the models cannot be had. */
export interface RecoveryNode {
  readonly kind: 'recovery';
  readonly row: Row;
}
export type ModelsNode = GroupNode | ModelNode | NoticeNode | RecoveryNode;

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
  readonly #onLoaded: (failure: Failure | undefined) => void;
  readonly #changed = new vscode.EventEmitter<ModelsNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  #loaded: ModelNode[] = [];
  #notices: NoticeNode[] = [];
  /** Whether what was loaded is good for the next drawing. */
  #isKnown = false;

  /** Whether some may be left out. */
  isFiltered = false;
  /** Chooses the models that are shown. */
  matches: (model: ModelEntry) => boolean = () => true;

  constructor(engines: Engines, onLoaded: (failure: Failure | undefined) => void) {
    this.#engines = engines;
    this.#onLoaded = onLoaded;
  }

  get models(): readonly ModelEntry[] {
    return this.#loaded.map(({ model }) => model);
  }

  /** Draws again what is known. */
  redraw(): void {
    this.#isKnown = true;
    this.#changed.fire(undefined);
  }

  refresh(): void {
    this.#isKnown = false;
    this.#changed.fire(undefined);
  }

  async getChildren(parent?: ModelsNode): Promise<ModelsNode[]> {
    if (parent === undefined) {
      if (!this.#isKnown && !(await this.#load())) {
        return this.#engines.all().length === 0 ? [] : recoveryRows().map(row => ({ kind: 'recovery', row }));
      }
      this.#isKnown = false;
      const always: ModelGroup[] = this.isFiltered ? [] : ['connection', 'embedded'];
      const present = new Set<ModelGroup>([...always, ...this.#shown().map(({ model }) => model.kind)]);
      return groups.filter(({ group }) => present.has(group));
    }
    if (parent.kind !== 'group') return [];
    const models = this.#shown().filter(node => node.model.kind === parent.group);
    if (parent.group === 'embedded' || parent.group === 'lent') return uniqueByName(models);
    return parent.group === 'connection' && !this.isFiltered ? [...models, ...this.#notices] : models;
  }

  getTreeItem(node: ModelsNode): vscode.TreeItem {
    if (node.kind === 'group') return groupItem(node);
    if (node.kind === 'notice') return noticeItem(node);
    if (node.kind === 'recovery') return rowItem(node.row);
    const item = treeItem(modelItem(node.model, Date.now()));
    item.id = `${node.folder}\n${node.model.name}`;
    if (node.model.place !== undefined) {
      item.command = { command: 'aiwb.openConnection', title: vscode.l10n.t('Open Connection'), arguments: [node] };
    }
    return item;
  }

  #shown(): ModelNode[] {
    return this.#loaded.filter(({ model }) => this.matches(model));
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
    this.#onLoaded(failure);
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
  item.accessibilityInformation = { label: labels[node.group] };
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
  item.accessibilityInformation = { label: facts.accessibleLabel };
  return item;
}
