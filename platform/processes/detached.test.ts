import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { environmentFor, startDetachedRun } from './detached.ts';

describe('a detached run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-detached-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gets its secrets over the standard input alone and writes to its log', async () => {
    const program = path.join(folder, 'program.mjs');
    writeFileSync(
      program,
      `import { text } from 'node:stream/consumers';
       const input = JSON.parse(await text(process.stdin));
       console.log(JSON.stringify({ argv: process.argv.slice(2), length: input.secret.length, leaks: JSON.stringify([process.argv, process.env]).includes(input.secret) }));`,
    );
    const logPath = path.join(folder, 'logs', 'r.log');
    const input = { secret: 'canary-secret-value' };
    await startDetachedRun({
      nodePath: process.execPath,
      aiwbPath: program,
      runId: 'r1',
      store: folder,
      folder,
      input,
      logPath,
    });
    let log = '';
    for (let tries = 0; tries < 200 && log === ''; tries += 1) {
      await wait(25);
      log = readFileSync(logPath, 'utf8');
    }
    assert.deepEqual(JSON.parse(log), { argv: ['run-worker', 'r1', '--store', folder], length: 19, leaks: false });
    assert.ok(!log.includes('canary'));
  });

  it('says so when the program cannot be started', async () => {
    const run = {
      nodePath: path.join(folder, 'nothing'),
      aiwbPath: 'x',
      runId: 'r',
      store: folder,
      folder,
      input: {},
      logPath: path.join(folder, 'l'),
    };
    await assert.rejects(startDetachedRun(run), /could not be started/);
  });

  it('does not inherit what an editor sets for itself', () => {
    const environment = environmentFor('/usr/bin/node', {
      PATH: '/bin',
      VSCODE_IPC_HOOK: 'x',
      ELECTRON_RUN_AS_NODE: '1',
    });
    assert.deepEqual(environment, { PATH: '/bin' });
    assert.equal(environmentFor('/opt/code/code', {})['ELECTRON_RUN_AS_NODE'], '1');
  });
});
