import * as vscode from 'vscode';
import { driver, setTheme, skipUndriven } from './driver.ts';
import {
  ask,
  benchmark,
  deleteEditingWorkspace,
  editingUri,
  findings,
  inFile,
  notEmpty,
  offers,
  openCells,
  rangeOf,
  writeEditingWorkspace,
  writeFile,
  type Opened,
} from './editing.ts';
import { pageText } from './pages.ts';
import { eventually, workspaceUri } from './workspace.ts';

const themes = ['light', 'hc-dark', 'dark'] as const;

async function photograph(name: string): Promise<void> {
  for (const theme of themes) {
    await setTheme(theme);
    await driver.screenshot(`${name}-${theme}`);
  }
}

/** Puts the cursor where it was marked, and waits until the window has it there and takes what is typed. */
async function select({ document, position }: Pick<Opened, 'document' | 'position'>): Promise<void> {
  const editor = await eventually(see => {
    const active = vscode.window.activeTextEditor;
    return see(active?.document.uri.path) === document.uri.path ? active : undefined;
  });
  editor.selection = new vscode.Selection(position, position);
  await driver.waitFor(`.statusbar >> text=/Ln ${position.line + 1}, Col ${position.character + 1}/`);
  await driver.waitFor('.editor-instance .monaco-editor.focused');
}

/** Runs a command until its work is to be seen: what VS Code shows at the cursor goes when the window is laid out anew. */
async function show(command: string, selector: string): Promise<void> {
  await eventually(async () => {
    if ((await driver.count(selector)) > 0) return true;
    await vscode.commands.executeCommand(command);
    await driver.waitFor(selector);
    return true;
  }, 90_000);
}

/** Waits until the language server completes here: before, VS Code offers words. */
async function untilOffered({ document, position }: Opened, label: string): Promise<void> {
  await ask<vscode.CompletionList>('vscode.executeCompletionItemProvider', offers(label), document.uri, position);
}

/** What a person sees and types; what VS Code answers to extensions is tested beside. */
describe('the editor as a person has it', function () {
  this.timeout(240_000);
  before(async function () {
    skipUndriven(this);
    await writeEditingWorkspace();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.action.closeSidebar');
  });
  after(async () => {
    await driver.resize(1280, 800);
    await deleteEditingWorkspace();
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
  });

  it('offers while typing, and writes what is taken', async () => {
    const opened = await inFile.open('aiwb-bench', benchmark('typed').replace('[small]', '\n  - ‸'));
    await select(opened);
    await untilOffered(opened, 'embedded:knn');
    await driver.type('embedded:kn');
    await eventually(see => see(opened.document.getText()).includes('\n  - embedded:kn\n') || undefined);
    await driver.waitFor('.suggest-widget.visible .monaco-list-row.focused >> text=embedded:knn');
    await driver.press('Tab');
    await eventually(see => see(opened.document.getText()).includes('\n  - embedded:knn\n') || undefined);
  });

  it('offers keys with what they mean', async () => {
    const opened = await inFile.open('aiwb-bench', `${benchmark('explained')}‸`);
    await select(opened);
    await untilOffered(opened, 'repeats');
    await show('editor.action.triggerSuggest', '.suggest-widget.visible .monaco-list-row >> text=repeats');
    await driver.type('rep');
    await driver.waitFor('.suggest-widget.visible .monaco-list-row.focused >> text=repeats');
    await vscode.commands.executeCommand('toggleSuggestionDetails');
    await driver.waitFor('.suggest-details:visible');
    await photograph('editor-completion');
    await driver.press('Escape');
  });

  it('marks what is wrong and says why on hover', async () => {
    const text = benchmark('wrong').replace('[small]', '[‸smal, large]').replace('rows.jsonl', 'row.jsonl');
    const opened = await inFile.open('aiwb-bench', text);
    // One for the name and one for the path: before the server has heard of workbench.yaml, "large" is unknown, too.
    await findings(
      opened.document,
      list =>
        list.length === 2 && ['smal', 'row.jsonl'].every(word => list.some(({ message }) => message.includes(word))),
    );
    await select(opened);
    await driver.waitFor('.squiggly-error');
    await show('editor.action.showHover', '.monaco-hover:visible >> text=/smal/');
    await photograph('editor-findings');
    await driver.resize(480, 800);
    await driver.press('Escape');
    await show('editor.action.showHover', '.monaco-hover:visible >> text=/smal/');
    await driver.screenshot('editor-findings-narrow');
    await driver.press('Escape');
    await driver.resize(1280, 800);
    await show('editor.action.quickFix', '.action-widget:visible');
    await driver.screenshot('editor-quick-fixes');
    await driver.press('Escape');
  });

  it('colours the templates of a prompt', async () => {
    const uri = await writeFile(
      'prompts/coloured.prompt.yml',
      [
        'name: Coloured',
        'messages:',
        '  - role: system',
        '    content: |',
        '      {# What the model is told first. #}',
        '      {% if channel == "web" %}Answer in one word.{% else %}Answer in one sentence.{% endif %}',
        '  - role: user',
        '    content: "{{ text | trim }} ({{ chanel }})"',
        '',
      ].join('\n'),
    );
    await writeFile('coloured.bench.yaml', benchmark('coloured').replace('sort.prompt', 'coloured.prompt'));
    await vscode.window.showTextDocument(uri, { preview: false });
    await driver.waitFor('.view-line >> text=chanel');
    await driver.waitFor('.codelens-decoration >> text=/Used by 1 benchmark/');
    await photograph('editor-prompt');
  });

  it('shows last figures and estimates beside the text', async () => {
    const uri = workspaceUri('measured.bench.yaml');
    await vscode.workspace.fs.writeFile(
      uri,
      Buffer.from(
        [
          'name: measured',
          'dataset: {path: data/tickets.jsonl, input: text, target: category, split: {field: split, train: train, test: test}}',
          'models:',
          '  - embedded:majority',
          '  - embedded:linear',
          'metrics:',
          '  - accuracy',
          '  - f1: {average: macro}',
          'limits:',
          '  budget: 1.00 USD',
          'compare: {baseline: embedded:majority}',
          'gate:',
          '  - {metric: accuracy, model: embedded:linear, atLeast: 0.8}',
          '',
        ].join('\n'),
      ),
    );
    await vscode.commands.executeCommand('aiwb.runBenchmark', uri);
    await pageText({ title: 'measured' }, /Finished/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const { document } = await vscode.window.showTextDocument(uri, { preview: false });
    const limits = rangeOf(document, 'limits').start.line;
    const gate = rangeOf(document, 'atLeast').start.line;
    await ask<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      hints => [limits, gate].every(line => hints.some(hint => hint.position.line === line)),
      uri,
      new vscode.Range(0, 0, document.lineCount, 0),
    );
    await driver.waitFor('.codelens-decoration >> text=/over the baseline/');
    await photograph('editor-hints');
    await driver.resize(480, 800);
    await driver.screenshot('editor-hints-narrow');
    await driver.resize(1280, 800);
    await vscode.workspace.fs.delete(uri);
  });

  it('shows who names something', async () => {
    const document = await vscode.workspace.openTextDocument(editingUri('workbench.yaml'));
    await vscode.window.showTextDocument(document, { preview: false });
    const { start } = rangeOf(document, 'small');
    await ask<vscode.Location[]>('vscode.executeReferenceProvider', notEmpty, document.uri, start);
    await select({ document, position: start });
    await show('editor.action.referenceSearch.trigger', '.reference-zone-widget .monaco-list-row');
    await photograph('editor-references');
    await vscode.commands.executeCommand('closeReferenceSearch');
  });

  it('checks the cells of a notebook', async () => {
    const notebook = await openCells(
      ['markdown', '# Two questions'],
      ['aiwb-bench', benchmark('one').replace('[small]', '[smal]')],
      ['yaml', benchmark('two').replace('metrics', 'metrcs')],
    );
    for (const index of [1, 2]) await findings(notebook.cellAt(index).document, notEmpty);
    await driver.waitFor('.notebookOverlay .squiggly-error');
    await photograph('editor-cells');
  });
});
