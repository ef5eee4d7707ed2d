import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { startFakeOllama } from '../../fakes/ollama.ts';
import { startFakeServer, type FakeServer } from '../../fakes/fake-server.ts';
import { chatApi } from '../../fakes/openai-chat.ts';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { choose, fill, giveUp, question, quickInput, take } from './quick-input.ts';
import { eventually, workspaceUri } from './workspace.ts';

const key = 'canary-connect-3f6b';
const passwordBox = `${quickInput} input[type="password"]`;

const workbench = (): vscode.Uri => workspaceUri('workbench.yaml');
const textOf = async (uri: vscode.Uri): Promise<string> =>
  Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('utf8');

/** The file as it was, and known as such to whoever has it open: a watcher tells of it later. */
async function restore(content: Uint8Array): Promise<void> {
  await vscode.workspace.fs.writeFile(workbench(), content);
  const text = Buffer.from(content).toString('utf8');
  await eventually(see => {
    const open = vscode.workspace.textDocuments.find(({ uri }) => uri.path === workbench().path);
    return open === undefined || see(open.getText()) === text || undefined;
  });
}

describe('connecting a model', function () {
  this.timeout(300_000);
  let before: Uint8Array;
  let server: FakeServer;

  beforeEach(async function () {
    skipUndriven(this);
    before = await vscode.workspace.fs.readFile(workbench());
    server = await startFakeServer([chatApi], { '/v1/models': { data: [{ id: 'fake' }] } }, { requireKey: key });
  });
  afterEach(async () => {
    await driver.press('Escape');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await restore(before);
    await server.close();
  });

  it('asks who, where, with which key and model, tries it, and writes one edit', async () => {
    const connecting = vscode.commands.executeCommand<string | undefined>('aiwb.connectModel');
    await question(/Connect a Model.*OpenAI-compatible/s);
    await driver.screenshot('connect-provider');
    await choose(/Connect a Model/, 'OpenAI-compatible');
    await question(/OpenAI-compatible: Base URL/);
    await driver.type('ftp://elsewhere');
    await question(/begins with http/);
    await driver.screenshot('connect-address-invalid');
    await fill(/OpenAI-compatible: Base URL/, `${server.origin}/v1`);
    await question(/No Key/);
    await driver.screenshot('connect-key');
    await choose(/OpenAI-compatible: API Key/, 'Enter a Key…');
    await driver.waitFor(passwordBox);
    await fill(/OpenAI-compatible: API Key/, 'wrong-key');
    const listed = await question(/did not accept the credentials/);
    assert.match(listed, /OpenAI-compatible: Model/);
    await driver.screenshot('connect-model-refused');
    // Back to the key, which is still there to be replaced.
    await driver.click(`${quickInput} [aria-label^="Back"]`);
    await driver.waitFor(passwordBox);
    await fill(/OpenAI-compatible: API Key/, key);
    await question(/OpenAI-compatible: Model.*fake/s);
    await driver.screenshot('connect-model');
    await choose(/OpenAI-compatible: Model/, 'fault:404');
    await question(/It does not work/);
    await driver.screenshot('connect-test-failed');
    await choose(/Test: OpenAI-compatible · fault:404/, 'Change the Model');
    await choose(/OpenAI-compatible: Model/, 'fake');
    await question(/It Works: Go On/);
    await driver.screenshot('connect-test-passed');
    await take(/Test/, 'It Works: Go On');
    await choose(/Price/, 'Enter a Price…');
    await question(/US dollars per million tokens/);
    await driver.type('cheap');
    await question(/Two numbers/);
    await fill(/Price/, '2.50 / 10');
    await question(/Name of the Connection/);
    await driver.screenshot('connect-name');
    await fill(/Name of the Connection/, 'team-model');
    assert.equal(await connecting, 'team-model');

    const written = await textOf(workbench());
    assert.ok(written.startsWith(Buffer.from(before).toString('utf8').split('\n').slice(0, 2).join('\n')));
    assert.match(
      written,
      /team-model:\n +provider: openai\n +baseUrl: http:\/\/127\S+\n +model: fake\n +apiKey:\n +secret: team-model\n +price:\n +input: 2\.5\n +output: 10/,
    );
    const { document } = await eventually(see => {
      const { activeTextEditor } = vscode.window;
      if (see(activeTextEditor?.document.uri.path) !== workbench().path) return undefined;
      return /team-model/.test(see(activeTextEditor?.document.getText(activeTextEditor.selection)) ?? '')
        ? activeTextEditor
        : undefined;
    });
    await driver.screenshot('connect-written');

    // The key works without a question, for it was given for this address.
    await vscode.commands.executeCommand('aiwb.testConnection', {
      folder: workspaceUri('').fsPath.replace(/\/$/, ''),
      model: { kind: 'connection', name: 'team-model' },
    });
    await eventually(async see => see(await driver.notifications()).find(text => /team-model works: .*2?/.test(text)));
    for (const file of filesUnder(workspaceUri('').fsPath))
      assert.ok(!contentOf(file).includes(key), `${file} holds the key`);

    await vscode.commands.executeCommand('undo');
    await eventually(see => see(document.getText()) === Buffer.from(before).toString('utf8') || undefined);
    await document.save();
    await vscode.commands.executeCommand('aiwb.deleteApiKey', 'team-model');
  });

  it('leaves nothing behind where its person gives up', async () => {
    const connecting = vscode.commands.executeCommand<string | undefined>('aiwb.connectModel');
    await choose(/Connect a Model/, 'OpenAI-compatible');
    await fill(/Base URL/, `${server.origin}/v1`);
    await choose(/API Key/, 'Enter a Key…');
    await driver.waitFor(passwordBox);
    await fill(/API Key/, key);
    await question(/Model.*fake/s);
    await giveUp();
    assert.equal(await connecting, undefined);
    assert.deepEqual(await vscode.workspace.fs.readFile(workbench()), before);
    // A flow that comes later knows of no saved key.
    const again = vscode.commands.executeCommand('aiwb.connectModel');
    await choose(/Connect a Model/, 'OpenAI-compatible');
    await fill(/Base URL/, `${server.origin}/v1`);
    const keys = await question(/API Key.*No Key.*Environment Variable…/s);
    assert.ok(!/saved key/.test(keys), keys);
    await giveUp();
    await again;
  });

  it('finds servers of this machine first, and asks for neither address nor key', async () => {
    // Where Ollama listens: another run of these tests on the same machine gives it free in a moment.
    const ollama = await eventually(() => startFakeOllama({ port: 11_434 }), 90_000);
    try {
      const connecting = vscode.commands.executeCommand<string | undefined>('aiwb.connectModel');
      await question(/Ollama.*localhost:11434.*On this machine/s);
      for (const theme of ['light', 'hc-dark', 'hc-light', 'dark'] as const) {
        await setTheme(theme);
        await driver.screenshot(`connect-detected-${theme}`);
      }
      await driver.resize(520, 760);
      await driver.screenshot('connect-detected-narrow');
      await driver.resize(1280, 800);
      await take(/Connect a Model/, 'Ollama');
      await choose(/Ollama: Model/, 'llama3.2:1b');
      await take(/Test/, 'It Works: Go On');
      await choose(/Price/, 'No Price');
      await question(/Name of the Connection/);
      await driver.press('Enter');
      assert.equal(await connecting, 'llama3-2-1b');
      assert.match(await textOf(workbench()), /llama3-2-1b:\n +provider: ollama\n.* +model: llama3\.2:1b\n/s);
    } finally {
      await ollama.close();
    }
  });

  it('lets a failing test be passed over, and says what it is', async () => {
    const connecting = vscode.commands.executeCommand<string | undefined>('aiwb.connectModel');
    await choose(/Connect a Model/, 'Any HTTP endpoint');
    await fill(/Any HTTP endpoint: URL/, 'http://127.0.0.1:9/classify');
    await choose(/API Key/, 'No Key');
    await fill(/Any HTTP endpoint: Answer/, 'result.label');
    const failed = await question(/It does not work/);
    assert.match(failed.replace(/\s+/g, ' '), /could not be reached/);
    await choose(/Test/, 'Go On Anyway');
    await choose(/Price/, 'No Price');
    await fill(/Name of the Connection/, 'classifier');
    assert.equal(await connecting, 'classifier');
    assert.match(
      await textOf(workbench()),
      /classifier:\n +provider: http\n +url: http:\/\/127.0.0.1:9\/classify\n +output: result\.label\n/,
    );
  });
});

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => path.join(folder, name))
    .filter(file => statSync(file, { throwIfNoEntry: false })?.isFile() === true);
}

/** What a file holds: nothing where it has gone since it was listed, as a store's side files do. */
function contentOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  }
}
