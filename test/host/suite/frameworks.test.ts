import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { oscalCatalogue } from '../../fixtures/frameworks/sources.ts';
import { ask, notEmpty } from './editing.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { eventually, workspaceUri } from './workspace.ts';

const policy = `id: frameworks.test
version: 1.0.0
level: team
frameworks:
  - {id: owasp-llm-top10, version: "2025"} # until the auditors move
controls:
  - id: F-1
    title: Agents do no more than they must
    severity: high
    mappings: [{framework: owasp-llm-top10, id: LLM06:2025, relation: mitigates}]
    checks: [{id: F-1.c, type: lineage, require: [license]}]
`;

async function remove(...files: readonly string[]): Promise<void> {
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  for (const file of files) await vscode.workspace.fs.delete(workspaceUri(file), { recursive: true });
}

describe('frameworks', function () {
  this.timeout(240_000);

  it('are imported as a file that is checked, and that policies can map to', async () => {
    const source = workspaceUri('acme_catalog.json');
    await vscode.workspace.fs.writeFile(source, Buffer.from(oscalCatalogue));
    const written = await vscode.commands.executeCommand<string>('aiwb.importFramework', source);
    const target = workspaceUri('frameworks/acme-catalog-2.1.framework.yaml');
    assert.equal(written, target.fsPath);
    const document = await eventually(see => {
      const active = vscode.window.activeTextEditor?.document;
      return see(active?.uri.path) === target.path ? active : undefined;
    });
    assert.equal(document.languageId, 'aiwb-framework');
    assert.match(document.getText(), /^id: acme-catalog\nversion: "2\.1"/);
    const file = workspaceUri('mapped.policy.yaml');
    const mapped = policy.replace('owasp-llm-top10, version: "2025"', 'acme-catalog, version: "2.1"');
    const text = mapped.replace('owasp-llm-top10, id: LLM06:2025', 'acme-catalog, id: ac-1.2');
    await vscode.workspace.fs.writeFile(file, Buffer.from(text));
    await vscode.window.showTextDocument(file);
    // The language server may hear of the framework's file after the policy's.
    await eventually(see => {
      const all = see(vscode.languages.getDiagnostics(file).map(({ message }) => message));
      return all.some(message => /`ac-1\.2` \(Shared accounts\) was retired/.test(message)) || undefined;
    });
    const at = new vscode.Position(9, text.split('\n')[9]?.indexOf('ac-1.2') ?? 0);
    await ask<vscode.Hover[]>('vscode.executeHoverProvider', notEmpty, file, at);
    await remove('acme_catalog.json', 'frameworks', 'mapped.policy.yaml');
  });

  it('show what another version means for policies, and change them after a preview', async function () {
    skipUndriven(this);
    const file = workspaceUri('upgraded.policy.yaml');
    await vscode.workspace.fs.writeFile(file, Buffer.from(policy));
    await vscode.window.showTextDocument(file);
    await vscode.commands.executeCommand('aiwb.upgradeFramework', 'owasp-llm-top10', '2025', '2026');
    await pageText({}, /Controls of your policies(?=[^]*upgraded\.policy\.yaml:10)(?=[^]*LLM06:2025 Excessive Agency)/);
    for (const theme of ['light', 'dark', 'hc-dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`framework-upgrade-${theme}`);
    }
    await setTheme('dark');
    await driver.answerNotification('Bring', 'Show Mappings');
    await eventually(see => see(vscode.window.activeTextEditor?.selection.active.line) === 9 || undefined);
    await vscode.commands.executeCommand('aiwb.upgradeFramework', 'owasp-llm-top10', '2025', '2026');
    await driver.answerNotification('Bring', 'Preview Edits');
    // Nothing changes that is not ticked: the first row is the file, with all of its edits.
    const box = '.bulk-edit-panel .monaco-list-row[data-index="0"] .edit-checkbox';
    await driver.waitFor(box);
    await driver.screenshot('framework-upgrade-preview');
    await driver.click(box);
    await driver.waitFor(`${box}[aria-checked="true"]`);
    await vscode.commands.executeCommand('refactorPreview.apply');
    const document = await vscode.workspace.openTextDocument(file);
    const after = await eventually(() => (document.getText() === policy ? undefined : document.getText()));
    assert.equal(after, policy.replace('"2025"', '"2026"').replace('LLM06:2025', 'LLM03:2026'));
    await document.save();
    await remove('upgraded.policy.yaml');
  });
});
