import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as vscode from 'vscode';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { activeEditor, openText, shownText, told, untilCount, untilShown } from './shown.ts';
import { eventually, workspaceUri } from './workspace.ts';

const themes = ['light', 'hc-dark', 'hc-light', 'dark'] as const;

/** The pane of one of our views. */
function pane(view: string): string {
  return `.sidebar .pane:has(> .pane-header[aria-label^="${view} Section"])`;
}

/** A row of a view by what a screen reader says of it. */
function row(view: string, label: string): string {
  return `${pane(view)} [role=treeitem][aria-label*="${label}"]`;
}

async function paneText(view: string, pattern: RegExp): Promise<string> {
  return await shownText(pane(view), pattern);
}

/** One view takes the whole container, so that its rows are drawn, and has the keyboard. */
async function showAlone(view: 'Data' | 'Models' | 'Policies' | 'Prompts' | 'Registry' | 'Runs'): Promise<void> {
  await vscode.commands.executeCommand(`aiwb.${view.toLowerCase()}.focus`);
  const others = `.sidebar .pane-header[aria-expanded="true"]:not([aria-label^="${view} Section"])`;
  await untilCount(`${pane(view)} .monaco-list`, count => count > 0);
  while ((await driver.count(others)) > 0) await driver.click(`${others} .title`);
  await eventually(async () => {
    await vscode.commands.executeCommand(`aiwb.${view.toLowerCase()}.focus`);
    return (await driver.count(`${pane(view)} .monaco-list:focus-within`)) > 0 ? true : undefined;
  });
}

/** Opens the row that was clicked last, from the keyboard. */
async function expand(view: 'Data' | 'Policies' | 'Prompts', label: string): Promise<void> {
  const open = `${row(view, label)}[aria-expanded="true"]`;
  await eventually(async () => {
    if ((await driver.count(open)) > 0) return true;
    // An editor that the click has opened may have taken the keyboard meanwhile.
    await showAlone(view);
    await driver.press('ArrowRight');
    return await untilCount(open, count => count > 0, 2000).then(
      () => true,
      () => undefined,
    );
  }, 60_000);
}

async function write(relativePath: string, text: string): Promise<vscode.Uri> {
  const uri = workspaceUri(relativePath);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  return uri;
}

async function errorsOf(uri: vscode.Uri): Promise<string[]> {
  const isError = ({ severity }: vscode.Diagnostic): boolean => severity === vscode.DiagnosticSeverity.Error;
  return vscode.languages
    .getDiagnostics(uri)
    .filter(isError)
    .map(({ message }) => message);
}

describe('the trees', function () {
  this.timeout(120_000);
  const written: vscode.Uri[] = [];

  before(async function () {
    skipUndriven(this);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const uri of written) await vscode.workspace.fs.delete(uri).then(undefined, () => undefined);
  });

  it('list datasets, and under one its splits, columns and users, from the keyboard', async () => {
    await showAlone('Data');
    await paneText('Data', /tickets\.jsonl/);
    await driver.click(row('Data', 'data/tickets.jsonl'));
    await activeEditor(({ fileName }) => fileName.endsWith('tickets.jsonl'));
    await expand('Data', 'data/tickets.jsonl');
    const text = await paneText('Data', /720 rows/);
    assert.match(text, /1,200 rows/);
    assert.match(text, /Columns/);
    assert.match(text, /ticket-triage/);
    await untilShown(row('Data', 'Used By, '));
    for (const theme of themes) {
      await setTheme(theme);
      await driver.screenshot(`trees-data-${theme}`);
    }
  });

  it('preview rows as text', async () => {
    const odd = JSON.stringify({ text: '<img src=x onerror=alert(1)> https://evil.example \u202e[x](command:y)' });
    written.push(await write('odd.jsonl', `${odd}\n`));
    const subject = { kind: 'dataset', folder: workspaceUri('').fsPath, path: 'odd.jsonl' };
    await vscode.commands.executeCommand('aiwb.previewDataset', { subject });
    const text = await pageText({ contains: 'onerror' }, /odd\.jsonl/);
    assert.match(text, /<img src=x onerror=alert\(1\)> https:\/\/evil\.example ⟪U\+202E⟫\[x\]\(command:y\)/);
    assert.equal(await driver.countInWebview('td a, td img', { contains: 'onerror' }), 0);
    await driver.screenshot('trees-preview');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('see a new data file, and make a benchmark of it that has nothing wrong', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => `how much is ${index},${index % 3 ? 'much' : 'little'}`);
    written.push(await write('questions.csv', `question,answer\n${rows.join('\n')}\n`));
    await showAlone('Data');
    await untilCount(row('Data', 'Not Used Yet'), count => count > 0);
    const subject = { kind: 'dataset', folder: workspaceUri('').fsPath, path: 'questions.csv' };
    await vscode.commands.executeCommand('aiwb.benchmarkDataset', { subject });
    const document = await activeEditor(({ languageId }) => languageId === 'aiwb-bench');
    const text = document.getText();
    assert.match(text, /path: questions\.csv/);
    assert.match(text, /input: question\n {2}target: answer/);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    written.push(await write('drafted.bench.yaml', text));
    await openText(workspaceUri('drafted.bench.yaml'));
    await untilShown('.codelens-decoration >> text=/Run/');
    assert.deepEqual(await errorsOf(workspaceUri('drafted.bench.yaml')), []);
    await paneText('Data', /questions\.csv/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('keep a filter, say what it leaves out, and let it go', async () => {
    await showAlone('Data');
    await vscode.commands.executeCommand('aiwb.filterData', '@jsonl noisy');
    await paneText('Data', /Filter: @jsonl noisy \(1 of \d+\)/);
    await untilCount(row('Data', 'covenants'), count => count === 0);
    await untilShown(row('Data', 'tickets-noisy'));
    await driver.screenshot('trees-filtered');
    await vscode.commands.executeCommand('aiwb.filterData', 'nothing-is-called-so');
    await paneText('Data', /\(0 of \d+\)/);
    await vscode.commands.executeCommand('aiwb.clearDataFilter');
    await paneText('Data', /covenants/);
  });

  it('offer properties while a filter is written', async () => {
    await showAlone('Runs');
    await driver.runCommand('AI Workbench: Filter Runs…');
    await untilShown('.quick-input-widget >> text=@failed');
    await driver.screenshot('trees-filter-pick');
    await driver.type('@fail');
    await untilCount('.quick-input-widget [role=option]', count => count === 2);
    await driver.press('Enter');
    await shownText('.quick-input-widget', /Show 0 of/);
    await driver.press('Escape');
    assert.doesNotMatch(await driver.text(pane('Runs')), /Filter:/);
  });

  it('list policies by level, with findings, and look again when a file changes', async () => {
    await showAlone('Policies');
    await paneText('Policies', /Country[\s\S]*Corporate[\s\S]*Marlo AI policy/);
    await driver.click(row('Policies', 'Marlo AI policy'));
    await expand('Policies', 'Marlo AI policy');
    await paneText('Policies', /Builds On/);
    for (const theme of themes) {
      await setTheme(theme);
      await driver.screenshot(`trees-policies-${theme}`);
    }
    written.push(
      await write(
        'bad.policy.yaml',
        'id: bad\nversion: 1.0.0\ntitle: Bad one\nlevel: team\nextends: [{id: none, version: ^1.0.0}]\ncontrols: []\n',
      ),
    );
    await paneText('Policies', /Bad one/);
    await untilShown(row('Policies', 'Bad one, 1.0.0, 1 error'));
  });
});

describe('what is due', function () {
  this.timeout(120_000);
  let late: vscode.Uri;

  before(async function () {
    skipUndriven(this);
    const text = 'id: late\nversion: 1.0.0\nlevel: team\ntitle: Late one\nreviewBy: 2020-01-31\n';
    late = await write('late.policy.yaml', text);
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(late).then(undefined, () => undefined);
  });

  it('stands above the policies, overdue first, and leads to where it is done', async () => {
    await showAlone('Policies');
    await untilShown(row('Policies', '1 overdue'));
    // A section that others have seen closed stays so, and one that goes and comes back may be closed again.
    const review = row('Policies', 'Review the policy Late one');
    const due = (isOpen: boolean): string => `${row('Policies', '1 overdue')}[aria-expanded="${String(isOpen)}"]`;
    await eventually(async see => {
      if ((await driver.count(due(false))) > 0) {
        await driver.click(due(false));
        await untilCount(due(true), count => count > 0, 5000);
      }
      const text = see(await driver.text(pane('Policies')));
      return /Due[^\n]*\n[^\n]*Review the policy Late one[\s\S]*Country/.test(text) || undefined;
    }, 60_000);
    for (const theme of themes) {
      await setTheme(theme);
      await driver.screenshot(`trees-due-${theme}`);
    }
    await driver.click(review);
    await activeEditor(document => document.uri.path.endsWith('late.policy.yaml'));
    await vscode.workspace.fs.delete(late);
    await untilCount(review, count => count === 0);
  });
});

describe('the trees of what was measured', function () {
  this.timeout(120_000);
  let server: Server;
  let original: Uint8Array;

  before(async function () {
    skipUndriven(this);
    server = createServer((incoming, outgoing) => {
      incoming.resume().on('end', () => {
        const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
        const choices = [{ index: 0, delta: { content: 'leverage-ratio' }, finish_reason: 'stop' }];
        outgoing.setHeader('content-type', 'text/event-stream');
        outgoing.end(`data: ${JSON.stringify({ id: 'x', model: 'fake', choices, usage })}\n\ndata: [DONE]\n\n`);
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    original = await vscode.workspace.fs.readFile(workspaceUri('workbench.yaml'));
    const connection = `  fake: {provider: openai, baseUrl: "http://127.0.0.1:${port}/v1", model: fake, price: {input: 1, output: 2}}\n`;
    await write('workbench.yaml', `${Buffer.from(original).toString().trimEnd()}\n${connection}`);
    const bench = Buffer.from(await vscode.workspace.fs.readFile(workspaceUri('covenants.bench.yaml'))).toString();
    const text = bench
      .replace(/^name: .*$/m, 'name: two-prompts')
      .replace(/^prompts: .*$/m, 'prompts: [prompts/covenant.prompt.yml, prompts/covenant-short.prompt.yml]')
      .replace(/^models: .*$/m, 'models: [embedded:linear, fake]')
      .replace(/^compare: .*$/m, '');
    await write('two-prompts.bench.yaml', text);
  });

  after(async () => {
    server.close();
    await vscode.workspace.fs.writeFile(workspaceUri('workbench.yaml'), original);
    await vscode.workspace.fs.delete(workspaceUri('two-prompts.bench.yaml'));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('show how prompts came out, and compare them on one page', async () => {
    await showAlone('Prompts');
    await paneText('Prompts', /Covenant type/);
    const uri = workspaceUri('two-prompts.bench.yaml');
    await vscode.commands.executeCommand('aiwb.runBenchmark', uri);
    await pageText('two-prompts', /Finished/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await showAlone('Prompts');
    await paneText('Prompts', /accuracy \(fake\)/);
    await driver.click(row('Prompts', 'Covenant type'));
    await expand('Prompts', 'Covenant type');
    await paneText('Prompts', /Last Figures/);
    for (const theme of themes) {
      await setTheme(theme);
      await driver.screenshot(`trees-prompts-${theme}`);
    }
    const folder = workspaceUri('').fsPath;
    const prompts = ['prompts/covenant.prompt.yml', 'prompts/covenant-short.prompt.yml'].map(path => ({
      kind: 'prompt',
      folder,
      path,
    }));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('aiwb.comparePrompts', prompts[0], prompts);
    await pageText({}, /two-prompts/);
  });

  it('compare models on their newest run together', async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('aiwb.compareModels', ['fake', 'embedded:linear']);
    await pageText({}, /two-prompts/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    void vscode.commands.executeCommand('aiwb.compareModels', ['fake', 'nobody']);
    await told(/all of these models/);
  });

  it('list runs by time, filtered by what they are', async () => {
    await showAlone('Runs');
    await vscode.commands.executeCommand('aiwb.listRunsByTime');
    await untilShown(row('Runs', 'two-prompts, '));
    await driver.screenshot('trees-runs-by-time');
    await vscode.commands.executeCommand('aiwb.filterRuns', '@tune');
    await untilCount(row('Runs', 'two-prompts'), count => count === 0);
    await vscode.commands.executeCommand('aiwb.filterRuns', '@succeeded two-prompts');
    await paneText('Runs', /Filter: @succeeded two-prompts \(1 of/);
    await vscode.commands.executeCommand('aiwb.clearRunsFilter');
    await vscode.commands.executeCommand('aiwb.listRunsByFile');
    await driver.resize(700, 900);
    await driver.screenshot('trees-narrow');
    await driver.resize(1280, 800);
  });

  it('say why they cannot be read and what to do about it, and come back', async () => {
    const settings = vscode.workspace.getConfiguration('aiWorkbench');
    await settings.update('nodePath', '/nowhere/node', vscode.ConfigurationTarget.Global);
    try {
      await showAlone('Data');
      await vscode.commands.executeCommand('aiwb.refreshData');
      await shownText(pane('Data'), text => /Try Again[\s\S]*Show Output/.test(text) && text.includes('/nowhere/node'));
      await driver.screenshot('trees-failed');
      await showAlone('Runs');
      await vscode.commands.executeCommand('aiwb.refreshRuns');
      await paneText('Runs', /\/nowhere\/node/);
    } finally {
      await settings.update('nodePath', undefined, vscode.ConfigurationTarget.Global);
    }
    await showAlone('Data');
    // The view also comes back by itself once the engine is there, and takes the row away.
    await eventually(async () => {
      if ((await driver.count(row('Data', 'Try Again'))) === 0) return true;
      return await driver.click(row('Data', 'Try Again')).then(
        () => true,
        () => undefined,
      );
    });
    await paneText('Data', /tickets\.jsonl/);
  });

  it('show nothing in the status bar and tell nothing where nothing runs and nothing failed', async () => {
    // What another test has run may be about to end.
    await untilCount('.statusbar-item[id*="aiwb.progress"]:visible', count => count === 0);
  });
});
