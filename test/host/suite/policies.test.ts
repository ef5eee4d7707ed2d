import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { openText, shownText, untilCount, untilShown } from './shown.ts';
import { eventually, trainAs, workspaceUri } from './workspace.ts';

const policy = (expected: string): string =>
  [
    'id: tested.policy',
    'version: 1.0.0',
    'level: team',
    'reviewBy: 2020-01-01',
    'assess: {model: judged@candidate}',
    'controls:',
    '  - id: CARD-01',
    '    title: The card names who decides',
    '    severity: high',
    '    checks: [{id: CARD-01.card, type: model-card, path: "#who-decides"}]',
    'tests:',
    '  - name: A card that says nothing',
    '    model: {card: {license: mit}}',
    `    expect: {gate: ${expected}}`,
    '  - name: A card that says who',
    '    model: {card: {"#who-decides": A clerk.}}',
    '    expect: {gate: passed}',
    '',
  ].join('\n');

describe('policies in the editor', function () {
  this.timeout(180_000);
  const uri = (): vscode.Uri => workspaceUri('policies/tested.policy.yaml');
  const problems = (): vscode.Diagnostic[] =>
    vscode.languages.getDiagnostics(uri()).filter(({ code }) => typeof code === 'object' && code.value === 'CARD-01');

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(uri()).then(undefined, () => undefined);
  });

  it('have their tests in the Test Explorer, with what failed at its line', async function () {
    skipUndriven(this);
    await vscode.workspace.fs.writeFile(uri(), Buffer.from(policy('passed')));
    await openText(uri());
    await vscode.commands.executeCommand('workbench.view.testing.focus');
    await driver.runCommand('Test: Refresh Tests');
    await shownText('.test-explorer', /tested\.policy/);
    await vscode.commands.executeCommand('aiwb.runPolicyTests', uri());
    await untilShown('.test-error-content-widget >> text=/failed.!=.passed/');
    for (const theme of ['light', 'hc-dark', 'dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`policy-tests-${theme}`);
    }
    await vscode.workspace.fs.writeFile(uri(), Buffer.from(policy('failed')));
    const document = await openText(uri());
    await eventually(() => document.getText().includes('{gate: failed}') || undefined);
    await vscode.commands.executeCommand('aiwb.runPolicyTests', uri());
    await untilCount('.test-error-content-widget', count => count === 0);
  });

  it('show the controls of the newest assessment that failed as problems, until one passes them', async () => {
    await vscode.workspace.fs.writeFile(uri(), Buffer.from(policy('failed')));
    await trainAs('judged');
    const assess = (): Thenable<unknown> => vscode.commands.executeCommand('aiwb.assessPolicy', uri());
    await eventually(async () => ((await assess()) === undefined ? undefined : true), 120_000);
    const [problem] = await eventually(() => (problems().length > 0 ? problems() : undefined));
    assert.ok(problem);
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Warning);
    assert.equal(problem.range.start.line, 6);
    assert.match(problem.message, /CARD-01 \(high\) is non-compliant\. The card has no section #who-decides/);
    const settings = vscode.workspace.getConfiguration('aiWorkbench');
    await settings.update('policies.problems', false);
    await eventually(() => (problems().length === 0 ? true : undefined));
    await settings.update('policies.problems', undefined);
    await eventually(() => (problems().length > 0 ? true : undefined));
    await vscode.workspace.fs.writeFile(
      uri(),
      Buffer.from(policy('failed').replace('#who-decides"}', '#intended-use"}')),
    );
    await assess();
    await eventually(() => (problems().length === 0 ? true : undefined));
  });
});
