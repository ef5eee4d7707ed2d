import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import {
  ask,
  benchmark,
  deleteEditingWorkspace,
  editingUri,
  finding,
  findings,
  inCell,
  inFile,
  labelOf,
  learning,
  notEmpty,
  offers,
  rangeOf,
  replace,
  wordsOf,
  writeEditingWorkspace,
} from './editing.ts';
import { eventually } from './workspace.ts';

for (const place of [inFile, inCell]) {
  describe(`language features in ${place.name}`, function () {
    this.timeout(180_000);
    before(writeEditingWorkspace);
    after(deleteEditingWorkspace);

    it('tell what is wrong, offer the fix, and are silent once it is applied', async () => {
      const { document, ranges } = await place.open('aiwb-bench', benchmark('wrong').replace('metrics', '⟦metrcs⟧'));
      const found = await finding(document, 'unknown-field');
      assert.deepEqual(found.range, ranges[0]);
      assert.equal(found.severity, vscode.DiagnosticSeverity.Error);
      const actions = await ask<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        list => list.some(action => action.title.includes('metrics')),
        document.uri,
        found.range,
        vscode.CodeActionKind.QuickFix.value,
        20,
      );
      const fix = actions.find(action => action.title.includes('metrics'));
      assert.ok(fix?.edit);
      assert.ok(await vscode.workspace.applyEdit(fix.edit));
      assert.equal(document.getText(), benchmark('wrong'));
      await findings(document, list => !notEmpty(list));
    });

    it('tell what does not fit other files, and follow them', async () => {
      const { document, ranges } = await place.open('aiwb-bench', benchmark('unknown').replace('[small]', '[⟦smal⟧]'));
      const found = await finding(document, 'unknown-connection');
      assert.deepEqual(found.range, ranges[0]);
      await replace(document, found.range, 'small');
      await findings(document, list => !notEmpty(list));
    });

    it('complete values of the workspace and keys of the schema, with their documentation', async () => {
      const { document, position } = await place.open('aiwb-bench', benchmark('offered').replace('[small]', '\n  - ‸'));
      await ask<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        offers('small', 'large', 'embedded:knn'),
        document.uri,
        position,
        undefined,
        50,
      );

      const keys = await place.open('aiwb-bench', `${benchmark('keys')}‸`);
      const { items } = await ask<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        offers('repeats'),
        keys.document.uri,
        keys.position,
        undefined,
        50,
      );
      const repeats = items.find(item => labelOf(item) === 'repeats');
      const documentation = repeats?.documentation;
      assert.ok(documentation instanceof vscode.MarkdownString ? documentation.value : documentation);
      assert.ok(!items.some(item => labelOf(item) === 'dataset'), 'keys that are there are not offered again');
    });

    it('explain fields, metrics and datasets on hover', async () => {
      const { document } = await place.open('aiwb-bench', benchmark('explained'));
      for (const [text, words] of [
        ['target', /expected answer/i],
        ['accuracy', /accuracy/i],
        ['data/rows.jsonl', /rows/i],
      ] as const) {
        await ask<vscode.Hover[]>(
          'vscode.executeHoverProvider',
          hovers => words.test(wordsOf(hovers)),
          document.uri,
          rangeOf(document, text).start.translate(0, 1),
        );
      }
    });

    it('lead to what is named, and to all who name it', async () => {
      const { document } = await place.open('aiwb-bench', benchmark('leading'));
      const at = rangeOf(document, 'small').start.translate(0, 1);
      await ask<Target[]>('vscode.executeDefinitionProvider', leadsTo('workbench.yaml'), document.uri, at);
      await ask<Target[]>(
        'vscode.executeDefinitionProvider',
        leadsTo('prompts/sort.prompt.yml'),
        document.uri,
        rangeOf(document, 'prompts/sort').start.translate(0, 2),
      );

      const others = [document.uri, editingUri('first.bench.yaml')].map(String);
      await ask<vscode.Location[]>(
        'vscode.executeReferenceProvider',
        list => others.every(other => list.some(({ uri }) => uri.toString() === other)),
        document.uri,
        at,
      );
      const marked = await ask<vscode.DocumentHighlight[]>(
        'vscode.executeDocumentHighlights',
        notEmpty,
        document.uri,
        at,
      );
      assert.deepEqual(marked[0]?.range, rangeOf(document, 'small'));
      await ask<vscode.DocumentLink[]>(
        'vscode.executeLinkProvider',
        links => links.some(({ target }) => target?.path === editingUri('data/rows.jsonl').path),
        document.uri,
      );
    });

    it('outline, fold and widen the selection', async () => {
      const { document } = await place.open('aiwb-bench', `# One\n# and two.\n${benchmark('outlined')}`);
      const symbols = await ask<vscode.DocumentSymbol[]>(
        'vscode.executeDocumentSymbolProvider',
        notEmpty,
        document.uri,
      );
      const names = symbols.map(({ name }) => name);
      assert.ok(names.includes('dataset') || names.includes('outlined'), names.join());
      const folds = await ask<vscode.FoldingRange[]>('vscode.executeFoldingRangeProvider', notEmpty, document.uri);
      assert.ok(
        folds.some(({ start, end, kind }) => start === 0 && end === 1 && kind === vscode.FoldingRangeKind.Comment),
        JSON.stringify(folds),
      );
      const at = rangeOf(document, 'label').start.translate(0, 2);
      const [selection] = await ask<vscode.SelectionRange[]>(
        'vscode.executeSelectionRangeProvider',
        notEmpty,
        document.uri,
        [at],
      );
      const widths: string[] = [];
      for (let step = selection; step !== undefined; step = step.parent) widths.push(document.getText(step.range));
      assert.equal(widths[0], 'label');
      assert.ok(widths.includes('target: label'), widths.join('\n'));
      assert.equal(widths.at(-1)?.trim(), document.getText().trim());
    });

    it('colour names by their meaning', async () => {
      const { document } = await place.open(
        'aiwb-prompt',
        'messages:\n  - {role: user, content: "{{text | upper}}"}\n',
      );
      const tokens = await ask<vscode.SemanticTokens>(
        'vscode.provideDocumentSemanticTokens',
        ({ data }) => data.length > 0,
        document.uri,
      );
      const legend = await vscode.commands.executeCommand<vscode.SemanticTokensLegend>(
        'vscode.provideDocumentSemanticTokensLegend',
        document.uri,
      );
      const coloured = decodeTokens(tokens, legend, document);
      assert.ok(coloured.has('text'), JSON.stringify([...coloured]));
      assert.notEqual(coloured.get('text'), coloured.get('upper'));
    });

    it('format without touching comments', async () => {
      const { document } = await place.open(
        'aiwb-bench',
        benchmark('formatted').replace('models: [small]', 'models:   [ small ]   # one'),
      );
      const edits = await ask<vscode.TextEdit[]>('vscode.executeFormatDocumentProvider', notEmpty, document.uri, {
        tabSize: 2,
        insertSpaces: true,
      });
      const edit = new vscode.WorkspaceEdit();
      edit.set(document.uri, edits);
      assert.ok(await vscode.workspace.applyEdit(edit));
      assert.match(document.getText(), /^models: \[small\] +# one$/m);
    });

    it('say beside limits what a run costs', async () => {
      const { document } = await place.open('aiwb-bench', learning('estimated'));
      const { line } = rangeOf(document, 'limits').start;
      await ask<vscode.InlayHint[]>(
        'vscode.executeInlayHintProvider',
        list => list.some(hint => hint.position.line === line),
        document.uri,
        new vscode.Range(0, 0, document.lineCount, 0),
      );
    });

    it('show findings as severe as the person sets them, and none that a comment turns off', async () => {
      const configuration = vscode.workspace.getConfiguration('aiWorkbench');
      const { document } = await place.open('aiwb-bench', benchmark('severe').replace('[small]', '[smal]'));
      try {
        await configuration.update(
          'diagnostics.severity',
          { 'unknown-connection': 'hint' },
          vscode.ConfigurationTarget.Workspace,
        );
        await findings(document, ([first]) => first?.severity === vscode.DiagnosticSeverity.Hint);
        await configuration.update(
          'diagnostics.severity',
          { 'unknown-connection': 'off' },
          vscode.ConfigurationTarget.Workspace,
        );
        await findings(document, list => !notEmpty(list));
      } finally {
        await configuration.update('diagnostics.severity', undefined, vscode.ConfigurationTarget.Workspace);
      }
      await findings(document, ([first]) => first?.severity === vscode.DiagnosticSeverity.Error);
      const { start } = rangeOf(document, 'models:');
      await replace(document, new vscode.Range(start, start), '# aiwb-disable-next-line unknown-connection\n');
      await findings(document, list => !notEmpty(list));
    });
  });
}

type Target = vscode.Location | vscode.LocationLink;

/** Whether an answer leads to a file and nowhere else. */
function leadsTo(file: string): (targets: readonly Target[]) => boolean {
  return targets =>
    notEmpty(targets) &&
    targets.every(target => ('uri' in target ? target.uri : target.targetUri).path === editingUri(file).path);
}

/** Token types by the text they stand on. */
function decodeTokens(
  { data }: vscode.SemanticTokens,
  legend: vscode.SemanticTokensLegend,
  document: vscode.TextDocument,
): Map<string, string> {
  const found = new Map<string, string>();
  let line = 0;
  let character = 0;
  for (let index = 0; index + 4 < data.length; index += 5) {
    const [lines = 0, characters = 0, length = 0, type = 0] = data.slice(index, index + 5);
    character = lines === 0 ? character + characters : characters;
    line += lines;
    const text = document.getText(new vscode.Range(line, character, line, character + length));
    found.set(text, legend.tokenTypes[type] ?? '');
  }
  return found;
}

describe('renames', function () {
  this.timeout(180_000);
  before(writeEditingWorkspace);
  after(deleteEditingWorkspace);

  it('of a name reach files and cells', async () => {
    const cell = await inCell.open('aiwb-bench', benchmark('renamed'));
    const workbench = await vscode.workspace.openTextDocument(editingUri('workbench.yaml'));
    await vscode.window.showTextDocument(workbench, { preview: false });
    const places = [editingUri('first.bench.yaml'), cell.document.uri].map(String);
    const edit = await ask<vscode.WorkspaceEdit>(
      'vscode.executeDocumentRenameProvider',
      answer => {
        const touched = answer.entries().map(([uri]) => uri.toString());
        return places.every(place => touched.includes(place));
      },
      workbench.uri,
      rangeOf(workbench, 'small').start.translate(0, 1),
      'tiny-one',
    );
    assert.ok(await vscode.workspace.applyEdit(edit));
    assert.match(workbench.getText(), /^ {2}tiny-one: /m);
    assert.match(cell.document.getText(), /models: \[tiny-one\]/);
    await vscode.workspace.saveAll();
    const first = await vscode.workspace.openTextDocument(editingUri('first.bench.yaml'));
    assert.equal(first.getText(), benchmark('first').replace('[small]', '[tiny-one]'));
    await vscode.window.showTextDocument(first, { preview: false });
    await findings(first, list => !notEmpty(list));
  });

  it('of a file change every path that names it', async () => {
    const { document } = await inFile.open('aiwb-bench', benchmark('moved').replace('[small]', '[large]'));
    await ask<vscode.Location[]>(
      'vscode.executeReferenceProvider',
      list => list.some(({ uri }) => uri.path === editingUri('first.bench.yaml').path),
      document.uri,
      rangeOf(document, 'prompts/sort').start.translate(0, 2),
    );
    await findings(document, list => !notEmpty(list));
    const edit = new vscode.WorkspaceEdit();
    edit.renameFile(editingUri('prompts/sort.prompt.yml'), editingUri('prompts/label.prompt.yml'));
    assert.ok(await vscode.workspace.applyEdit(edit));
    await eventually(see => see(document.getText()).includes('[prompts/label.prompt.yml]') || undefined);
    const first = await vscode.workspace.openTextDocument(editingUri('first.bench.yaml'));
    await eventually(see => see(first.getText()).includes('[prompts/label.prompt.yml]') || undefined);
    await findings(document, list => !notEmpty(list));
  });
});
