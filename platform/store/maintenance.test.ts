import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { RunWriter, Store } from '../../engine/ports/store.ts';
import type { EpochRecord } from '../../engine/ports/training.ts';
import { ada, makeParameter, makeRecord, makeVersion } from '../../test/fakes/registry.ts';
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

  it('keeps answers by their keys, the first one of each, and drops old ones', async () => {
    const keyOf = (number: number): string => number.toString(16).padStart(64, '0');
    const answers = Array.from({ length: 1200 }, (_, number) => ({ key: keyOf(number), answer: `"${number}"` }));
    await store.saveAnswers(answers);
    await store.saveAnswers([{ key: keyOf(7), answer: '"another"' }]);
    const found = await store.findAnswers([...answers.map(({ key }) => key), keyOf(5000)]);
    assert.deepEqual(
      new Map(found.map(({ key, answer }) => [key, answer])),
      new Map(answers.map(({ key, answer }) => [key, answer])),
    );
    assert.deepEqual(await store.findAnswers([]), []);
    clock.advance(1000);
    await store.saveAnswers([{ key: keyOf(9999), answer: '"new"' }]);
    assert.equal((await store.collectGarbage(clock.now())).answers, 1200);
    assert.deepEqual(await store.findAnswers([keyOf(7), keyOf(9999)]), [{ key: keyOf(9999), answer: '"new"' }]);
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

  it('removes blobs nobody refers to, once they are old', async () => {
    const put = async (text: string): Promise<string> => (await store.blobs.put(new TextEncoder().encode(text))).digest;
    const [weights, dropped, state, lost, card, asked, unused] = await Promise.all(
      ['weights', 'dropped', 'state', 'lost', 'card', 'asked', 'unused'].map(put),
    );
    assert.ok(weights && dropped && state && lost && card && asked && unused);
    const reference = { weightsDigest: asked };
    await store.createRun({
      id: 'asking',
      spec: { ...spec, trained: { 'checkpoint:x': reference } },
      createdAt: clock.now(),
    });
    await store.createRun({ id: 'tune', spec: { ...spec, kind: 'tune' }, createdAt: clock.now() });
    const writer = await store.openWriter('tune', describeHost());
    await writer.begin({ variants: [], environment: makePlan().environment });
    await writer.saveEpoch(makeEpoch(1, dropped, lost), used, makeProgress(1));
    await writer.saveEpoch(makeEpoch(2, weights, state), used, makeProgress(2));
    await store.registry.createVersion(
      makeVersion({ artifacts: [{ artifactType: 'doc-artifact', name: 'model-card', uri: 'blob:', digest: card }] }),
      { name: 'ticket-triage' },
      ada,
    );
    const [half, foreign] = [`${store.blobs.locate(unused)}.0.tmp`, path.join(folder, 'blobs', 'README')];
    for (const file of [half, foreign]) writeFileSync(file, 'x');
    const left = async (): Promise<string[]> => {
      const all = { weights, dropped, state, lost, card, asked, unused };
      const found = await Promise.all(
        Object.entries(all).map(async ([name, digest]) => [name, await store.blobs.has(digest)]),
      );
      return found.flatMap(([name, isThere]) => (isThere === true ? [String(name)] : []));
    };
    await store.collectGarbage(clock.now());
    assert.equal((await left()).length, 7);
    assert.equal((await store.facts()).blobBytes, 'weightsdroppedstatelostcardaskedunused'.length + 1);
    const old = clock.now() / 1_000 - 3_700;
    for (const digest of [weights, dropped, state, lost, card, asked, unused])
      utimesSync(store.blobs.locate(digest), old, old);
    for (const file of [half, foreign]) utimesSync(file, old, old);
    assert.ok((await store.collectGarbage(clock.now())).bytes >= 'droppedlostunused'.length);
    assert.deepEqual(await left(), ['weights', 'state', 'card', 'asked']);
    assert.deepEqual([existsSync(half), existsSync(foreign)], [false, true]);
  });

  it('keeps runs that a version came out of, and those that figures and findings rest on', async () => {
    const ids = ['lineage', 'figure', 'evidence', 'free'];
    for (const id of ids) {
      await finish(await start(id, 1));
      await store.setArchived(id, true);
    }
    const lineage = { runId: 'lineage', datasets: [], prompts: [] };
    const version = makeVersion({ lineage, artifacts: [makeParameter('epochs', 3, 'figure')] });
    await store.registry.createVersion(version, { name: 'ticket-triage' }, ada);
    const payload = { controls: [{ checks: [{ evidence: [{ kind: 'run', runId: 'evidence' }] }] }], note: 'free' };
    await store.ledger.append(makeRecord('assessment-1', { kind: 'assessment', payload }));
    clock.advance(1);
    assert.equal((await store.collectGarbage(clock.now())).runs, 1);
    const kept = await store.listRuns({ archived: true });
    assert.deepEqual(kept.map(run => run.id).sort(), ['evidence', 'figure', 'lineage']);
  });

  it('takes training with its run', async () => {
    const writer = await start('tune', 1);
    await writer.saveEpoch(makeEpoch(1, 'w', 's'), used, makeProgress(1));
    await finish(writer);
    await store.setArchived('tune', true);
    clock.advance(1);
    assert.equal((await store.collectGarbage(clock.now())).runs, 1);
    const driver = openDriver(path.join(folder, 'store.db'), { readOnly: true });
    for (const table of ['training_states', 'training_usage', 'training_epochs', 'checkpoints']) {
      assert.deepEqual(driver.all(`SELECT * FROM ${table}`), [], table);
    }
    driver.close();
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

  it('copies the blobs it refers to beside the database, and tells those it cannot', async () => {
    const put = async (text: string): Promise<string> => (await store.blobs.put(new TextEncoder().encode(text))).digest;
    const [kept, damaged, missing, unused] = [
      await put('kept'),
      await put('damaged'),
      await put('missing'),
      await put('no'),
    ];
    for (const weightsDigest of [kept, damaged, missing]) {
      await store.registry.createVersion(makeVersion({ weightsDigest }), { name: 'ticket-triage' }, ada);
    }
    writeFileSync(store.blobs.locate(damaged), 'd4maged');
    rmSync(store.blobs.locate(missing));
    const copy = path.join(path.dirname(folder), 'copy');
    const target = path.join(copy, 'store.db');
    const facts = { folder: `${target}.blobs`, blobs: 1, bytes: 4, unavailable: [damaged, missing].sort() };
    const first = await store.backup(target);
    assert.deepEqual({ ...first, unavailable: [...first.unavailable].sort() }, facts);
    assert.equal((await store.backup(target)).blobs, 1);
    assert.deepEqual(readdirSync(copy).sort(), ['store.db', 'store.db.blobs']);
    renameSync(`${target}.blobs`, path.join(copy, 'blobs'));
    const restored = await openStore({ folder: copy, clock });
    assert.equal(new TextDecoder().decode(await restored.blobs.read(kept)), 'kept');
    assert.deepEqual([await restored.blobs.has(damaged), await restored.blobs.has(unused)], [false, false]);
    await restored.close();
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

const used = { wallSeconds: 1, cpuSeconds: 1, peakMemoryBytes: 1 };

function makeEpoch(epoch: number, digest: string, stateDigest: string): EpochRecord {
  const point = { epoch, trainingLoss: 1, seconds: 1, aspects: [] };
  return { point, stateDigest, checkpoints: [{ epoch, digest, bytes: 1, best: true, last: true }] };
}

function hasCode(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}
