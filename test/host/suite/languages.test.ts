import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { ask, finding, findings, notEmpty, offers, wordsOf } from './editing.ts';
import { workspaceUri } from './workspace.ts';

describe('benchmark files in the editor', function () {
  this.timeout(180_000);

  it('have their own language, with highlighting from YAML', async () => {
    const document = await vscode.workspace.openTextDocument(workspaceUri('triage.bench.yaml'));
    assert.equal(document.languageId, 'aiwb-bench');
    assert.equal(
      (await vscode.workspace.openTextDocument(workspaceUri('workbench.yaml'))).languageId,
      'aiwb-workbench',
    );
    assert.equal(
      (await vscode.workspace.openTextDocument(workspaceUri('prompts/triage.prompt.yml'))).languageId,
      'aiwb-prompt',
    );
  });

  it('show what is wrong while typing, and nothing once it is mended', async () => {
    const document = await vscode.workspace.openTextDocument(workspaceUri('covenants.bench.yaml'));
    const editor = await vscode.window.showTextDocument(document);
    await editor.edit(edit => edit.insert(new vscode.Position(document.lineCount, 0), '\nmetrcs: [accuracy]\n'));
    const found = await finding(document, 'unknown-field');
    assert.match(found.message, /metrcs/);
    assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
    await vscode.commands.executeCommand('undo');
    await findings(document, list => !notEmpty(list));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('explain themselves on hover and complete from the schema, the dataset and the workspace', async () => {
    const document = await vscode.workspace.openTextDocument(workspaceUri('triage.bench.yaml'));
    const at = (text: string): vscode.Position => document.positionAt(document.getText().indexOf(text) + 1);
    await ask<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      hovers => wordsOf(hovers).includes('expected answer'),
      document.uri,
      at('target:'),
    );
    const uri = workspaceUri('offered.bench.yaml');
    const text = 'name: x\ndataset: {path: data/tickets.jsonl, input: text, target: category}\nmodels:\n  - ';
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    await vscode.workspace.openTextDocument(uri);
    await ask<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      offers('embedded:linear', 'gpt', 'local'),
      uri,
      new vscode.Position(3, 4),
    );
    await vscode.workspace.fs.delete(uri);
  });

  it('offer to run, to estimate and to open the last run', async () => {
    const document = await vscode.workspace.openTextDocument(workspaceUri('triage.bench.yaml'));
    await ask<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      lenses =>
        ['Run benchmark', 'Dry run'].every(title => lenses.some(({ command }) => command?.title.includes(title))),
      document.uri,
      10,
    );
  });
});
