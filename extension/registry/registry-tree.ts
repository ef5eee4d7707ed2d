import path from 'node:path';
import * as vscode from 'vscode';
import { treeItem as rowItem } from '../trees/tree-row.ts';
import { showOnOneLine } from '../trees/words.ts';
import type { OpenTarget, RegistryItem } from './item.ts';
import type { Outline } from './outline.ts';
import { nodeKey, type FolderNode, type RegistryNode } from './outline-nodes.ts';
import { localRegistry } from './registry-book.ts';
import { resolveInside } from './resolve-inside.ts';

const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;

/** The Registry view as VS Code draws it. */
export class RegistryTree implements vscode.TreeDataProvider<RegistryNode>, vscode.Disposable {
  readonly outline: Outline;
  readonly #changed = new vscode.EventEmitter<RegistryNode | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  /** @param makeOutline given what draws a row's children again */
  constructor(makeOutline: (redraw: (node: RegistryNode | undefined) => void) => Outline) {
    this.outline = makeOutline(node => this.#changed.fire(node));
  }

  redraw(): void {
    this.#changed.fire(undefined);
  }

  getChildren(parent?: RegistryNode): Promise<RegistryNode[]> {
    return this.outline.children(parent);
  }

  getTreeItem(node: RegistryNode): vscode.TreeItem {
    if (node.kind === 'folder') return folderItem(node);
    if (node.kind === 'other') return rowItem(node.row);
    const facts = this.outline.item(node);
    const item = treeItem(nodeKey(node), facts, stateOf(node, facts));
    const command = facts.open === undefined ? undefined : openCommand(facts.open, node);
    if (command !== undefined) item.command = command;
    return item;
  }

  dispose(): void {
    this.#changed.dispose();
  }
}

function stateOf(node: RegistryNode, facts: RegistryItem): vscode.TreeItemCollapsibleState {
  switch (node.kind) {
    case 'registry':
      // Of the others nothing is asked for before somebody opens them up.
      return node.registry === localRegistry ? Expanded : Collapsed;
    case 'registeredModel':
      return facts.isOpen === true ? Expanded : Collapsed;
    case 'versionRow':
      if (facts.children === undefined || facts.children.length === 0) return None;
      return facts.isOpen === true ? Expanded : Collapsed;
    case 'folder':
    case 'modelGroup':
    case 'version':
    case 'versionGroup':
      return Collapsed;
    case 'other':
      return None;
  }
}

function folderItem(node: FolderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(path.basename(node.folder), Expanded);
  item.id = nodeKey(node);
  item.iconPath = vscode.ThemeIcon.Folder;
  item.tooltip = node.folder;
  item.accessibilityInformation = { label: vscode.l10n.t('Folder {0}', path.basename(node.folder)) };
  return item;
}

function treeItem(id: string, facts: RegistryItem, state: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const [label, description] = [showOnOneLine(facts.label), showOnOneLine(facts.description)];
  const item = new vscode.TreeItem(label, state);
  item.id = id;
  item.description = description;
  item.contextValue = facts.contextValue;
  item.iconPath = new vscode.ThemeIcon(
    facts.icon,
    facts.color === undefined ? undefined : new vscode.ThemeColor(facts.color),
  );
  item.accessibilityInformation = { label: [label, description].filter(Boolean).join(', ') };
  // An empty Markdown tooltip would keep VS Code's own, made of label and description, from showing.
  if (facts.tooltip !== '') item.tooltip = new vscode.MarkdownString(facts.tooltip);
  return item;
}

function openCommand(target: OpenTarget, node: RegistryNode): vscode.Command | undefined {
  const { t } = vscode.l10n;
  switch (target.kind) {
    case 'version': {
      const place = target.place === undefined ? node : { ...target.place, folder: folderOf(node) };
      return { command: 'aiwb.openVersion', title: t('Open Version'), arguments: [place] };
    }
    case 'run':
      return { command: 'aiwb.openRun', title: t('Open Run'), arguments: [target.runId] };
    case 'assessment':
      return { command: 'aiwb.openScorecard', title: t('Open Scorecard'), arguments: [target.assessmentId] };
    case 'url':
      return { command: 'aiwb.openInRegistry', title: t('Open in Browser'), arguments: [{ url: target.url }] };
    case 'file': {
      const folder = folderOf(node);
      const file = folder === undefined ? undefined : resolveInside(folder, target.path);
      if (file === undefined) return undefined;
      return { command: 'vscode.open', title: t('Open File'), arguments: [vscode.Uri.file(file)] };
    }
  }
}

function folderOf(node: RegistryNode): string | undefined {
  if (node.kind === 'versionRow') return node.version.folder;
  return 'folder' in node ? node.folder : undefined;
}
