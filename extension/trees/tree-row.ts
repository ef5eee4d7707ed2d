import * as vscode from 'vscode';
import type { Row, RowTarget } from './row.ts';
import { showOnOneLine } from './words.ts';

/** The command behind rows that show more of a list; it is passed what to do. */
export const showMoreCommand = 'aiwb.showMoreRows';

export function registerShowMore(): vscode.Disposable {
  return vscode.commands.registerCommand(showMoreCommand, (show: unknown) => {
    if (typeof show === 'function') (show as () => void)();
  });
}

/** A row as VS Code draws it. */
export function treeItem(row: Row): vscode.TreeItem {
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const state = row.children === undefined ? None : row.isOpen === true ? Expanded : Collapsed;
  const item = new vscode.TreeItem(showOnOneLine(row.label), state);
  item.id = row.key;
  if (row.description !== undefined) item.description = showOnOneLine(row.description);
  if (row.contextValue !== undefined) item.contextValue = row.contextValue;
  if (row.tooltip !== undefined) item.tooltip = row.tooltip;
  if (row.icon !== undefined) {
    const color = row.color === undefined ? undefined : new vscode.ThemeColor(row.color);
    item.iconPath = new vscode.ThemeIcon(row.icon, color);
  }
  item.accessibilityInformation = {
    label: showOnOneLine(row.accessibleLabel ?? [row.label, row.description].filter(Boolean).join(', ')),
  };
  if (row.open !== undefined) item.command = openCommand(row.open);
  return item;
}

function openCommand(target: RowTarget): vscode.Command {
  if (target.kind === 'command') return target;
  const line = Math.max(0, (target.line ?? 1) - 1);
  const selection = new vscode.Range(line, 0, line, 0);
  return {
    command: 'vscode.open',
    title: vscode.l10n.t('Open File'),
    arguments: [vscode.Uri.file(target.path), ...(target.line === undefined ? [] : [{ selection }])],
  };
}

/** What stands below a list that is not shown whole. */
export function moreRow(key: string, left: number, show: () => void): Row {
  const label = vscode.l10n.t('Show More ({0} left)', left.toLocaleString('en-US'));
  return {
    key: `more ${key}`,
    label,
    icon: 'ellipsis',
    contextValue: 'aiwbMore',
    open: { kind: 'command', command: showMoreCommand, title: label, arguments: [show] },
  };
}

/** What can be done where a view's rows cannot be had; why is the view's message. */
export function recoveryRows(): Row[] {
  const row = (key: string, label: string, icon: string, command: string, values: unknown[] = []): Row => ({
    key: `recovery ${key}`,
    label,
    icon,
    contextValue: 'aiwbRecovery',
    open: { kind: 'command', command, title: label, arguments: values },
  });
  const settings = 'workbench.action.openSettings';
  return [
    row('again', vscode.l10n.t('Try Again'), 'refresh', 'aiwb.restartEngine'),
    row('output', vscode.l10n.t('Show Output'), 'output', 'aiwb.showOutput'),
    row('node', vscode.l10n.t('Choose a Node Program'), 'settings-gear', settings, ['aiWorkbench.nodePath']),
  ];
}
