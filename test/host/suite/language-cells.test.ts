import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  ask,
  benchmark,
  codeOf,
  deleteEditingWorkspace,
  editingUri,
  findings,
  labelOf,
  notEmpty,
  openCells,
  rangeOf,
  replace,
  writeEditingWorkspace,
} from './editing.ts';
import { eventually } from './workspace.ts';

const wrong = (name: string): string => benchmark(name).replace('metrics', `metrcs-${name}`);

const job = `name: job
base: embedded:linear
aspects:
  core-performance:
    dataset: {path: data/rows.jsonl, input: text, target: label}
evaluation: {metrics: [accuracy]}
`;

async function edit(notebook: vscode.NotebookDocument, ...edits: readonly vscode.NotebookEdit[]): Promise<void> {
  const change = new vscode.WorkspaceEdit();
  change.set(notebook.uri, [...edits]);
  assert.ok(await vscode.workspace.applyEdit(change));
}

/** Moves the first cell behind the second, as people do; again as long as the editor has not begun to take commands. */
async function moveTopDown(notebook: vscode.NotebookDocument): Promise<void> {
  const top = notebook.cellAt(0).document.getText();
  await eventually(async see => {
    await vscode.commands.executeCommand('notebook.focusTop');
    await vscode.commands.executeCommand('notebook.cell.moveDown');
    const texts = see(notebook.getCells().map(({ document }) => document.getText()));
    return texts[1] === top || undefined;
  });
}

function textsOf(notebook: vscode.NotebookDocument): string[] {
  return notebook.getCells().map(({ document }) =>
    vscode.languages
      .getDiagnostics(document.uri)
      .map(({ message }) => message)
      .join(),
  );
}

describe('cells of one notebook', function () {
  this.timeout(180_000);
  before(writeEditingWorkspace);
  after(deleteEditingWorkspace);

  it('are checked each by itself, and keep their findings while others change, move and go', async () => {
    const notebook = await openCells(
      ['aiwb-bench', wrong('a')],
      ['markdown', 'metrcs: [none of ours]'],
      ['aiwb-bench', benchmark('fine')],
      ['yaml', wrong('b')],
      ['python', 'metrcs: int = 1'],
    );
    const told = (...expected: readonly (RegExp | undefined)[]): Promise<true> =>
      eventually(see => {
        const texts = see(textsOf(notebook));
        const fits = texts.every((text, index) =>
          expected[index] === undefined ? text === '' : expected[index].test(text),
        );
        return texts.length === expected.length && fits ? true : undefined;
      });
    const none = undefined;
    await told(/metrcs-a/, none, none, /metrcs-b/, none);

    const third = notebook.cellAt(2).document;
    await replace(third, rangeOf(third, 'metrics'), 'metrcs-c');
    await told(/metrcs-a/, none, /metrcs-c/, /metrcs-b/, none);

    // The first cell goes to the end: VS Code has no edit for a move, people use the cell's own command.
    const first = notebook.cellAt(0).document;
    await moveTopDown(notebook);
    await told(none, /metrcs-a/, /metrcs-c/, /metrcs-b/, none);
    await replace(third, rangeOf(third, 'metrcs-c'), 'metrics');
    await told(none, /metrcs-a/, none, /metrcs-b/, none);

    const { uri } = first;
    await edit(notebook, vscode.NotebookEdit.deleteCells(new vscode.NotebookRange(1, 2)));
    await told(none, none, /metrcs-b/, none);
    await eventually(() => (notEmpty(vscode.languages.getDiagnostics(uri)) ? undefined : true));
    await vscode.commands.executeCommand('undo');
    await eventually(see => see(textsOf(notebook)).some(text => text.includes('metrcs-a')) || undefined);
  });

  it('know the names of results from the cells before them, wherever they are moved', async () => {
    const notebook = await openCells(
      ['yaml', 'compare: [one, two]'],
      ['aiwb-bench', `as: one\n${benchmark('a')}`],
      ['markdown', 'Between them'],
      ['aiwb-bench', `as: two\n${benchmark('b')}`],
    );
    const codesOf = (): string =>
      vscode.languages
        .getDiagnostics(
          notebook.getCells().find(({ document }) => document.getText().startsWith('compare'))!.document.uri,
        )
        .map(codeOf)
        .join();
    const told = (codes: string): Promise<true> => eventually(see => see(codesOf()) === codes || undefined);
    await told('later-result,later-result');
    await moveTopDown(notebook);
    await told('later-result');
    const named = notebook.getCells().find(({ document }) => document.getText().startsWith('as: one'))!.document;
    await replace(named, rangeOf(named, 'as: one'), 'as: other');
    await told('unknown-result,later-result');
  });

  it('written as YAML are what they hold, while they are written too', async () => {
    const notebook = await openCells(['yaml', 'services: {web: {image: x}}\n']);
    const { document } = notebook.cellAt(0);
    const all = (): vscode.Range => new vscode.Range(0, 0, document.lineCount, 0);

    await replace(document, all(), 'name: half\nmodels: [smal]\n');
    const unfinished = await findings(document, list => list.some(item => codeOf(item) === 'missing-field'));
    assert.ok(unfinished.some(({ message }) => message.includes('dataset')));

    await replace(document, all(), wrong('bench'));
    await findings(document, list => list.some(({ message }) => message.includes('metrcs-bench')));

    await replace(document, all(), job.replace('evaluation', 'evaluaton'));
    await findings(
      document,
      list =>
        list.some(({ message }) => message.includes('evaluaton')) &&
        !list.some(({ message }) => message.includes('metrcs')),
    );
    const at = rangeOf(document, 'base').start;
    const offered = await ask<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      ({ items }) => items.some(item => labelOf(item) === 'hyperparameters'),
      document.uri,
      at,
    );
    assert.ok(!offered.items.some(item => labelOf(item) === 'gate'));

    await replace(document, all(), 'services: {web: {image: x}}\n');
    await findings(document, list => !notEmpty(list));
  });

  it('count for those who ask who uses something, as long as their notebook is open', async () => {
    const notebook = await openCells(['aiwb-bench', benchmark('using').replace('[small]', '[large]')]);
    const { uri } = notebook.cellAt(0).document;
    const workbench = await vscode.workspace.openTextDocument(editingUri('workbench.yaml'));
    const at = rangeOf(workbench, 'large').start;
    const isThere = (list: readonly vscode.Location[]): boolean =>
      list.some(place => place.uri.toString() === uri.toString());
    await ask<vscode.Location[]>('vscode.executeReferenceProvider', isThere, workbench.uri, at);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await eventually(() => (notebook.isClosed ? true : undefined));
    await ask<vscode.Location[]>('vscode.executeReferenceProvider', list => !isThere(list), workbench.uri, at);
  });

  it('of another kernel are left alone', async () => {
    const data = new vscode.NotebookData([
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, wrong('theirs'), 'yaml'),
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, wrong('ours'), 'aiwb-bench'),
    ]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    await vscode.window.showNotebookDocument(notebook);
    await findings(notebook.cellAt(1).document, list => list.some(({ message }) => message.includes('metrcs-ours')));
    assert.deepEqual(vscode.languages.getDiagnostics(notebook.cellAt(0).document.uri), []);
    // Until the notebook becomes one of ours.
    await edit(
      notebook,
      vscode.NotebookEdit.updateNotebookMetadata({ metadata: { kernelspec: { name: 'ai-workbench' } } }),
    );
    await findings(notebook.cellAt(0).document, list => list.some(({ message }) => message.includes('metrcs-theirs')));
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
