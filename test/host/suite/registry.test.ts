import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { openText, shownText, told, untilShown } from './shown.ts';
import { workspaceUri } from './workspace.ts';

const sidebar = '.sidebar';

describe('the registry', function () {
  this.timeout(240_000);

  before(async function () {
    skipUndriven(this);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('gains a version from a tuning job, whose page draws its curves', async () => {
    await openText(workspaceUri('ticket-triage.tune.yaml'));
    const runId = await vscode.commands.executeCommand<string>('aiwb.train', workspaceUri('ticket-triage.tune.yaml'));
    assert.match(runId, /^\d{8}-\d{6}-/);
    await pageText('ticket-triage-tuned', /Finished/);
    await untilShown('.codelens-decoration >> text=/Last: \\d/');
    for (const theme of ['light', 'hc-dark', 'dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`tuning-page-${theme}`);
    }
    assert.deepEqual(await driver.auditWebview({ title: 'ticket-triage-tuned' }), []);
    await vscode.commands.executeCommand('aiwb.registry.focus');
    // The version comes first, and its alias a moment later.
    await shownText(sidebar, text =>
      text.split('\n').some(line => line.includes('Version 1') && line.includes('candidate') && !line.includes('gate')),
    );
    await driver.screenshot('registry-view');
  });

  it('shows a version with its figures, data and settings', async () => {
    await vscode.commands.executeCommand('aiwb.openVersion', { model: 'ticket-triage', version: '1' });
    await pageText('ticket-triage@1', text => /ticket-triage-tuned/.test(text) && /candidate/i.test(text));
    await driver.screenshot('version-page');
    assert.deepEqual(await driver.auditWebview({ title: 'ticket-triage@1' }), []);
  });

  it('says what an assessment lacks, with a scorecard of its own, and shows the verdict in tree and lens', async () => {
    const policy = workspaceUri('policies/release.policy.yaml');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await openText(policy);
    await untilShown('.codelens-decoration >> text=/Assess ticket-triage@candidate/');
    const id = await vscode.commands.executeCommand<string>('aiwb.assessPolicy', policy);
    assert.ok(id);
    await pageText('Scorecard of ticket-triage@1', /gate/i);
    await driver.screenshot('scorecard-page');
    assert.deepEqual(await driver.auditWebview({ title: 'Scorecard of ticket-triage@1' }), []);
    await vscode.commands.executeCommand('aiwb.registry.focus');
    await shownText(sidebar, /gate not/);
    await vscode.window.showTextDocument(policy, { viewColumn: vscode.ViewColumn.One });
    await untilShown('.codelens-decoration >> text=/Last: ticket-triage@1 · gate not/');
  });

  it('refuses to name what is not there', async () => {
    void vscode.commands.executeCommand('aiwb.openVersion', { model: 'nobody', version: '7' });
    await told(/nobody@7/);
  });

  it('has an audit log that holds', async () => {
    void vscode.commands.executeCommand('aiwb.verifyAuditLog');
    await told(/Head:/);
  });
});
