import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { eventually, workspaceUri } from './workspace.ts';

const sidebar = '.sidebar';

/** Text of the page in a panel of this title, once it shows `pattern`. */
async function pageText(title: string, pattern: RegExp): Promise<string> {
  let text = '';
  return await eventually(async () => {
    text = await driver.webviewText({ title });
    return pattern.test(text) ? text : undefined;
  }, 60_000).catch((error: unknown) => {
    throw new Error(`"${title}" does not show ${String(pattern)} but: ${text.slice(0, 2_000)}`, { cause: error });
  });
}

async function sidebarText(pattern: RegExp): Promise<string> {
  return await eventually(async () => {
    const text = await driver.text(sidebar);
    return pattern.test(text) ? text : undefined;
  });
}

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
    await vscode.window.showTextDocument(workspaceUri('ticket-triage.tune.yaml'));
    const runId = await vscode.commands.executeCommand<string>('aiwb.train', workspaceUri('ticket-triage.tune.yaml'));
    assert.match(runId, /^\d{8}-\d{6}-/);
    await pageText('ticket-triage-tuned', /Finished/);
    await driver.waitFor('.codelens-decoration >> text=/Last: \\d/');
    for (const theme of ['light', 'hc-dark', 'dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`tuning-page-${theme}`);
    }
    assert.deepEqual(await driver.auditWebview({ title: 'ticket-triage-tuned' }), []);
    await vscode.commands.executeCommand('aiwb.registry.focus');
    const text = await sidebarText(/Version 1/);
    const rows = text.split('\n').filter(line => line.includes('Version 1'));
    assert.ok(
      rows.some(line => line.includes('candidate') && !line.includes('gate')),
      rows.join('\n'),
    );
    await driver.screenshot('registry-view');
  });

  it('shows a version with its figures, data and settings', async () => {
    await vscode.commands.executeCommand('aiwb.openVersion', { model: 'ticket-triage', version: '1' });
    const text = await pageText('ticket-triage@1', /ticket-triage-tuned/);
    assert.match(text, /candidate/i);
    await driver.screenshot('version-page');
    assert.deepEqual(await driver.auditWebview({ title: 'ticket-triage@1' }), []);
  });

  it('says what an assessment lacks, with a scorecard of its own, and shows the verdict in tree and lens', async () => {
    const policy = workspaceUri('policies/release.policy.yaml');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.window.showTextDocument(policy);
    await driver.waitFor('.codelens-decoration >> text=/Assess ticket-triage@candidate/');
    const id = await vscode.commands.executeCommand<string>('aiwb.assessPolicy', policy);
    assert.ok(id);
    await pageText('Scorecard of ticket-triage@1', /gate/i);
    await driver.screenshot('scorecard-page');
    assert.deepEqual(await driver.auditWebview({ title: 'Scorecard of ticket-triage@1' }), []);
    await vscode.commands.executeCommand('aiwb.registry.focus');
    await sidebarText(/gate not/);
    await vscode.window.showTextDocument(policy, { viewColumn: vscode.ViewColumn.One });
    await driver.waitFor('.codelens-decoration >> text=/Last: ticket-triage@1 · gate not/');
  });

  it('refuses to name what is not there', async () => {
    void vscode.commands.executeCommand('aiwb.openVersion', { model: 'nobody', version: '7' });
    await eventually(async () => (await driver.notifications()).find(text => text.includes('nobody@7')));
  });

  it('has an audit log that holds', async () => {
    void vscode.commands.executeCommand('aiwb.verifyAuditLog');
    await eventually(async () => (await driver.notifications()).find(text => /Head:/.test(text)));
  });
});
