import path from 'node:path';
import * as vscode from 'vscode';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { groupDescription, runFacts, runItem, type RunGroup } from './run-items.ts';
import { nodeKey, type FolderNode, type JobNode, type RunNode } from './runs-nodes.ts';

/** @param isAlone whether the row has to say itself what was run, for there is no row above that does */
export function runTreeItem(node: RunNode, run: RunSummary, isAlone: boolean): vscode.TreeItem {
  const facts = runItem(run, Date.now());
  const item = new vscode.TreeItem(isAlone ? run.name : facts.label);
  item.id = nodeKey(node);
  item.description = isAlone ? `${facts.label} · ${facts.description}` : facts.description;
  item.contextValue = facts.contextValue;
  item.iconPath = new vscode.ThemeIcon(
    facts.icon,
    facts.color === undefined ? undefined : new vscode.ThemeColor(facts.color),
  );
  item.accessibilityInformation = { label: facts.accessibleLabel };
  item.tooltip = runFacts(run).join('\n');
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

export function jobItem(node: JobNode, group: RunGroup | undefined): vscode.TreeItem {
  const name = group?.name ?? node.file;
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = nodeKey(node);
  const isTuning = group?.kind === 'tune';
  item.iconPath = new vscode.ThemeIcon(isTuning ? 'mortar-board' : 'beaker');
  item.contextValue = isTuning ? 'aiwbTuningJob' : 'aiwbBenchmark';
  const description = group === undefined ? '' : groupDescription(group);
  item.description = description;
  item.tooltip = path.join(node.folder, node.file);
  const kind = isTuning ? vscode.l10n.t('tuning job') : vscode.l10n.t('benchmark');
  item.accessibilityInformation = { label: [name, kind, description].filter(Boolean).join(', ') };
  return item;
}
