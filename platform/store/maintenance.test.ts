import assert from 'node:assert/strict';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { RunWriter, Store } from '../../engine/ports/store.ts';
import { createSetClock, makePlan, makeProgress, makeSamples, makeStoreFolder, spec } from '../../test/fakes/runs.ts';
import { describeHost } from '../host/describe.ts';
import { packSamples } from './batch.ts';
import { createContext } from './context.ts';
import { openDriver } from './driver.ts';
import { createHandlers } from './handlers.ts';
import { openDatabase } from './open.ts';
import { openStore } from './store.ts';

describe("the store's upkeep", () => {
  const clock = createSetClock();
  let folder = '';
  let store: Store;

  beforeEach(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
  });
  afterEach(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  const start = async (id: string, count: number, from = 0): Promise<RunWriter> => {
    await store.createRun({ id, spec, createdAt: clock.now() });
    const writer = await store.openWriter(id, describeHost());
    await writer.begin(makePlan());
    await writer.append(makeSamples(count, {}, from), makeProgress(count));
    return writer;
  };
  const finish = (writer: RunWriter): Promise<void> =>
    writer.finish({ state: 'succeeded', progress: makeProgress(), headlines: [] });

  it('states its facts', async () => {
    await start('a', 10);
    const facts = await store.facts();
    assert.equal(facts.path, folder);
    assert.equal(facts.runs, 1);
    assert.equal(facts.samples, 10);
    assert.equal(facts.unreferencedRows, 0);
    assert.ok(facts.bytes > 0);
    assert.match(facts.sqlite, /^3\./);
  });

  it('deletes archived runs of long ago, their logs and what only they referred to', async () => {
    const old = await start('old', 2_000);
    await finish(old);
    const log = path.join(folder, 'logs', 'old.log');
    const outside = path.join(path.dirname(folder), 'precious.txt');
    for (const file of [log, `${log}.1`, outside]) writeFileSync(file, 'x');
    await store.setLogPath('old', log);
    const kept = await start('kept', 10, 1_995);
    await finish(kept);
    await store.setLogPath('kept', outside);
    clock.advance(1_000);
    assert.equal((await store.collectGarbage(clock.now())).runs, 0);
    await store.setArchived('old', true);
    assert.equal((await store.collectGarbage(clock.now() - 2_000)).runs, 0);
    const { runs, bytes } = await store.collectGarbage(clock.now());
    assert.equal(runs, 1);
    assert.ok(bytes > 100_000, String(bytes));
    assert.deepEqual(readdirSync(path.join(folder, 'logs')), []);
    await store.setArchived('kept', true);
    await store.collectGarbage(clock.now());
    assert.ok(existsSync(outside));
    const facts = await store.facts();
    assert.deepEqual([facts.runs, facts.samples, facts.unreferencedRows], [0, 0, 0]);
  });

  it('does not compact under an active run, whose writer goes on after a cleaning', async () => {
    const old = await start('old', 500);
    await finish(old);
    await store.setArchived('old', true);
    const active = await start('active', 10, 490);
    clock.advance(10);
    const { runs } = await store.collectGarbage(clock.now());
    assert.equal(runs, 1);
    await active.append(makeSamples(500), makeProgress());
    assert.equal((await store.querySamples({ runId: 'active', limit: 1 })).total, 500);
    assert.equal((await store.facts()).unreferencedRows, 0);
  });

  it('copies itself while others write', async () => {
    const writer = await start('a', 3_000);
    const target = path.join(path.dirname(folder), 'copies', 'store.db');
    let copying = true;
    const copied = store.backup(target).finally(() => (copying = false));
    let row = 3_000;
    while (copying) {
      await writer.append(makeSamples(50, {}, row), makeProgress());
      row += 50;
    }
    await copied;
    assert.deepEqual(readdirSync(path.dirname(target)), ['store.db']);
    const copy = path.join(path.dirname(folder), 'copy');
    mkdirSync(copy);
    copyFileSync(target, path.join(copy, 'store.db'));
    clock.advance(20_000);
    const restored = await openStore({ folder: copy, clock });
    const { total } = await restored.querySamples({ runId: 'a', limit: 1 });
    assert.ok(total >= 3_000 && total <= row && total % 50 === 0);
    assert.equal((await restored.getRun('a')).summary.state, 'lost');
    await restored.close();
    await assert.rejects(store.backup(path.join(target, 'below', 'store.db')), hasCode('file-unwritable'));
  });

  it('loses nothing stored when the disk is full, and goes on once there is room', () => {
    const inside = path.join(path.dirname(folder), 'full');
    const driver = openDatabase({ folder: inside, readOnly: false, self: describeHost(), now: clock.now() });
    const handlers = createHandlers(createContext(inside, driver, describeHost(), clock.now));
    handlers.createRun({ id: 'a', spec, createdAt: clock.now() });
    const lease = handlers.takeLease('a', describeHost());
    handlers.begin(lease, makePlan());
    handlers.append(lease, packSamples(makeSamples(100)), makeProgress(100));
    const pages = Number(driver.get('PRAGMA page_count')?.['page_count']);
    driver.exec(`PRAGMA max_page_count = ${pages + 2}`);
    const big = packSamples(makeSamples(2_000, {}, 100));
    assert.throws(() => handlers.append(lease, big, makeProgress(2_100)), hasCode('store-full'));
    assert.equal(handlers.facts().samples, 100);
    assert.equal(handlers.getRun('a').summary.progress.done, 100);
    driver.exec('PRAGMA max_page_count = 1000000');
    handlers.append(lease, big, makeProgress(2_100));
    assert.equal(handlers.facts().samples, 2_100);
    driver.close();
  });

  it('waits for a lock, then tells who holds it', async () => {
    await start('a', 1);
    const file = path.join(folder, 'store.db');
    const holder = openDriver(file, { readOnly: false });
    const driver = openDriver(file, { readOnly: false, busyTimeout: 5, patience: 50 });
    const context = createContext(folder, driver, describeHost(), clock.now);
    holder.exec('BEGIN IMMEDIATE');
    assert.throws(
      () => context.write(() => undefined),
      error => hasCode('store-busy')(error) && String(error).includes(`run "sample" (process ${process.pid}`),
    );
    holder.exec('COMMIT');
    context.write(() => undefined);
    holder.close();
    driver.close();
  });
});

function hasCode(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}
