import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { driver, skipUndriven } from './driver.ts';
import { untilFileNamed, untilShown } from './shown.ts';
import { eventually, workspaceUri } from './workspace.ts';

const decode = async (uri: vscode.Uri): Promise<string> =>
  new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));

/** Adds a Markdown cell at the end, so that there is something to save. */
async function append(notebook: vscode.NotebookDocument, text: string): Promise<void> {
  const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, text, 'markdown');
  const edit = new vscode.WorkspaceEdit();
  edit.set(notebook.uri, [vscode.NotebookEdit.insertCells(notebook.cellCount, [cell])]);
  assert.ok(await vscode.workspace.applyEdit(edit));
  await eventually(() => notebook.isDirty || undefined);
}

describe('a notebook as a file', function () {
  this.timeout(120_000);

  it('executed by the command line is saved by VS Code as it is', async () => {
    const extension = vscode.extensions.getExtension('ai-workbench.ai-workbench');
    assert.ok(extension);
    const executed = workspaceUri('executed.ipynb');
    const aiwb = path.join(extension.extensionPath, 'dist', 'aiwb.mjs');
    await promisify(execFile)(
      process.execPath,
      [aiwb, 'notebook', 'run', workspaceUri('ticket-triage.ipynb').fsPath, '-o', executed.fsPath],
      { env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' }, cwd: workspaceUri('.').fsPath },
    );
    const written = await decode(executed);
    const notebook = await vscode.workspace.openNotebookDocument(executed);
    assert.ok(!notebook.isDirty);
    const outputs = notebook.getCells().flatMap(cell => cell.outputs);
    assert.equal(outputs.length, 3);
    await append(notebook, 'One more thing.');
    assert.ok(await notebook.save());
    const saved = await decode(executed);
    const kept = written.slice(0, written.lastIndexOf('\n  }\n ],'));
    assert.ok(saved.startsWith(kept), firstDifference(saved, kept));
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await vscode.workspace.fs.delete(executed);
  });

  it('is exported as it is shown, also what is not saved', async function () {
    skipUndriven(this);
    const uri = workspaceUri('story.ipynb');
    const target = workspaceUri('story.html');
    const cells = [{ cell_type: 'markdown', id: 'title', metadata: {}, source: ['# The story'] }];
    const text = JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5 }, undefined, 1);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    const notebook = await vscode.workspace.openNotebookDocument(uri);
    await vscode.window.showNotebookDocument(notebook);
    await append(notebook, 'Words that are **not saved**.');
    await eventually(() => vscode.window.activeNotebookEditor?.notebook === notebook || undefined);
    const exported = vscode.commands.executeCommand('aiwb.exportNotebook');
    await untilShown('.quick-input-widget .monaco-list-row');
    await driver.press('Enter');
    await untilFileNamed(named => named === target.fsPath);
    await driver.screenshot('export-notebook-save');
    await driver.press('Enter');
    await exported;
    const page = await decode(target);
    assert.match(page, /<title>The story<\/title>/);
    assert.match(page, /Words that are <strong>not saved<\/strong>\./);
    assert.equal(await decode(uri), text, 'the notebook itself is not saved by that');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.workspace.fs.delete(uri);
    await vscode.workspace.fs.delete(target);
  });
});

function firstDifference(one: string, other: string): string {
  const [lines, others] = [one.split('\n'), other.split('\n')];
  const at = lines.findIndex((line, index) => line !== others[index]);
  return `line ${String(at + 1)}: ${lines[at] ?? ''} | ${others[at] ?? ''}`;
}
