import * as vscode from 'vscode';
import { classifyCell, topLevelScalar, type CellKind } from '../../schemas/cells.ts';
import { createThrottle } from '../base/throttle.ts';
import { showOnOneLine } from '../trees/words.ts';
import type { OutputFacts } from './output-facts.ts';
import { factsOf } from './outputs.ts';

const settleMs = 200;

/** What a cell is and how its result is called, and what its gate says, in the line below the cell. */
export function createCellStatus(): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const settled = createThrottle<'all', undefined>(settleMs, () => changed.fire());
  const provider: vscode.NotebookCellStatusBarItemProvider = {
    onDidChangeCellStatusBarItems: changed.event,
    provideCellStatusBarItems(cell) {
      if (cell.kind !== vscode.NotebookCellKind.Code) return [];
      const facts = factsOf(cell);
      return [kindItem(cell), facts === undefined ? undefined : gateItem(facts)].filter(item => item !== undefined);
    },
  };
  return vscode.Disposable.from(
    changed,
    settled,
    vscode.notebooks.registerNotebookCellStatusBarItemProvider('jupyter-notebook', provider),
    vscode.workspace.onDidChangeNotebookDocument(({ cellChanges }) => {
      if (cellChanges.some(({ outputs }) => outputs !== undefined)) settled.push('all', undefined);
    }),
  );
}

/** The name of the cell's result, and what the cell is where its language does not say so beside it. */
function kindItem(cell: vscode.NotebookCell): vscode.NotebookCellStatusBarItem | undefined {
  const { languageId } = cell.document;
  const text = cell.document.getText();
  const kind = classifyCell(languageId, text);
  const words = wordsOf(kind);
  if (words === undefined) return undefined;
  const name = topLevelScalar(text, 'as');
  const shown = [
    ...(languageId === `aiwb-${kind}` ? [] : [words.label]),
    ...(name === undefined ? [] : [showOnOneLine(name, 60)]),
  ];
  if (shown.length === 0) return undefined;
  const item = new vscode.NotebookCellStatusBarItem(
    `$(${words.icon}) ${shown.join(' · ')}`,
    vscode.NotebookCellStatusBarAlignment.Right,
  );
  item.tooltip =
    name === undefined
      ? words.label
      : vscode.l10n.t('{0}; its result is called {1}', words.label, showOnOneLine(name, 60));
  item.accessibilityInformation = { label: item.tooltip };
  item.priority = 2;
  return item;
}

function wordsOf(kind: CellKind): { readonly icon: string; readonly label: string } | undefined {
  switch (kind) {
    case 'bench':
      return { icon: 'beaker', label: vscode.l10n.t('Benchmark') };
    case 'tune':
      return { icon: 'mortar-board', label: vscode.l10n.t('Tuning job') };
    case 'policy':
      return { icon: 'law', label: vscode.l10n.t('Policy') };
    case 'prompt':
      return { icon: 'comment-discussion', label: vscode.l10n.t('Prompt') };
    case 'compare':
      return { icon: 'diff', label: vscode.l10n.t('Comparison') };
    case 'empty':
    case 'other':
      return undefined;
  }
}

function gateItem({ kind, id, gate }: OutputFacts): vscode.NotebookCellStatusBarItem | undefined {
  if (gate === undefined) return undefined;
  const [icon, label] = {
    met: ['pass', vscode.l10n.t('Gate met')],
    'not-met': ['warning', vscode.l10n.t('Gate not met')],
    'not-computed': ['question', vscode.l10n.t('Gate not computed')],
  }[gate] as [string, string];
  const item = new vscode.NotebookCellStatusBarItem(`$(${icon}) ${label}`, vscode.NotebookCellStatusBarAlignment.Left);
  const command =
    kind === 'assessment'
      ? { command: 'aiwb.openScorecard', title: vscode.l10n.t('Open Scorecard'), arguments: [id] }
      : { command: 'aiwb.openRun', title: vscode.l10n.t('Open Run'), arguments: [id] };
  item.command = command;
  item.tooltip = command.title;
  item.accessibilityInformation = { label: `${label}, ${command.title}`, role: 'button' };
  item.priority = 1;
  return item;
}
