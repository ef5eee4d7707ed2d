import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Scorecard, ScorecardView } from '../../../schemas/generated/messages.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText as shown } from './pages.ts';
import { activeEditor, clickEntry, untilShown } from './shown.ts';
import { eventually, workspaceUri } from './workspace.ts';

const editor = 'aiwb.scorecard';
const uri = (): vscode.Uri => workspaceUri('committed.scorecard.json');

/** A scorecard as it was once written; under test, the extension lies in the repository. */
function fixture(name: string): Scorecard {
  const { extensionPath } = vscode.extensions.getExtension('ai-workbench.ai-workbench') ?? {};
  const file = path.join(extensionPath ?? '', 'test/fixtures/scorecards', `${name}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as ScorecardView).scorecard;
}

async function write(text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(uri(), Buffer.from(text));
}

/** Text of the page in the editor, once it shows `expected`. */
async function pageText(expected: string): Promise<string> {
  return await shown({ extensionId: 'ai-workbench.ai-workbench' }, text => text.includes(expected));
}

/** What the page says beneath the word of the verdict. */
function verdictOf({ record }: Scorecard): string {
  const [, rest = ''] = /^\w+: (.*)$/.exec(record.gate.sentence) ?? [];
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

describe('a scorecard file', function () {
  this.timeout(120_000);

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.workspace.fs.delete(uri()).then(undefined, () => undefined);
  });

  it('opens read-only, verified, in every theme', async function () {
    skipUndriven(this);
    const passed = fixture('passed');
    await write(JSON.stringify(passed, undefined, 2));
    await vscode.commands.executeCommand('vscode.open', uri());
    const { subject } = passed.record;
    const text = await pageText(verdictOf(passed));
    assert.ok(text.includes(`${subject.model}@${subject.version}`), text.slice(0, 500));
    const input = await eventually(() => {
      const { activeTab } = vscode.window.tabGroups.activeTabGroup;
      return activeTab?.input instanceof vscode.TabInputCustom ? activeTab.input : undefined;
    });
    assert.equal(input.viewType, editor);
    for (const theme of ['light', 'hc-dark', 'dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`scorecard-editor-${theme}`);
    }
    assert.deepEqual(await driver.auditWebview(), []);
  });

  it('is told to be tampered with when it changes on disk, and to be whole again when it is', async function () {
    skipUndriven(this);
    const passed = fixture('passed');
    const whole = JSON.stringify(passed);
    await write(whole);
    await vscode.commands.executeCommand('vscode.open', uri());
    await pageText(verdictOf(passed));
    const { record } = passed;
    const changed = { ...passed, record: { ...record, subject: { ...record.subject, version: '99' } } };
    await write(JSON.stringify(changed));
    await pageText('changed afterwards');
    await driver.screenshot('scorecard-editor-tampered');
    await write(whole);
    await shown({}, text => text.includes(verdictOf(passed)) && !text.includes('changed afterwards'));
  });

  it('is compared with another file that the user picks, in its own page', async function () {
    skipUndriven(this);
    const other = workspaceUri('before.scorecard.json');
    await write(JSON.stringify(fixture('passed')));
    await vscode.workspace.fs.writeFile(other, Buffer.from(JSON.stringify(fixture('failed'))));
    try {
      await vscode.commands.executeCommand('vscode.open', uri());
      await pageText(verdictOf(fixture('passed')));
      const compared = vscode.commands.executeCommand('aiwb.compareScorecard', uri());
      await untilShown('.quick-input-widget .quick-input-list .monaco-list-row');
      await driver.type('before.scorecard');
      // By its name: Enter would take the first entry, also while the list is not filtered yet.
      await clickEntry('before.scorecard');
      await compared;
      const text = await pageText('came out differently');
      assert.match(text, /Comparison/);
      await driver.screenshot('scorecard-editor-compared');
      assert.deepEqual(await driver.auditWebview(), []);
    } finally {
      await vscode.workspace.fs.delete(other);
    }
  });

  it('that is none says why, and opens as text', async function () {
    skipUndriven(this);
    await write('{"schemaVersion": 1, "record": ');
    await vscode.commands.executeCommand('vscode.open', uri());
    const text = await pageText('is no scorecard');
    assert.match(text, /as text/);
    await driver.screenshot('scorecard-editor-broken');
    await vscode.commands.executeCommand('aiwb.openScorecardSource');
    await activeEditor(document => document.uri.path === uri().path);
  });
});
