import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { Theme } from '../protocol.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { activeEditor, untilShown } from './shown.ts';
import { eventually, workspaceUri } from './workspace.ts';

const runMime = 'application/vnd.aiwb.run+json';
const comparisonMime = 'application/vnd.aiwb.comparison+json';
const output = { contains: 'has the highest' };
const ours = 'aiwb-run-output-v1';

describe('notebook outputs', function () {
  this.timeout(240_000);
  let notebook: vscode.NotebookDocument;
  let editor: vscode.NotebookEditor;

  before(async function () {
    skipUndriven(this);
    await driver.resize(1280, 1500);
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });

  after(async () => {
    await setTheme('dark');
    await driver.resize(1280, 800);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  /** After a new width outputs tell their heights and VS Code lays the cells out anew. */
  const settle = (): Promise<void> => delay(1000);

  /** A notebook with one cell for each output, as if it had come with the repository. */
  async function openOutputs(outputs: readonly (readonly [mime: string, content: unknown])[]): Promise<void> {
    const cells = outputs.map(([mime, content]) => ({
      cell_type: 'code',
      execution_count: 1,
      metadata: { vscode: { languageId: 'aiwb-bench' } },
      source: ['# kept'],
      outputs: [{ output_type: 'display_data', metadata: {}, data: { [mime]: content } }],
    }));
    const metadata = {
      kernelspec: { display_name: 'AI Workbench', language: 'yaml', name: 'ai-workbench' },
      language_info: { name: 'yaml' },
    };
    const uri = workspaceUri('outputs.ipynb');
    const text = JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 4 });
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(text));
    await vscode.window.showNotebookDocument(await vscode.workspace.openNotebookDocument(uri));
  }

  it('show a run in every theme and width, with nothing serious for axe-core', async () => {
    notebook = await vscode.workspace.openNotebookDocument(workspaceUri('ticket-triage.ipynb'));
    editor = await vscode.window.showNotebookDocument(notebook);
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
    await eventually(() => cell.executionSummary?.success, 60_000);
    const place = new vscode.NotebookRange(cell.index, cell.index + 1);
    // Outputs are drawn once they come into view, and cells above that grow move them away again.
    await eventually(async () => {
      editor.revealRange(place, vscode.NotebookEditorRevealType.AtTop);
      const text = await driver.webviewText(output).catch(() => '');
      return text.includes('Charts') ? true : undefined;
    }, 90_000);
    for (const theme of ['light', 'dark', 'hc-dark', 'hc-light'] as const satisfies readonly Theme[]) {
      await setTheme(theme);
      for (const width of [1280, 800, 480]) {
        await driver.resize(width, 1500);
        await settle();
        await driver.screenshot(`notebook-output-${theme}-${String(width)}`);
      }
      await driver.resize(1280, 1500);
      await settle();
      assert.deepEqual(await driver.auditWebview(output, ours), [], theme);
    }
    await setTheme('dark');
  });

  const focused = async (index: number): Promise<void> => {
    const button = `button[data-index="${String(index)}"]:focus`;
    await eventually(async () => ((await driver.countInWebview(button, output)) === 1 ? true : undefined));
  };

  it('ask the engine for samples, and are walked by keyboard without moving the notebook', async () => {
    await driver.clickInWebview('.bar button:has-text("Samples")', output);
    await eventually(async () => ((await driver.countInWebview('tr.row button', output)) > 5 ? true : undefined));
    await driver.clickInWebview('aiwb-sample-list thead button:has-text("Latency")', output);
    await eventually(async () =>
      (await driver.countInWebview('aiwb-sample-list th[aria-sort="ascending"]:has-text("Latency")', output)) === 1
        ? true
        : undefined,
    );
    await driver.screenshot('notebook-output-samples');
    assert.deepEqual(await driver.auditWebview(output, ours), []);
    const before = JSON.stringify(editor.selections);
    await driver.clickInWebview('tr.row button[data-index="0"]', output);
    await focused(0);
    for (const [key, index] of [
      ['ArrowDown', 1],
      ['ArrowDown', 2],
      ['End', 1919],
      ['Home', 0],
    ] as const) {
      await driver.press(key);
      await focused(index);
    }
    assert.equal(JSON.stringify(editor.selections), before);
  });

  it('let a chart be copied and opened in an editor', async () => {
    await driver.clickInWebview('.bar button:has-text("Charts")', output);
    await eventually(async () =>
      (await driver.countInWebview('aiwb-chart .plot svg', output)) > 0 ? true : undefined,
    );
    await driver.screenshot('notebook-output-charts');
    assert.deepEqual(await driver.auditWebview(output, ours), []);
    await driver.clickInWebview('aiwb-chart button:has-text("Copy or open")', output);
    await driver.clickInWebview('aiwb-chart button:has-text("Copy as CSV")', output);
    await pageText(output, /CSV copied/);
    await driver.clickInWebview('aiwb-chart button:has-text("Open SVG in editor")', output);
    const document = await activeEditor(({ isUntitled }) => isUntitled);
    assert.match(document.getText(), /^<svg[^]*<\/svg>$/);
    // The browser's clipboard is read as a person does, by pasting: where the keyboard is, which the page had before.
    await untilShown('.monaco-editor.focused[data-uri^="untitled:"]');
    await vscode.commands.executeCommand('editor.action.selectAll');
    await driver.press('Control+V');
    const pasted = await eventually(() => (document.getText().startsWith('<svg') ? undefined : document.getText()));
    assert.match(pasted, /^Model,Accuracy,Low,High,n\r?\nembedded:linear,/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('show what they cannot read as what it is, each for itself, and hostile text as text', async () => {
    const held = notebook.getCells().flatMap(({ outputs }) => outputs.flatMap(({ items }) => items));
    const item = held.find(({ mime }) => mime === runMime);
    assert.ok(item);
    const text = new TextDecoder().decode(item.data);
    const { runId } = JSON.parse(text) as { runId: string };
    const whole = JSON.parse(text.replaceAll(runId, 'gone')) as object;
    const hostile = '<img src=x onerror="document.title=\'owned\'">\u001b[31m\u202e\u200b';
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await openOutputs([
      [runMime, { ...whole, name: hostile }],
      [runMime, { version: 2 }],
      [runMime, '{ no json'],
      [comparisonMime, { runIds: 'none' }],
    ]);
    const target = { contains: 'made by a newer AI Workbench' };
    // Outputs are drawn one by one, in no certain order.
    const expected = [
      'has the highest',
      'holds no run that AI Workbench can read',
      'holds no comparison that AI Workbench can read',
    ];
    const seen = await pageText(target, shown => expected.every(words => shown.includes(words)));
    assert.ok(seen.includes('<img src=x onerror="document.title=\'owned\'">⟪U+001B⟫[31m⟪U+202E⟫⟪U+200B⟫'));
    await driver.clickInWebview('.bar button:has-text("Samples")', target);
    await pageText(
      target,
      shown => shown.includes('There is no run gone in this workspace') && shown.includes('The notebook itself holds'),
    );
    await driver.screenshot('notebook-output-unread');
    assert.deepEqual(await driver.auditWebview(target, ours), []);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });
});
