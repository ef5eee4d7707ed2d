import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { makePdf } from '../../fakes/documents.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { eventually, workspaceUri } from './workspace.ts';

describe('policies from documents', function () {
  this.timeout(240_000);
  const file = workspaceUri.bind(undefined, 'bias-policy.pdf');

  it('open as a draft whose quotes lead to their places', async function () {
    skipUndriven(this);
    const pages = [
      [{ text: 'Bias policy', size: 20 }, 'Owners talk to customers.'],
      [{ text: '2. Fairness', size: 14 }, '2.1 Models shall be tested for group bias before', 'each release.'],
    ];
    await vscode.workspace.fs.writeFile(file(), makePdf(pages));
    const text = await vscode.commands.executeCommand<string | undefined>('aiwb.draftPolicy', file(), null);
    assert.match(text ?? '', /id: "FAIR-2\.1"/);
    const draft = await eventually(see => {
      const document = vscode.window.activeTextEditor?.document;
      return see(document?.uri.scheme) === 'untitled' ? document : undefined;
    });
    assert.match(draft.uri.path, /bias-policy\.policy\.yaml$/);
    assert.equal(draft.languageId, 'aiwb-policy');
    assert.equal(draft.getText(), text);
    await eventually(async see =>
      see(await driver.notifications()).find(told => told.startsWith('1 control proposed')),
    );
    const [lens] = await eventually(async () => {
      const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        draft.uri,
        20,
      );
      const own = lenses.filter(({ command }) => command?.command === 'aiwb.showQuote');
      return own.length === 0 ? undefined : own;
    });
    assert.equal(lens?.command?.title, '$(quote) Show on page 2 of bias-policy.pdf');
    assert.match(draft.lineAt(lens.range.start).text, /quote: "Models shall/);
    const asked = (lens.command.arguments ?? []) as unknown[];
    await vscode.commands.executeCommand('aiwb.showQuote', ...asked);
    const shown = await eventually(() => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.uri.scheme === 'aiwb' && !editor.selection.isEmpty ? editor : undefined;
    });
    assert.equal(shown.document.getText(shown.selection), 'Models shall be tested for group bias before each release.');
    for (const theme of ['light', 'dark', 'hc-dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`policy-draft-${theme}`);
    }
    await setTheme('dark');
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.window.showTextDocument(draft);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.workspace.fs.delete(file());
  });
});
