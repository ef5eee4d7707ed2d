import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { openText, shownText, untilShown } from './shown.ts';
import { eventually, workspaceUri } from './workspace.ts';

const gated = (bound: string): string =>
  [
    'name: gated-triage',
    'dataset: {path: data/tickets.jsonl, input: text, target: category, split: {field: split, train: train, test: test}}',
    'models: [embedded:majority, embedded:linear]',
    'metrics: [accuracy]',
    'gate:',
    `  - {metric: accuracy, model: embedded:linear, atLeast: ${bound}}`,
    '  - {metric: accuracy, model: embedded:majority, atLeast: 0.9}',
    '',
  ].join('\n');

describe('the Test Explorer', function () {
  this.timeout(120_000);
  const uri = (): vscode.Uri => workspaceUri('gated.bench.yaml');

  it('judges the stored run by default, with the figure that failed', async function () {
    skipUndriven(this);
    await vscode.workspace.fs.writeFile(uri(), Buffer.from(gated('0.5')));
    const runId = await vscode.commands.executeCommand<string>('aiwb.runBenchmark', uri());
    await pageText('gated-triage', /Finished/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    await driver.runCommand('Test: Refresh Tests');
    // Files are found one after another.
    await shownText('.test-explorer', text => text.includes('gated-triage') && text.includes('ticket-triage'));
    await openText(uri());
    await vscode.commands.executeCommand('testing.runCurrentFile');
    const judged = await shownText('.test-explorer', /run of /);
    assert.doesNotMatch(judged, /out of date/);
    // The message stands at the condition's line, in the editor.
    await untilShown('.test-error-content-widget >> text=/!=.at.least.0.900/');
    await untilShown('.test-output-peek-tree >> text=/embedded:majority/');
    assert.ok(runId);
    await driver.click('.test-explorer .monaco-list-row >> text=gated-triage');
    await driver.press('ArrowRight');
    for (const theme of ['light', 'dark', 'hc-dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`test-explorer-${theme}`);
    }
    await setTheme('dark');
    await driver.resize(700, 900);
    await driver.screenshot('test-explorer-narrow');
    await driver.resize(1280, 800);
  });

  it('says that a stored run is out of date once the file has changed, and follows runs that end elsewhere', async function () {
    skipUndriven(this);
    await vscode.workspace.fs.writeFile(uri(), Buffer.from(gated('0.99')));
    const document = await openText(uri());
    await eventually(() => document.getText().includes('0.99') || undefined);
    await vscode.commands.executeCommand('testing.runCurrentFile');
    await shownText('.test-explorer', /out of date/);
    await driver.screenshot('test-explorer-stale');
    // A change of the file may be told after it was judged: what was judged stays beside it.
    await vscode.workspace.fs.writeFile(uri(), Buffer.from(gated('0.99').replace('gated-triage', 'gated-renamed')));
    await shownText('.test-explorer', text => text.includes('gated-renamed') && /out of date/.test(text));
    await vscode.commands.executeCommand('aiwb.runBenchmark', uri());
    await shownText('.test-explorer', text => /run of /.test(text) && !/out of date/.test(text));
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  after(async () => {
    await vscode.workspace.fs.delete(uri()).then(undefined, () => undefined);
  });
});
