import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import process from 'node:process';
import * as vscode from 'vscode';
import {
  ask,
  benchmark,
  deleteEditingWorkspace,
  finding,
  findings,
  inFile,
  notEmpty,
  rangeOf,
  replace,
  writeEditingWorkspace,
} from './editing.ts';
import { driver, skipUndriven } from './driver.ts';
import { eventually } from './workspace.ts';

/** The language servers that this extension host started; read from Linux's list of processes. */
function languageServers(): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        const parent = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        if (Number(parent) !== process.pid) return false;
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('lsp');
      } catch {
        return false; // It has ended since it was listed.
      }
    });
}

async function theServer(except?: number): Promise<number> {
  return await eventually(see => {
    const [pid, ...others] = see(languageServers());
    return pid !== undefined && pid !== except && others.length === 0 ? pid : undefined;
  });
}

describe('the language server', function () {
  this.timeout(300_000);
  before(async function () {
    if (process.platform !== 'linux') this.skip();
    await writeEditingWorkspace();
  });
  after(deleteEditingWorkspace);

  it('is started again when it dies, and then knows what is open as it is now', async () => {
    const { document } = await inFile.open('aiwb-bench', benchmark('surviving'));
    // One that dies before it has answered is not started again.
    await ask('vscode.executeDocumentSymbolProvider', notEmpty, document.uri);
    const before = await theServer();
    process.kill(before, 'SIGKILL');
    await theServer(before);
    await replace(document, rangeOf(document, 'metrics'), 'metrcs');
    await findings(document, list => list.some(({ message }) => message.includes('metrcs')));
    await replace(document, rangeOf(document, 'metrcs'), 'metrics');
    await findings(document, list => !notEmpty(list));
  });

  it('is started anew by a command, with no finding left from before', async () => {
    const { document } = await inFile.open('aiwb-bench', benchmark('restarted').replace('metrics', 'metrcs'));
    await finding(document, 'unknown-field');
    const before = await theServer();
    await vscode.commands.executeCommand('aiwb.restartLanguageServer');
    await theServer(before);
    await finding(document, 'unknown-field');
    await replace(document, rangeOf(document, 'metrcs'), 'metrics');
    await findings(document, list => !notEmpty(list));
  });

  it('is given up when it dies again and again, which is said, and comes back when asked', async function () {
    skipUndriven(this);
    const { document } = await inFile.open('aiwb-bench', benchmark('mended'));
    let last: number | undefined;
    const isGivenUp = async (): Promise<boolean> =>
      (await driver.notifications()).some(text => text.startsWith('Checking and completion are off'));
    // One of them was killed above, too.
    for (let death = 0; death < 5 && !(await isGivenUp()); death++) {
      last = await theServer(last);
      // A server that dies before it has answered is not started again: wait until it checks.
      const word = `metrcs${death}`;
      await replace(document, new vscode.Range(0, 0, 0, 0), `${word}: []\n`);
      await findings(document, list => list.some(({ message }) => message.includes(word)));
      process.kill(last, 'SIGKILL');
    }
    await eventually(async () => (await isGivenUp()) || undefined);
    assert.deepEqual(languageServers(), []);
    await driver.screenshot('language-server-given-up');
    await driver.answerNotification('Checking and completion are off', 'Try Again');
    await theServer();
    await findings(document, list => list.some(({ message }) => message.includes('metrcs')));
  });
});
