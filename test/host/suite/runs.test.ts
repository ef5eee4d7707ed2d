import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { openText, shownText, told, untilShown } from './shown.ts';
import { eventually, workspaceUri } from './workspace.ts';

const themes = ['dark', 'light', 'hc-dark', 'hc-light'] as const;

describe('runs in VS Code', function () {
  this.timeout(120_000);

  it('start from a file, show their page and stand in the trees', async function () {
    skipUndriven(this);
    await openText(workspaceUri('triage.bench.yaml'));
    const runId = await vscode.commands.executeCommand<string>('aiwb.runBenchmark', workspaceUri('triage.bench.yaml'));
    assert.match(runId, /^\d{8}-\d{6}-/);
    const page = await pageText('ticket-triage', text => text.includes('Finished') && text.includes('is better than'));
    assert.match(page, /embedded:linear is better than embedded:majority/);
    assert.doesNotMatch(page, /before any model answered/);
    await driver.runCommand('View: Show AI Workbench');
    // Other tests may have left another section open.
    await vscode.commands.executeCommand('aiwb.runs.focus');
    await shownText('.sidebar .pane:has(> .pane-header[aria-label^="Runs Section"])', /ticket-triage/);
    // The lens above the file follows its run to the end.
    await untilShown('.codelens-decoration >> text=/Last: 82/');
    for (const theme of themes) {
      await setTheme(theme);
      await driver.screenshot(`run-page-${theme}`);
    }
    await setTheme('dark');
    assert.deepEqual(await driver.auditWebview({ title: 'ticket-triage' }), []);
  });

  it('are compared on one page', async function () {
    skipUndriven(this);
    const first = await vscode.commands.executeCommand<string>(
      'aiwb.runBenchmark',
      workspaceUri('covenants.bench.yaml'),
    );
    const second = await vscode.commands.executeCommand<string>(
      'aiwb.runBenchmark',
      workspaceUri('covenants.bench.yaml'),
    );
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('aiwb.compareRuns', [first, second]);
    const page = await pageText(
      {},
      text => /Not distinguishable/.test(text) && text.includes(first) && text.includes(second),
    );
    assert.match(page, /Comparison of 2 runs/);
    await driver.screenshot('comparison-page-dark');
    await driver.resize(700, 900);
    await driver.screenshot('comparison-page-narrow');
    await driver.resize(1280, 800);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('estimate without sending anything', async () => {
    await vscode.commands.executeCommand('aiwb.dryRun', workspaceUri('triage-llm.bench.yaml'));
    const tab = await eventually(() =>
      vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find(({ label }) => /dry run/i.test(label)),
    );
    assert.ok(tab);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('tell a broken benchmark with its place, and record nothing', async function () {
    skipUndriven(this);
    const uri = workspaceUri('broken.bench.yaml');
    await vscode.workspace.fs.writeFile(uri, Buffer.from('name: broken\nmodels: [embedded:knn]\n'));
    // The command ends when somebody has read the message.
    void vscode.commands.executeCommand('aiwb.runBenchmark', uri);
    assert.match(await told(/broken\.bench\.yaml/), /dataset/);
    await vscode.workspace.fs.delete(uri);
  });
});
