import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { unpackOutput } from '../../../schemas/packed-output.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { eventually, workspaceUri } from './workspace.ts';

const runMime = 'application/vnd.aiwb.run+json';

describe('the notebook', function () {
  this.timeout(120_000);

  it('runs a cell on our kernel, keeps a table for other viewers beside the live output, and is valid on disk', async function () {
    skipUndriven(this);
    // A copy, which nothing has run before.
    await vscode.workspace.fs.copy(workspaceUri('ticket-triage.ipynb'), workspaceUri('on-our-kernel.ipynb'));
    const notebook = await vscode.workspace.openNotebookDocument(workspaceUri('on-our-kernel.ipynb'));
    const editor = await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('notebook.selectKernel', {
      editor,
      id: 'ai-workbench',
      extension: 'ai-workbench.ai-workbench',
    });
    const cell = notebook.getCells().find(({ kind }) => kind === vscode.NotebookCellKind.Code);
    assert.ok(cell);
    await vscode.commands.executeCommand('notebook.cell.execute', {
      ranges: [{ start: cell.index, end: cell.index + 1 }],
      document: notebook.uri,
    });
    const done = await eventually(
      () => (cell.executionSummary?.success === undefined ? undefined : cell.executionSummary),
      60_000,
    );
    assert.equal(done.success, true);
    assert.equal(done.executionOrder, 1);
    assert.ok((done.timing?.endTime ?? 0) > (done.timing?.startTime ?? 0));
    const items = cell.outputs.flatMap(output => output.items);
    const reference = items.find(({ mime }) => mime === runMime);
    const report = unpackOutput(JSON.parse(new TextDecoder().decode(reference?.data))) as {
      state: string;
      report: { variants: unknown[] };
    };
    assert.equal(report.state, 'succeeded');
    assert.equal(report.report.variants.length, 4);
    const markdown = new TextDecoder().decode(items.find(({ mime }) => mime === 'text/markdown')?.data);
    assert.match(markdown, /\| *embedded:linear/);

    editor.revealRange(new vscode.NotebookRange(cell.index, cell.index + 1), vscode.NotebookEditorRevealType.AtTop);
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    for (const theme of ['light', 'dark', 'hc-dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`notebook-${theme}`);
    }
    await setTheme('dark');

    await notebook.save();
    const stored = JSON.parse(new TextDecoder().decode(await vscode.workspace.fs.readFile(notebook.uri))) as {
      metadata: { kernelspec: { name: string }; language_info: { name: string } };
      nbformat: number;
    };
    assert.equal(stored.nbformat, 4);
    assert.equal(stored.metadata.kernelspec.name, 'ai-workbench');
    assert.equal(stored.metadata.language_info.name, 'yaml');
  });

  it('says what is wrong with a cell instead of running it', async () => {
    const data = new vscode.NotebookData([
      new vscode.NotebookCellData(vscode.NotebookCellKind.Code, 'name: x\nmodels: [embedded:knn]\n', 'aiwb-bench'),
    ]);
    const notebook = await vscode.workspace.openNotebookDocument('jupyter-notebook', data);
    const editor = await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('notebook.selectKernel', {
      editor,
      id: 'ai-workbench',
      extension: 'ai-workbench.ai-workbench',
    });
    await vscode.commands.executeCommand('notebook.cell.execute', {
      ranges: [{ start: 0, end: 1 }],
      document: notebook.uri,
    });
    const cell = notebook.cellAt(0);
    const done = await eventually(() =>
      cell.executionSummary?.success === undefined ? undefined : cell.executionSummary,
    );
    assert.equal(done.success, false);
    const text = cell.outputs
      .flatMap(output => output.items.map(item => new TextDecoder().decode(item.data)))
      .join('\n');
    assert.match(text, /dataset/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
