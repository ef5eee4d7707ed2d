import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { createClock } from '../host/clock.ts';
import { describeHost } from '../host/describe.ts';
import { openDriver } from './driver.ts';
import { checkLocation, findMount, parseMountInfo, parseMountOutput } from './location.ts';
import { isAtLeast, openDatabase } from './open.ts';
import { applicationId, checkVersion, migrate, schemaVersion } from './schema.ts';
import { migrations } from './migrations.ts';
import { openStore } from './store.ts';
import { locateWorker } from '../processes/worker-file.ts';

describe('opening the store', () => {
  const clock = createClock();
  let root = '';
  let folder = '';
  let file = '';

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'aiwb-open-'));
    folder = path.join(root, '.aiwb');
    file = path.join(folder, 'store.db');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('leaves a store of a newer version untouched, byte for byte', async () => {
    await (await openStore({ folder, clock })).close();
    const database = new DatabaseSync(file);
    database.exec(`PRAGMA user_version = ${schemaVersion + 1}`);
    database.close();
    const before = readFileSync(file);
    const names = readdirSync(folder);
    await assert.rejects(openStore({ folder, clock }), hasCode('store-newer'));
    await assert.rejects(openStore({ folder, clock, readOnly: true }), hasCode('store-newer'));
    assert.ok(readFileSync(file).equals(before));
    assert.deepEqual(readdirSync(folder), names);
  });

  it('refuses what is no store, and leaves it as it is', async () => {
    mkdirSync(folder);
    for (const content of ['no database at all', 'x'.repeat(5_000)]) {
      writeFileSync(file, content);
      await assert.rejects(openStore({ folder, clock }), hasCode('store-corrupt'));
      assert.equal(readFileSync(file, 'utf8'), content);
    }
    rmSync(file);
    const foreign = new DatabaseSync(file);
    foreign.exec('CREATE TABLE theirs (a)');
    foreign.close();
    await assert.rejects(openStore({ folder, clock }), hasCode('store-corrupt'));
  });

  it('tells a damaged store', async () => {
    await (await openStore({ folder, clock })).close();
    const bytes = readFileSync(file);
    bytes.fill(0x55, 100, 4096);
    writeFileSync(file, bytes);
    await assert.rejects(openStore({ folder, clock }), hasCode('store-corrupt'));
  });

  it('takes an empty file for a new store', async () => {
    mkdirSync(folder);
    writeFileSync(file, '');
    const store = await openStore({ folder, clock });
    assert.equal((await store.facts()).schemaVersion, schemaVersion);
    await store.close();
  });

  it('does not make a store for reading only', async () => {
    await assert.rejects(openStore({ folder, clock, readOnly: true }), hasCode('file-not-found'));
    assert.deepEqual(readdirSync(root), []);
  });

  it('tells that its folder cannot be made', async () => {
    writeFileSync(folder, 'a file stands here');
    await assert.rejects(openStore({ folder, clock }), hasCode('store-unwritable'));
  });

  it('tells that it may not write', async function () {
    if (process.platform === 'win32') this.skip();
    await (await openStore({ folder, clock })).close();
    for (const name of readdirSync(folder)) chmodSync(path.join(folder, name), 0o555);
    chmodSync(folder, 0o555);
    const code = openAsOther(folder);
    chmodSync(folder, 0o755);
    if (code === undefined) this.skip();
    assert.equal(code, 'store-unwritable');
  });

  it('may be opened for the first time by several at once', async () => {
    const stores = await Promise.all(Array.from({ length: 4 }, () => openStore({ folder, clock })));
    for (const store of stores) {
      assert.equal((await store.facts()).schemaVersion, schemaVersion);
      await store.close();
    }
  });

  for (const after of [1, 2, 3])
    it(`is no damaged store where another process makes it behind look ${after}`, () => {
      mkdirSync(folder);
      const maker = openDriver(file, { readOnly: false });
      const looker = openDriver(file, { readOnly: false });
      let looks = 0;
      const get: typeof looker.get = (...question) => {
        const row = looker.get(...question);
        if (++looks === after) migrate(maker);
        return row;
      };
      assert.equal(checkVersion({ ...looker, path: file, get }), 0);
      looker.close();
      maker.close();
    });

  it('sets the journal as the version of SQLite allows', () => {
    assert.equal(isAtLeast('3.51.3', [3, 51, 3]), true);
    assert.equal(isAtLeast('3.51.2', [3, 51, 3]), false);
    assert.equal(isAtLeast('3.53', [3, 51, 3]), true);
    assert.equal(isAtLeast('4.0.0', [3, 51, 3]), true);
    const driver = openDatabase({ folder, readOnly: false, self: describeHost(), now: Date.now() });
    const version = String(driver.get('SELECT sqlite_version() AS v')?.['v']);
    const journal = driver.get('PRAGMA journal_mode')?.['journal_mode'];
    assert.equal(journal, isAtLeast(version, [3, 51, 3]) ? 'wal' : 'delete');
    driver.close();
  });

  it('migrates step by step from every version, all or nothing', () => {
    mkdirSync(folder);
    const driver = openDriver(file, { readOnly: false });
    migrate(driver);
    assert.equal(driver.get('PRAGMA application_id')?.['application_id'], applicationId);
    const next = [...migrations, 'ALTER TABLE runs ADD COLUMN extra TEXT'];
    assert.throws(() => migrate(driver, [...next, 'NOT SQL']));
    assert.equal(driver.get('PRAGMA user_version')?.['user_version'], migrations.length);
    migrate(driver, next);
    migrate(driver, next);
    assert.equal(driver.get('PRAGMA user_version')?.['user_version'], migrations.length + 1);
    assert.throws(() => migrate(driver), hasCode('store-newer'));
    driver.close();
  });

  it('refuses network mounts with the reason', () => {
    const mounts = parseMountInfo(
      [
        '22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw',
        '40 22 0:50 / /home/my\\040share rw - nfs4 server:/export rw',
        '41 22 0:51 / /mnt/remote rw - fuse.sshfs me@server:/ rw',
      ].join('\n'),
    );
    assert.equal(findMount('/home/my share/project/.aiwb', mounts)?.type, 'nfs4');
    assert.equal(findMount('/home/my shared', mounts)?.type, 'ext4');
    assert.equal(findMount('/mnt/remote', mounts)?.type, 'fuse.sshfs');
    checkLocation(folder, mounts);
    assert.throws(
      () => checkLocation(folder, [...mounts, { point: root, type: 'cifs' }]),
      error => hasCode('store-remote')(error) && /cifs/.test(String(error)),
    );
    const [local, share] = parseMountOutput(
      '/dev/disk3s1 on / (apfs, local)\n//me@server/share on /Volumes/share (smbfs, nodev)',
    );
    assert.deepEqual(local, { point: '/', type: 'apfs' });
    assert.deepEqual(share, { point: '/Volumes/share', type: 'smbfs' });
  });

  it('finds its worker beside the source and beside a bundle', () => {
    assert.match(locateWorker('file:///x/store.ts', 'store-worker').pathname, /\/x\/worker\.ts$/);
    writeFileSync(path.join(root, 'store-worker.mjs'), '');
    mkdirSync(path.join(root, 'chunks'));
    for (const from of [`file://${root}/aiwb.mjs`, `file://${root}/chunks/store.mjs`]) {
      assert.equal(locateWorker(from, 'store-worker').pathname, `${root}/store-worker.mjs`);
    }
    assert.throws(() => locateWorker('file:///nowhere/aiwb.mjs', 'store-worker'), hasCode('internal'));
  });
});

/** Opens the store as an unprivileged user, for whom permissions count; undefined where that is not possible. */
function openAsOther(folder: string): string | undefined {
  const script = `
    if (process.getuid() === 0) { process.setgid(65534); process.setuid(65534); }
    const { openDatabase } = await import(${JSON.stringify(new URL('./open.ts', import.meta.url).href)});
    try {
      const driver = openDatabase({ folder: process.argv[1], readOnly: false, self: { host: 'h', bootId: 'b' }, now: 0 });
      driver.write(() => driver.run('UPDATE store_state SET seen_at = 1'));
      console.log('written');
    } catch (error) {
      console.log(error.code);
    }`;
  try {
    const flags = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script, folder];
    const parent = path.dirname(folder);
    chmodSync(parent, 0o755);
    return execFileSync(process.execPath, flags, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

function hasCode(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}
