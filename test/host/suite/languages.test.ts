import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, workspaceUri } from './workspace.ts';

describe('benchmark files in the editor', function () {
  this.timeout(60_000);

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
    const [found] = await eventually(() => {
      const diagnostics = vscode.languages.getDiagnostics(document.uri);
      return diagnostics.length > 0 ? diagnostics : undefined;
    });
    assert.match(found?.message ?? '', /metrcs/);
    assert.equal(found?.severity, vscode.DiagnosticSeverity.Error);
    await vscode.commands.executeCommand('undo');
    await eventually(() => (vscode.languages.getDiagnostics(document.uri).length === 0 ? true : undefined));
    await vscode.commands.executeCommand('workbench.action.files.revert');
  });

  it('explain themselves on hover and complete from the schema, the dataset and the workspace', async () => {
    const document = await vscode.workspace.openTextDocument(workspaceUri('triage.bench.yaml'));
    const at = (text: string): vscode.Position => document.positionAt(document.getText().indexOf(text) + 1);
    const hovers = await eventually(async () => {
      const list = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        document.uri,
        at('target:'),
      );
      return list.length > 0 ? list : undefined;
    });
    const words = hovers
      .flatMap(({ contents }) =>
        contents.map(part => (part instanceof vscode.MarkdownString ? part.value : JSON.stringify(part))),
      )
      .join('\n');
    assert.match(words, /expected answer/);
    const uri = workspaceUri('offered.bench.yaml');
    const text = 'name: x\ndataset: {path: data/tickets.jsonl, input: text, target: category}\nmodels:\n  - ';
    await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
    await vscode.workspace.openTextDocument(uri);
    const offered = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      new vscode.Position(3, 4),
    );
    const labels = offered.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    await vscode.workspace.fs.delete(uri);
    for (const name of ['embedded:linear', 'gpt', 'local'])
      assert.ok(labels.includes(name), `${name} in ${labels.join()}`);
  });

  it('offer to run, to estimate and to open the last run', async () => {
    const document = await vscode.workspace.openTextDocument(workspaceUri('triage.bench.yaml'));
    const lenses = await eventually(async () => {
      const list = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        document.uri,
        10,
      );
      return list.length > 1 ? list : undefined;
    });
    const titles = lenses.map(({ command }) => command?.title ?? '');
    assert.ok(
      titles.some(title => title.includes('Run benchmark')),
      titles.join(),
    );
    assert.ok(
      titles.some(title => title.includes('Dry run')),
      titles.join(),
    );
  });
});
