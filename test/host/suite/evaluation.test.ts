import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { giveUp, question } from './quick-input.ts';
import { workspaceUri } from './workspace.ts';

/** The sample's tuning job, going on from what the plain one has learnt, with one benchmark and nothing registered. */
async function writeJob(name: string): Promise<vscode.Uri> {
  const sample = await vscode.workspace.fs.readFile(workspaceUri('ticket-triage.tune.yaml'));
  const text = new TextDecoder()
    .decode(sample)
    .replace('name: ticket-triage-tuned', `name: ${name}`)
    .replace('base: embedded:linear', 'base: checkpoint:ticket-triage-core')
    .replace(/ {4}benchmark: evaluate-(robustness|fairness)\.bench\.yaml\n/g, '')
    .replace(/^register:\n(?: {2}.*\n)+/m, '');
  const file = workspaceUri(`${name}.tune.yaml`);
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(text));
  return file;
}

describe('after training', function () {
  this.timeout(300_000);
  const files: vscode.Uri[] = [];

  before(async function () {
    skipUndriven(this);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const file of files) await vscode.workspace.fs.delete(file);
  });

  it('the page of a tuning job evaluates it: base and tuned model stand in the report of its aspect’s benchmark', async () => {
    await vscode.commands.executeCommand('aiwb.train', workspaceUri('core.tune.yaml'));
    await pageText({ title: 'ticket-triage-core' }, /Finished/);
    const file = await writeJob('evaluated-triage');
    files.push(file);
    const runId = await vscode.commands.executeCommand<string>('aiwb.train', file);
    await pageText({ title: 'evaluated-triage' }, /Finished/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.commands.executeCommand('aiwb.openRun', runId);
    await pageText({ title: 'evaluated-triage' }, /Evaluate/);
    await setTheme('dark');
    await driver.screenshot('tuning-page-evaluated');
    await driver.clickInWebview('vscode-button:has-text("Evaluate")', { title: 'evaluated-triage' });
    const report = await pageText({ title: 'triage-core' }, /Finished[^]*checkpoint:evaluated-triage/);
    assert.match(report, /checkpoint:ticket-triage-core@\d+/);
    assert.doesNotMatch(report, /registry:ticket-triage@candidate/);
    await driver.screenshot('tuning-evaluation-report');
  });

  it('one menu tells what comes next', async () => {
    const runs = await vscode.commands.executeCommand<string>('aiwb.train', workspaceUri('core.tune.yaml'));
    await pageText({ title: 'ticket-triage-core' }, /Finished/);
    const next = vscode.commands.executeCommand('aiwb.afterTraining', runs);
    await question(/What Next with ticket-triage-core(?=[^]*Evaluate)(?=[^]*Register…)(?=[^]*Compare with…)/);
    await driver.screenshot('tuning-what-next');
    await giveUp();
    await next;
  });

  it('the platform is chosen among those declared, with what they are', async () => {
    const training = vscode.commands.executeCommand('aiwb.trainOn', workspaceUri('core.tune.yaml'));
    await question(/Train on Which Platform(?=[^]*local)(?=[^]*This machine)/);
    await giveUp();
    assert.equal(await training, undefined);
  });
});
