import path from 'node:path';
import * as vscode from 'vscode';
import type { RunKind, RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import { groupDescription, runItem, type RunGroup } from './run-items.ts';
import { nodeKey, type FolderNode, type JobNode, type RunNode } from './runs-nodes.ts';

/**
 * @param isAlone whether the row has to say itself what was run, for there is no row above that does
 * @param stopped the search that stopped after this run
 */
export function runTreeItem(
  node: RunNode,
  run: RunSummary,
  isAlone: boolean,
  stopped: SearchReport | undefined,
): vscode.TreeItem {
  const facts = runItem(run, Date.now(), stopped);
  const item = new vscode.TreeItem(isAlone ? run.name : facts.label);
  item.id = nodeKey(node);
  item.description = isAlone ? `${facts.label} · ${facts.description}` : facts.description;
  item.contextValue = facts.contextValue;
  item.iconPath = new vscode.ThemeIcon(
    facts.icon,
    facts.color === undefined ? undefined : new vscode.ThemeColor(facts.color),
  );
  item.accessibilityInformation = { label: facts.accessibleLabel };
  item.command = { command: 'aiwb.openRun', title: vscode.l10n.t('Open Run'), arguments: [node] };
  return item;
}

export function folderItem(node: FolderNode): vscode.TreeItem {
  const label = path.basename(node.folder);
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = nodeKey(node);
  item.iconPath = vscode.ThemeIcon.Folder;
  item.tooltip = node.folder;
  item.accessibilityInformation = { label: vscode.l10n.t('Folder {0}', label) };
  return item;
}

const jobLooks: Readonly<Record<RunKind, { readonly icon: string; readonly context: string }>> = {
  benchmark: { icon: 'beaker', context: 'aiwbBenchmark' },
  tune: { icon: 'mortar-board', context: 'aiwbTuningJob' },
  prompt: { icon: 'comment-discussion', context: 'aiwbPrompt' },
};

function kindWord(kind: RunKind): string {
  switch (kind) {
    case 'benchmark':
      return vscode.l10n.t('benchmark');
    case 'tune':
      return vscode.l10n.t('tuning job');
    case 'prompt':
      return vscode.l10n.t('prompt');
  }
}

/** @param isOpen whether its runs are shown at first */
export function jobItem(node: JobNode, group: RunGroup | undefined, isOpen: boolean): vscode.TreeItem {
  const name = group?.name ?? node.file;
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(name, isOpen ? Expanded : Collapsed);
  item.id = nodeKey(node);
  const kind = group?.kind ?? 'benchmark';
  const { icon, context } = jobLooks[kind];
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = context;
  const description = group === undefined ? '' : groupDescription(group);
  item.description = description;
  item.tooltip = path.join(node.folder, node.file);
  item.accessibilityInformation = { label: [name, kindWord(kind), description].filter(Boolean).join(', ') };
  return item;
}
