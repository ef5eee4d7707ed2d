import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { unpackOutput } from '../../../schemas/packed-output.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { untilFileNamed } from './shown.ts';
import { eventually, workspaceUri } from './workspace.ts';

interface AssessmentShape {
  view: { scorecard: { record: { gate: { outcome: string } }; approval: { state: string } } };
}

describe('the notebook of the whole workflow', function () {
  this.timeout(240_000);

  it('runs from the first benchmark to the request for approval', async function () {
    skipUndriven(this);
    // What is read below is the notebook's outputs, not a page another test left open.
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const notebook = await vscode.workspace.openNotebookDocument(workspaceUri('model-workflow.ipynb'));
    const editor = await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('notebook.selectKernel', {
      editor,
      id: 'ai-workbench',
      extension: 'ai-workbench.ai-workbench',
    });
    await vscode.commands.executeCommand('notebook.execute', notebook.uri);
    const code = notebook.getCells().filter(({ kind }) => kind === vscode.NotebookCellKind.Code);
    await eventually(
      () => (code.every(cell => cell.executionSummary?.success !== undefined) ? true : undefined),
      180_000,
    );
    for (const cell of code) {
      const texts = cell.outputs.flatMap(({ items }) => items).map(({ data }) => new TextDecoder().decode(data));
      assert.equal(
        cell.executionSummary?.success,
        true,
        `${cell.document.getText().slice(0, 60)}\n${texts.join('\n')}`,
      );
    }
    const last = code.at(-1);
    const item = last?.outputs
      .flatMap(({ items }) => items)
      .find(({ mime }) => mime === 'application/vnd.aiwb.assessment+json');
    const { scorecard } = (unpackOutput(JSON.parse(new TextDecoder().decode(item?.data))) as AssessmentShape).view;
    assert.equal(scorecard.record.gate.outcome, 'passed');
    assert.equal(scorecard.approval.state, 'requested');

    // Outputs are drawn once they come into view.
    const lastIndex = last?.index ?? 0;
    const shown = await eventually(async () => {
      editor.revealRange(new vscode.NotebookRange(lastIndex, lastIndex + 1), vscode.NotebookEditorRevealType.AtTop);
      const text = await driver.webviewText().catch(() => '');
      return /asked for approval/.test(text) ? text : undefined;
    }, 90_000);
    assert.match(shown, /Another person decides/);

    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    for (const [index, cell] of code.entries()) {
      editor.revealRange(new vscode.NotebookRange(cell.index, cell.index + 1), vscode.NotebookEditorRevealType.AtTop);
      await driver.screenshot(`workflow-cell-${index + 1}`);
    }
    for (const theme of ['light', 'hc-dark', 'dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`workflow-assessment-${theme}`);
    }
    await notebook.save();
  });

  it('leaves a scorecard file that opens read-only and verified', async function () {
    skipUndriven(this);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('vscode.open', workspaceUri('scorecards/ticket-triage.scorecard.json'));
    await pageText({}, text => [/verified/i, /ticket-triage/, /self-asserted/].every(words => words.test(text)));
    for (const theme of ['light', 'hc-dark', 'dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`scorecard-file-${theme}`);
    }
    await driver.resize(420, 900);
    await driver.screenshot('scorecard-file-narrow');
    await driver.resize(1280, 800);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('exports its assessment for other programs, and as PDF', async function () {
    skipUndriven(this);
    const text = await vscode.workspace.fs.readFile(workspaceUri('scorecards/ticket-triage.scorecard.json'));
    const { record } = JSON.parse(new TextDecoder().decode(text)) as {
      record: { id: string; subject: { model: string; version: string } };
    };
    const widget = '.quick-input-widget';
    const until = (expected: RegExp): Promise<string> =>
      eventually(async () => {
        const shown = await driver.text(widget).catch(() => '');
        return expected.test(shown) ? shown : undefined;
      });
    for (const [label, ending, start] of [
      ['SARIF', 'sarif', '{\n  "$schema"'],
      ['PDF', 'pdf', '%PDF-'],
    ] as const) {
      const exporting = vscode.commands.executeCommand('aiwb.exportScorecard', record.id);
      await until(/Export As/);
      if (label === 'SARIF') await driver.screenshot('scorecard-export-formats');
      await driver.type(label);
      await eventually(async () => {
        const focused = await driver.text(`${widget} .monaco-list-row.focused`).catch(() => '');
        return focused.includes(label) ? true : undefined;
      });
      await driver.press('Enter');
      const file = workspaceUri(`${record.subject.model}-${record.subject.version}.${ending}`);
      // Rows of the list before may still be drawn.
      await untilFileNamed(named => named === file.fsPath);
      await driver.press('Enter');
      await exporting;
      const bytes = await vscode.workspace.fs.readFile(file);
      assert.equal(new TextDecoder('latin1').decode(bytes.subarray(0, start.length)), start);
      await vscode.workspace.fs.delete(file);
    }
  });
});
