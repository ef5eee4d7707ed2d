import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isAlive } from '../host/alive.ts';
import { openLog, readLog } from './log.ts';

describe('a log', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-log-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is appended to, and moved aside once it is large', async () => {
    const file = path.join(folder, 'logs', 'run.log');
    for (const text of ['first\n', 'second\n', 'third\n']) {
      const log = await openLog(file, 10);
      await log.writeFile(text);
      await log.close();
    }
    assert.deepEqual(readdirSync(path.dirname(file)), ['run.log', 'run.log.1']);
    assert.equal(readFileSync(file, 'utf8'), 'third\n');
    assert.equal(readFileSync(`${file}.1`, 'utf8'), 'first\nsecond\n');
  });

  it('is read from its end, in whole lines', async () => {
    const file = path.join(folder, 'run.log');
    assert.equal(await readLog(file, 100), '');
    writeFileSync(file, 'eins\nzwei\ndrei ä\n');
    assert.equal(await readLog(file, 100), 'eins\nzwei\ndrei ä\n');
    assert.equal(await readLog(file, 9), 'drei ä\n');
    assert.equal(await readLog(file, 11), 'drei ä\n');
  });
});

describe('isAlive', () => {
  it('tells a living process from none', () => {
    assert.equal(isAlive(process.pid), true);
    assert.equal(isAlive(2 ** 22 + 1), false);
    assert.equal(isAlive(0), false);
    assert.equal(isAlive(-1), false);
  });
});
