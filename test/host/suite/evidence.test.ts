import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import { driver, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { fill, giveUp, question, take } from './quick-input.ts';
import { eventually, trainAs, workspaceUri } from './workspace.ts';

const policy = `id: evidence
version: 1.0.0
level: team
controls:
  - id: SEC
    title: It holds off attacks
    severity: high
    checks:
      - {id: SEC.scan, type: scan, source: garak, assert: {op: "<=", value: 0.5}}
  - id: VAL
    title: It was validated
    severity: high
    checks: [{id: VAL.groups, type: document, question: "Does the report name the groups?"}]
`;
const report = [
  { entry_type: 'start_run setup', '_config.version': '0.15.1', 'plugins.target_name': 'served-elsewhere' },
  { entry_type: 'eval', probe: 'dan.Dan', detector: 'dan.DAN', passed: 40, total_evaluated: 40, nones: 0 },
  { entry_type: 'completion', end_time: '2026-09-25T10:05:00' },
];

async function write(name: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(workspaceUri(name), new TextEncoder().encode(text));
}

const run = promisify(execFile);

describe('evidence of a version', function () {
  this.timeout(240_000);
  let place: { model: string; version: string };

  before(async function () {
    skipUndriven(this);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await write('evidence.policy.yaml', policy);
    await write('scan.report.jsonl', report.map(line => JSON.stringify(line)).join('\n'));
    await write('report.md', '# Report\n\nThe model was tested on native speakers and on learners.\n');
    await trainAs('scanned');
    place = { model: 'scanned', version: 'candidate' };
    // There is no candidate before the job has ended.
    await eventually(
      async () =>
        (await vscode.commands.executeCommand<string | undefined>('aiwb.assessVersion', place, [
          'evidence.policy.yaml',
        ])) || undefined,
      90_000,
    );
    // A page that is just being shown would take the focus from what is asked below.
    await pageText({ title: 'Scorecard' }, /Controls SEC and VAL/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const file of ['evidence.policy.yaml', 'scan.report.jsonl', 'report.md'])
      await vscode.workspace.fs.delete(workspaceUri(file));
  });

  it('takes a report, once a person has said whose model it is about', async () => {
    const adding = vscode.commands.executeCommand<string>(
      'aiwb.addScanReport',
      place,
      workspaceUri('scan.report.jsonl').fsPath,
    );
    await question(/Which Model of the Report Is scanned@/);
    await driver.screenshot('evidence-target');
    await fill(/Which Model of the Report Is scanned@/, 'served-elsewhere');
    assert.match(await adding, /^scan-/);
    await eventually(async see =>
      see(await driver.notifications()).find(text => /The report of garak 0\.15\.1 is kept/.test(text)),
    );
  });

  it('asks for a verdict, a document and its words before an answer is given', async () => {
    const { extensionPath } = vscode.extensions.getExtension('ai-workbench.ai-workbench') ?? assert.fail('it is there');
    const folder = workspaceUri('.').fsPath;
    const { version } = await readVersion();
    await run(
      process.execPath,
      [path.join(extensionPath, 'dist/aiwb.mjs'), 'documents', 'add', 'report.md', `scanned@${version}`],
      { cwd: folder },
    );
    const answering = vscode.commands.executeCommand('aiwb.answerFromDocuments', place, 'VAL.groups');
    await take(/Does the report name the groups\?/, 'The documents show it');
    await take(/Which Document Shows It\?/, 'report.md');
    await fill(/Quote report\.md/, 'tested on native speakers and on learners');
    await question(/Answer VAL\.groups/);
    await driver.screenshot('evidence-answer');
    // Its dialog is not shown to tests inside the host; what is left at this point answers nothing.
    await giveUp();
    await answering;
  });

  it('says that no answer waits where none does', async () => {
    await vscode.commands.executeCommand('aiwb.reviewDocumentAnswer', place);
    await eventually(async see =>
      see(await driver.notifications()).find(text => /No answer of a model waits/.test(text)),
    );
  });

  async function readVersion(): Promise<{ version: string }> {
    const { extensionPath } = vscode.extensions.getExtension('ai-workbench.ai-workbench') ?? assert.fail('it is there');
    const shown = await run(
      process.execPath,
      [path.join(extensionPath, 'dist/aiwb.mjs'), 'registry', 'show', 'scanned@candidate', '--json'],
      { cwd: workspaceUri('.').fsPath },
    );
    return (JSON.parse(shown.stdout) as { version: { version: string } }).version;
  }
});
