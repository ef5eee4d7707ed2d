import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { createThrottle } from '../base/throttle.ts';
import type { RunBook } from '../runs/run-book.ts';
import type { Row } from '../trees/row.ts';
import { RowTree } from '../trees/row-tree.ts';
import { namedResults } from './named-results.ts';
import { isRun, resultKey, resultRow } from './result-items.ts';
import type { OutputFacts } from './output-facts.ts';
import { readNotebook } from './outputs.ts';

const viewId = 'aiwb.results';
/** Outputs that change together are looked at once; progress need not be shown more often. */
const settleMs = 500;

type NamedCell = Awaited<ReturnType<typeof readNotebook>>[number] & { readonly facts: { readonly as: string } };

/** The view of the active notebook's named results, there while a notebook is open. Nothing is read before it is seen. */
export function createResultsView(book: RunBook, tell: (error: unknown) => void): vscode.Disposable {
  let notebook = vscode.window.activeNotebookEditor?.notebook;
  let shown: readonly NamedCell[] = [];

  async function find(): Promise<readonly NamedCell[]> {
    if (notebook === undefined || notebook.isClosed) return [];
    return namedResults(await readNotebook(notebook)).filter(
      (entry): entry is NamedCell => entry.facts.as !== undefined,
    );
  }

  const tree = new RowTree(async () => {
    shown = await find();
    return shown.map(({ cell, facts }) =>
      resultRow({ facts, run: isOneRun(facts) ? book.get(facts.id)?.run : undefined, cell: cell.index + 1 }),
    );
  });
  const view = vscode.window.createTreeView<Row>(viewId, { treeDataProvider: tree, canSelectMany: true });
  const refresh = createThrottle<'all', undefined>(settleMs, () => tree.refresh());
  const touch = (): void => refresh.push('all', undefined);

  function follow(editor: vscode.NotebookEditor | undefined): void {
    const next = editor?.notebook ?? (notebook?.isClosed === true ? undefined : notebook);
    const isOpen = next?.notebookType === 'jupyter-notebook';
    void vscode.commands.executeCommand('setContext', 'aiwb.notebookOpen', isOpen);
    if (next === notebook) return;
    notebook = isOpen ? next : undefined;
    view.description = notebook === undefined ? '' : vscode.workspace.asRelativePath(notebook.uri);
    touch();
  }

  /** The results that a command is for: those of the rows it was given, else the selected. */
  async function chosen(given: readonly unknown[]): Promise<readonly NamedCell[]> {
    const rows =
      Array.isArray(given[1]) && given[1].length > 0 ? given[1] : given[0] === undefined ? view.selection : [given[0]];
    const keys = new Set(rows.map(row => (row as Partial<Row> | undefined)?.key));
    shown = await find();
    return shown.filter(({ facts }) => keys.has(resultKey(facts.as)));
  }

  const actions: readonly (readonly [string, (entries: readonly NamedCell[]) => Promise<unknown>])[] = [
    ['aiwb.openResult', async ([entry]) => entry && (await open(entry))],
    ['aiwb.goToResultCell', async ([entry]) => entry && (await goTo(entry.cell))],
    ['aiwb.copyResultName', async ([entry]) => entry && (await vscode.env.clipboard.writeText(entry.facts.as))],
    ['aiwb.compareResults', async entries => await compare(entries)],
  ];

  follow(vscode.window.activeNotebookEditor);
  return vscode.Disposable.from(
    tree,
    view,
    refresh,
    vscode.window.onDidChangeActiveNotebookEditor(follow),
    vscode.workspace.onDidChangeNotebookDocument(change => {
      if (change.notebook !== notebook) return;
      if (change.contentChanges.length > 0 || change.cellChanges.some(({ outputs }) => outputs !== undefined)) touch();
    }),
    vscode.workspace.onDidCloseNotebookDocument(closed => {
      if (closed === notebook) follow(undefined);
    }),
    book.onRunsChanged(changes => {
      const ids = new Set(shown.map(({ facts }) => facts.id));
      if (changes.some(({ entry }) => ids.has(entry.run.id))) touch();
    }),
    book.onReset(() => {
      if (shown.length > 0) touch();
    }),
    vscode.commands.registerCommand('aiwb.showResults', () => vscode.commands.executeCommand(`${viewId}.focus`)),
    ...actions.map(([command, act]) =>
      vscode.commands.registerCommand(command, async (...given: unknown[]) => {
        await chosen(given).then(act).catch(tell);
      }),
    ),
  );
}

/** A search is more than its first trial. */
function isOneRun({ kind, trials }: OutputFacts): boolean {
  return isRun(kind) && trials === undefined;
}

async function open({ cell, facts }: NamedCell): Promise<void> {
  if (facts.kind === 'assessment') await vscode.commands.executeCommand('aiwb.openScorecard', facts.id);
  else if (facts.kind === 'comparison') await goTo(cell);
  else await vscode.commands.executeCommand('aiwb.openRun', facts.id);
}

async function goTo(cell: vscode.NotebookCell): Promise<void> {
  const range = new vscode.NotebookRange(cell.index, cell.index + 1);
  const editor = await vscode.window.showNotebookDocument(cell.notebook, { selections: [range] });
  editor.revealRange(range, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
}

async function compare(entries: readonly NamedCell[]): Promise<void> {
  const runs = entries.filter(({ facts }) => isRun(facts.kind)).map(({ facts: { id, best = id } }) => best);
  if (runs.length === 0)
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('None of these results is a run that can be compared.'),
      remedy: vscode.l10n.t('Select two or more benchmarks, tuning jobs or prompts.'),
    });
  await vscode.commands.executeCommand('aiwb.compareRuns', runs);
}
