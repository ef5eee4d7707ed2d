import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import path from 'node:path';
import * as vscode from 'vscode';
import { driver, setTheme, skipUndriven } from './driver.ts';
import { pageText } from './pages.ts';
import { eventually, workspaceUri } from './workspace.ts';

/** Results files as other tools write them; the suite is bundled, so the way leads through the extension's own folder. */
function fixture(name: string): vscode.Uri {
  const extension = vscode.extensions.all.find(
    ({ packageJSON }) => (packageJSON as { name?: string }).name === 'ai-workbench',
  );
  assert.ok(extension);
  return vscode.Uri.file(path.join(extension.extensionPath, 'test/fixtures/imports', name));
}

describe('what other tools wrote', function () {
  this.timeout(240_000);

  it('comes in as runs by a command, once, and stands in the Runs view', async function () {
    skipUndriven(this);
    const file = workspaceUri('promptfoo.json');
    await vscode.workspace.fs.copy(fixture('promptfoo.json'), file, { overwrite: true });
    const ids = await vscode.commands.executeCommand<string[]>('aiwb.importResults', file);
    assert.ok(ids.length > 0);
    await eventually(async see => see(await driver.notifications()).find(text => text.startsWith('Imported')));
    assert.deepEqual(await vscode.commands.executeCommand('aiwb.importResults', file), []);
    await eventually(async see => see(await driver.notifications()).find(text => /known already/.test(text)));
    const log = fixture('inspect-deflate.eval');
    await vscode.workspace.fs.copy(log, workspaceUri('run.eval'), { overwrite: true });
    await vscode.commands.executeCommand('aiwb.importResults', workspaceUri('run.eval'));
    await driver.runCommand('View: Show AI Workbench');
    await eventually(async see => {
      const text = see(await driver.text('.sidebar .pane-body >> nth=0'));
      return (/imported from promptfoo\.json/.test(text) && /run\.eval/.test(text)) || undefined;
    });
    for (const theme of ['light', 'dark', 'hc-dark'] as const) {
      await setTheme(theme);
      await driver.screenshot(`runs-imported-${theme}`);
    }
    await setTheme('dark');
    await vscode.commands.executeCommand('aiwb.openRun', ids[0]);
    await pageText({}, /Imported from promptfoo/);
    await driver.screenshot('run-page-imported');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('tells which file did not come in, and why', async function () {
    skipUndriven(this);
    const file = workspaceUri('odd.json');
    await vscode.workspace.fs.writeFile(file, Buffer.from('{"a": 1}'));
    assert.deepEqual(await vscode.commands.executeCommand('aiwb.importResults', file), []);
    await eventually(async see =>
      see(await driver.notifications()).find(text => text.includes('1 file was not imported')),
    );
    await vscode.workspace.fs.delete(file);
  });

  it('becomes a benchmark, beside its file', async () => {
    const file = workspaceUri('promptfooconfig.yaml');
    const text =
      'prompts: ["Category of: {{text}}"]\nproviders: [openai:gpt-4o]\ntests:\n  - vars: {text: Late.}\n    assert: [{type: equals, value: shipping}]\n';
    await vscode.workspace.fs.writeFile(file, Buffer.from(text));
    await vscode.commands.executeCommand('aiwb.convertFile', file);
    const document = await eventually(see => {
      const active = vscode.window.activeTextEditor?.document;
      return see(active?.uri.path)?.endsWith('.bench.yaml') === true ? active : undefined;
    });
    assert.match(document.getText(), /metrics:/);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });
});

describe('model servers on this machine', function () {
  this.timeout(180_000);

  it('become connections in workbench.yaml, where everything else stays as it was', async () => {
    // The port that LM Studio listens on, with the one address only it has; another run of these tests gives it free in a moment.
    const server = createServer((request, response) => {
      const found = request.url === '/api/v0/models';
      response.writeHead(found ? 200 : 404, { 'content-type': 'application/json' });
      response.end(found ? JSON.stringify({ data: [{ id: 'org/tiny-chat', type: 'llm' }] }) : '{}');
    });
    await eventually(async () => {
      server.listen(1234, '127.0.0.1');
      await once(server, 'listening');
      return true;
    }, 90_000);
    const file = workspaceUri('workbench.yaml');
    const before = Buffer.from(await vscode.workspace.fs.readFile(file)).toString();
    try {
      const names = await vscode.commands.executeCommand<string[]>('aiwb.detectServers', { all: true });
      assert.deepEqual(names, ['tiny-chat']);
      const after = Buffer.from(await vscode.workspace.fs.readFile(file)).toString();
      const at = after.indexOf('  tiny-chat:');
      assert.ok(at > 0);
      assert.ok(after.startsWith(before.trimEnd()), 'comments and connections are as they were');
      assert.match(
        after.slice(at),
        /provider: openai\n\s+baseUrl: http:\/\/localhost:1234\/v1\n\s+model: org\/tiny-chat/,
      );
      await vscode.commands.executeCommand('undo');
      await eventually(see => see(vscode.window.activeTextEditor?.document.getText()) === before || undefined);
    } finally {
      server.close();
      await vscode.workspace.fs.writeFile(file, Buffer.from(before));
      await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    }
  });
});
