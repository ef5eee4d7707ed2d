import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { startFakeServer, type FakeServer } from '../../fakes/fake-server.ts';
import { chatApi } from '../../fakes/openai-chat.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { openText, shownText, untilShown } from './shown.ts';
import { workspaceUri } from './workspace.ts';

const themes = ['light', 'dark', 'hc-dark', 'hc-light'] as const;
const prompt = `name: Greeting
messages:
  - role: user
    content: "Greet {{name}} in {{language}}"
`;

describe('prompts in VS Code', function () {
  this.timeout(120_000);
  const file = workspaceUri('greeting.prompt.yml');
  const workbench = workspaceUri('workbench.yaml');
  let server: FakeServer;
  let original: Uint8Array;

  before(async () => {
    server = await startFakeServer(
      [chatApi],
      {},
      {
        delay: 50,
        answers: messages => `Hello, here is what I was asked: ${messages.at(-1)?.content ?? ''}. That is all.`,
      },
    );
    original = await vscode.workspace.fs.readFile(workbench);
    const connection = (model: string): string => `{provider: openai, baseUrl: "${server.origin}/v1", model: ${model}}`;
    const text = `connections:\n  first: ${connection('a')}\n  second: ${connection('b')}\n`;
    await vscode.workspace.fs.writeFile(workbench, Buffer.from(text));
    await vscode.workspace.fs.writeFile(file, Buffer.from(prompt));
  });

  after(async () => {
    await vscode.workspace.fs.writeFile(workbench, original);
    await vscode.workspace.fs.delete(file);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await server.close();
  });

  it('are tried by their lens: models are picked, values typed, answers shown side by side', async function () {
    skipUndriven(this);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await openText(file);
    await untilShown('.codelens-decoration >> text=/Try prompt/');
    await driver.click('.codelens-decoration >> text=/Try prompt/');
    for (const model of ['first', 'second']) {
      await untilShown(`.quick-input-list .monaco-list-row >> text="${model}"`);
      await driver.click(`.quick-input-list .monaco-list-row >> text="${model}"`);
    }
    await untilShown('.quick-input-widget >> text=/2 Selected/');
    await driver.screenshot('prompt-models');
    await driver.press('Enter');
    await untilShown('.quick-input-widget >> text=/name \\(1 of 2\\)/');
    await driver.type('Ada');
    await driver.press('Enter');
    await untilShown('.quick-input-widget >> text=/language \\(2 of 2\\)/');
    await driver.type('French');
    await driver.press('Enter');
    const page = await pageText('Greeting', text => text.includes('Finished') && text.includes('That is all.'));
    assert.match(page, /first/);
    assert.match(page, /second/);
    assert.match(page, /Greet Ada in French/);
    // What was chosen last stands there again.
    await driver.clickInWebview('vscode-button >> text=Try Again', { title: 'Greeting' });
    await untilShown('.quick-input-widget >> text=/2 Selected/');
    await driver.press('Escape');
  });

  it('are tried by the command with what it is given, and show their page in every theme and width', async function () {
    skipUndriven(this);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    const values = [
      { name: 'Ada', language: 'French' },
      { name: 'Grace', language: 'German, with a longer sentence to see how the lines of an input break on a page' },
    ];
    const runId = await vscode.commands.executeCommand<string>('aiwb.tryPrompt', file, {
      models: ['first', 'second'],
      trial: { values },
    });
    assert.match(runId, /^\d{8}-\d{6}-/);
    await pageText('Greeting', text => text.includes('Finished') && text.includes('Case 2'));
    for (const theme of themes) {
      await setTheme(theme);
      await driver.screenshot(`prompt-page-${theme}`);
    }
    await setTheme('dark');
    await driver.resize(560, 800);
    await driver.screenshot('prompt-page-narrow');
    await driver.resize(1280, 800);
    assert.deepEqual(await driver.auditWebview({ title: 'Greeting' }), []);
    await driver.runCommand('View: Show AI Workbench');
    // Other tests may have left another section open.
    await vscode.commands.executeCommand('aiwb.runs.focus');
    await shownText('.sidebar .pane:has(> .pane-header[aria-label^="Runs Section"])', /Greeting/);
    await driver.screenshot('prompt-tree');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await openText(file);
    await untilShown('.codelens-decoration >> text=/Last: /');
  });

  it('tell what is missing before anything is sent', async () => {
    const { requests } = server.stats;
    const none = await vscode.commands.executeCommand('aiwb.tryPrompt', file, { models: ['first'], trial: {} });
    assert.equal(none, undefined);
    assert.equal(server.stats.requests, requests);
  });
});
