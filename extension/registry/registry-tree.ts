import path from 'node:path';
import * as vscode from 'vscode';
import type { VersionDetails } from '../../schemas/generated/messages.ts';
import type { Row } from '../trees/row.ts';
import { recoveryRows, treeItem as rowItem } from '../trees/tree-row.ts';
import { resolveInside } from './resolve-inside.ts';
import type { ModelEntry, RegistryBook, VersionEntry } from './registry-book.ts';
import {
  groupItem,
  groupRows,
  registeredModelItem,
  versionGroups,
  versionItem,
  type OpenTarget,
  type RegistryItem,
  type VersionGroup,
} from './registry-items.ts';

export interface RegistryFolderNode {
  readonly kind: 'folder';
  readonly folder: string;
}
export interface RegisteredModelNode {
  readonly kind: 'registeredModel';
  readonly folder: string;
  readonly model: string;
}
export interface VersionNode {
  readonly kind: 'version';
  readonly folder: string;
  readonly model: string;
  readonly version: string;
}
export interface VersionGroupNode {
  readonly kind: 'versionGroup';
  readonly parent: VersionNode;
  readonly group: VersionGroup;
}
/** A row without children; `open` is what a click or a menu acts on. */
export interface VersionRowNode {
  readonly kind: 'versionRow';
  readonly parent: VersionGroupNode;
  readonly id: string;
  readonly item: RegistryItem;
}
/** What can be done where the registry cannot be read. */
export interface RecoveryNode {
  readonly kind: 'recovery';
  readonly row: Row;
}
export type RegistryNode =
  RegistryFolderNode | RegisteredModelNode | VersionNode | VersionGroupNode | VersionRowNode | RecoveryNode;

/** The Registry view. It draws what the book knows; what lies under a version is drawn when it is opened. */
export class RegistryTree implements vscode.TreeDataProvider<RegistryNode>, vscode.Disposable {
  readonly #book: RegistryBook;
  readonly #changed = new vscode.EventEmitter<RegistryNode | undefined>();
  readonly #subscription: vscode.Disposable;
  readonly onDidChangeTreeData = this.#changed.event;
  #showArchived = false;
  #matches: ((entry: VersionEntry) => boolean) | undefined;

  constructor(book: RegistryBook) {
    this.#book = book;
    this.#subscription = vscode.Disposable.from(book.onChanged(() => this.#changed.fire(undefined)));
  }

  get showArchived(): boolean {
    return this.#showArchived;
  }

  set showArchived(value: boolean) {
    this.#showArchived = value;
    this.#changed.fire(undefined);
  }

  /** Chooses the versions that are shown, and with them their models. */
  set filter(matches: ((entry: VersionEntry) => boolean) | undefined) {
    this.#matches = matches;
    this.#changed.fire(undefined);
  }

  async getChildren(parent?: RegistryNode): Promise<RegistryNode[]> {
    if (parent === undefined) {
      await this.#book.load();
      if (this.#book.state.kind === 'failed' && this.#book.models().length === 0) {
        return recoveryRows().map(row => ({ kind: 'recovery', row }));
      }
      const folders = [...new Set(this.#models().map(entry => entry.folder))];
      const [only] = folders;
      if (folders.length > 1) return folders.map(folder => ({ kind: 'folder', folder }));
      return only === undefined ? [] : this.#modelsOf(only);
    }
    switch (parent.kind) {
      case 'folder':
        return this.#modelsOf(parent.folder);
      case 'registeredModel':
        return this.#versionsOf(parent);
      case 'version':
        return this.#groupsOf(parent);
      case 'versionGroup':
        return this.#rowsOf(parent);
      case 'versionRow':
      case 'recovery':
        return [];
    }
  }

  getTreeItem(node: RegistryNode): vscode.TreeItem {
    const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
    switch (node.kind) {
      case 'folder':
        return folderItem(node);
      case 'registeredModel': {
        const entry = this.#modelOf(node);
        return entry === undefined
          ? new vscode.TreeItem(node.model)
          : treeItem(node, registeredModelItem(entry), Expanded);
      }
      case 'version': {
        const entry = this.#book.find(node);
        return entry === undefined
          ? new vscode.TreeItem(node.version)
          : treeItem(node, versionItem(entry), Collapsed, node);
      }
      case 'versionGroup': {
        const entry = this.#book.find(node.parent);
        return entry === undefined
          ? new vscode.TreeItem(node.group)
          : treeItem(node, groupItem(node.group, entry.details), Collapsed);
      }
      case 'versionRow':
        return treeItem(node, node.item, None, node.parent.parent);
      case 'recovery':
        return rowItem(node.row);
    }
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }

  #models(): ModelEntry[] {
    const models = this.#book.models().filter(({ details }) => this.#showArchived || details.model.state === 'LIVE');
    if (this.#matches === undefined) return models;
    return models.filter(entry => this.#matching(entry).length > 0);
  }

  /** The versions of a model that the filter lets through. */
  #matching({ folder, details: { model, versions } }: ModelEntry): VersionDetails[] {
    const matches = this.#matches;
    if (matches === undefined) return versions;
    return versions.filter(details => matches({ folder, model, details }));
  }

  #modelsOf(folder: string): RegistryNode[] {
    return this.#models()
      .filter(entry => entry.folder === folder)
      .map(({ details }) => ({ kind: 'registeredModel', folder, model: details.model.name }));
  }

  #modelOf(node: RegisteredModelNode): ModelEntry | undefined {
    return this.#book
      .models()
      .find(({ folder, details }) => folder === node.folder && details.model.name === node.model);
  }

  #versionsOf(node: RegisteredModelNode): RegistryNode[] {
    const { folder, model } = node;
    const entry = this.#modelOf(node);
    const versions = entry === undefined ? [] : this.#matching(entry);
    return versions.map(({ version: { version } }) => ({ kind: 'version', folder, model, version }));
  }

  #groupsOf(parent: VersionNode): RegistryNode[] {
    const entry: VersionEntry | undefined = this.#book.find(parent);
    if (entry === undefined) return [];
    return versionGroups(entry.details).map(group => ({ kind: 'versionGroup', parent, group }));
  }

  #rowsOf(parent: VersionGroupNode): RegistryNode[] {
    const entry = this.#book.find(parent.parent);
    if (entry === undefined) return [];
    return groupRows(parent.group, entry.details, Date.now()).map((item, index) => ({
      kind: 'versionRow',
      parent,
      id: String(index),
      item,
    }));
  }
}

function nodeKey(node: RegistryNode): string {
  switch (node.kind) {
    case 'folder':
      return `folder ${node.folder}`;
    case 'registeredModel':
      return `model ${node.folder}\n${node.model}`;
    case 'version':
      return `version ${node.folder}\n${node.model}\n${node.version}`;
    case 'versionGroup':
      return `${nodeKey(node.parent)}\n${node.group}`;
    case 'versionRow':
      return `${nodeKey(node.parent)}\n${node.id}`;
    case 'recovery':
      return node.row.key;
  }
}

function folderItem(node: RegistryFolderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(path.basename(node.folder), vscode.TreeItemCollapsibleState.Expanded);
  item.id = nodeKey(node);
  item.iconPath = vscode.ThemeIcon.Folder;
  item.tooltip = node.folder;
  item.accessibilityInformation = { label: vscode.l10n.t('Folder {0}', path.basename(node.folder)) };
  return item;
}

/** @param version the version a row belongs to, for what a click opens */
function treeItem(
  node: RegistryNode,
  facts: RegistryItem,
  state: vscode.TreeItemCollapsibleState,
  version?: VersionNode,
): vscode.TreeItem {
  const item = new vscode.TreeItem(facts.label, state);
  item.id = nodeKey(node);
  item.description = facts.description;
  item.contextValue = facts.contextValue;
  item.iconPath = new vscode.ThemeIcon(
    facts.icon,
    facts.color === undefined ? undefined : new vscode.ThemeColor(facts.color),
  );
  item.accessibilityInformation = { label: [facts.label, facts.description].filter(Boolean).join(', ') };
  // An empty Markdown tooltip would keep VS Code's own, made of label and description, from showing.
  if (facts.tooltip !== '') item.tooltip = new vscode.MarkdownString(facts.tooltip);
  const command = facts.open === undefined || version === undefined ? undefined : openCommand(facts.open, version);
  if (command !== undefined) item.command = command;
  return item;
}

function openCommand(target: OpenTarget, version: VersionNode): vscode.Command | undefined {
  const { t } = vscode.l10n;
  switch (target.kind) {
    case 'version':
      return { command: 'aiwb.openVersion', title: t('Open Version'), arguments: [version] };
    case 'run':
      return { command: 'aiwb.openRun', title: t('Open Run'), arguments: [target.runId] };
    case 'assessment':
      return { command: 'aiwb.openScorecard', title: t('Open Scorecard'), arguments: [target.assessmentId] };
    case 'file': {
      const file = resolveInside(version.folder, target.path);
      if (file === undefined) return undefined;
      return { command: 'vscode.open', title: t('Open File'), arguments: [vscode.Uri.file(file)] };
    }
  }
}
