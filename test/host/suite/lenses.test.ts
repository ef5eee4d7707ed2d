import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { driver, skipUndriven } from './driver.ts';
import {
  ask,
  benchmark,
  deleteEditingWorkspace,
  learning,
  openCells,
  prompt,
  rangeOf,
  writeEditingWorkspace,
  writeFile,
} from './editing.ts';
import { pageText } from './pages.ts';
import { fill, quickInput } from './quick-input.ts';
import { eventually, workspaceUri } from './workspace.ts';

async function lensesOf(
  uri: vscode.Uri,
  fits: (titles: readonly string[], lenses: readonly vscode.CodeLens[]) => boolean,
): Promise<Map<string, vscode.CodeLens>> {
  const lenses = await ask<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    list => fits(list.map(titleOf), list),
    uri,
    20,
  );
  return new Map(lenses.map(lens => [titleOf(lens), lens]));
}

function titleOf({ command }: vscode.CodeLens): string {
  return command?.title ?? '';
}

async function press({ command }: vscode.CodeLens): Promise<unknown> {
  assert.ok(command);
  return await vscode.commands.executeCommand(command.command, ...((command.arguments ?? []) as unknown[]));
}

function hasFigure(title: string): boolean {
  return /^Last: [\d.]+ % accuracy.*over the baseline/.test(title);
}

function leadsTo(runId: string): (lens: vscode.CodeLens) => boolean {
  return ({ command }) => command?.command === 'aiwb.openRun' && command.arguments?.[0] === runId;
}

const measured = `name: lensed
dataset: {path: data/tickets.jsonl, input: text, target: category, split: {field: split, train: train, test: test}}
models: [embedded:majority, embedded:linear]
metrics: [accuracy]
compare: {baseline: embedded:majority}
`;

describe('lenses', function () {
  this.timeout(240_000);
  before(writeEditingWorkspace);
  after(deleteEditingWorkspace);

  it('above a benchmark say what came of it, how it changed, and set it against the run before', async function () {
    skipUndriven(this);
    const uri = workspaceUri('lensed.bench.yaml');
    await vscode.workspace.fs.writeFile(uri, Buffer.from(measured));
    const { document } = await vscode.window.showTextDocument(uri);
    await lensesOf(uri, titles => titles.includes('Dry run') && !titles.some(title => title.startsWith('Last')));
    const first = await vscode.commands.executeCommand<string>('aiwb.runBenchmark', uri);
    await pageText({ title: 'lensed' }, /Finished/);
    await lensesOf(uri, (titles, lenses) => titles.some(hasFigure) && lenses.some(leadsTo(first)));
    const second = await vscode.commands.executeCommand<string>('aiwb.runBenchmark', uri);
    await pageText({ title: 'lensed' }, /Finished/);
    const lenses = await lensesOf(uri, (titles, list) => titles.some(hasFigure) && list.some(leadsTo(second)));
    const titles = [...lenses.keys()];
    assert.match(titles.join('\n'), /^Last: [\d.]+ % accuracy \(▲ [\d.]+ points over the baseline\) · just now$/m);
    const order = ['Run benchmark', 'Dry run', 'Compare…', 'Last'].map(word =>
      titles.findIndex(title => title.includes(word)),
    );
    assert.deepEqual(
      order,
      [...order].sort((a, b) => a - b),
    );
    const compare = lenses.get('Compare…');
    assert.deepEqual(compare?.command?.arguments, [second, [second, first]]);
    await vscode.commands.executeCommand('workbench.action.closeEditorsInOtherGroups');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.window.showTextDocument(document, { preview: false });
    await driver.waitFor('.codelens-decoration >> text=/over the baseline/');
    await driver.screenshot('lenses-benchmark');
    assert.ok(compare);
    await press(compare);
    await pageText({}, /Comparison of 2 runs/);
    await vscode.workspace.fs.delete(uri);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('above a cell estimate what the cell would run', async () => {
    const notebook = await openCells(['aiwb-bench', learning('cell')], ['yaml', learning('plain-cell')]);
    await lensesOf(notebook.cellAt(1).document.uri, titles => titles.includes('Dry run'));
    const lenses = await lensesOf(notebook.cellAt(0).document.uri, titles => titles.includes('Dry run'));
    assert.ok(![...lenses.keys()].some(title => title.includes('Run benchmark')), 'a cell has a button for that');
    const dryRun = lenses.get('Dry run');
    assert.ok(dryRun);
    await press(dryRun);
    await eventually(see =>
      see(vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label))).find(label =>
        label.includes('Dry run of cell'),
      ),
    );
  });

  it('above a prompt say who uses it, show where, and run the only one', async function () {
    skipUndriven(this);
    const uri = await writeFile('prompts/lensed.prompt.yml', prompt);
    const using = (name: string): string => benchmark(name).replace('sort.prompt', 'lensed.prompt');
    await writeFile('third.bench.yaml', using('third'));
    await vscode.window.showTextDocument(uri, { preview: false });
    await lensesOf(uri, titles => titles.includes('Used by 1 benchmark') && titles.includes('$(play) Run third'));
    const second = await writeFile('second.bench.yaml', using('second'));
    const lenses = await lensesOf(
      uri,
      titles => titles.includes('Used by 2 benchmarks') && !titles.some(title => title.includes('Run')),
    );
    const users = lenses.get('Used by 2 benchmarks');
    assert.ok(users);
    await press(users);
    await driver.waitFor('.reference-zone-widget');
    await driver.screenshot('lenses-prompt-users');
    await vscode.commands.executeCommand('closeReferenceSearch');
    await vscode.workspace.fs.delete(second);
    await lensesOf(uri, titles => titles.includes('Used by 1 benchmark'));
  });

  it('above a connection say whether its key is set, and who uses it', async function () {
    skipUndriven(this);
    const uri = await writeFile(
      'workbench.yaml',
      [
        'connections:',
        '  small:',
        '    provider: openai',
        '    model: tiny',
        '    apiKey: {secret: lens-key}',
        '  large: {provider: openai, model: big, apiKey: {env: AIWB_NO_SUCH_KEY}}',
        '',
      ].join('\n'),
    );
    const { document } = await vscode.window.showTextDocument(uri, { preview: false });
    const lenses = await lensesOf(uri, titles => titles.includes('$(key) Set key…'));
    const set = lenses.get('$(key) Set key…');
    assert.ok(set);
    assert.equal(set.range.start.line, rangeOf(document, 'small').start.line);
    assert.ok(lenses.has('$(warning) AIWB_NO_SUCH_KEY is not set'));
    const pressed = press(set);
    await driver.waitFor(`${quickInput} input[type="password"]`);
    await fill(/lens-key/, 'not a real key');
    await pressed;
    await lensesOf(uri, titles => titles.includes('$(key) Key set'));
    await lensesOf(
      uri,
      titles => titles.some(title => /^Used by \d/.test(title)) && titles.includes('Used by no benchmark'),
    );
    await driver.waitFor('.codelens-decoration >> text=/Key set/');
    await driver.screenshot('lenses-connections');
    await vscode.commands.executeCommand('aiwb.deleteApiKey', 'lens-key');
    await lensesOf(uri, titles => titles.includes('$(key) Set key…'));
  });
});
