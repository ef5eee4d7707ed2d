import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { RunWriter, SampleRecord, Store } from '../../engine/ports/store.ts';
import {
  createSetClock,
  makePlan,
  makeProgress,
  makeSample,
  makeSamples,
  makeStoreFolder,
  spec,
  without,
} from '../../test/fakes/runs.ts';
import { describeHost } from '../host/describe.ts';
import { openStore } from './store.ts';

describe('the store of a run', () => {
  const clock = createSetClock();
  const signal = new AbortController().signal;
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

  const start = async (id: string, variants = 2): Promise<RunWriter> => {
    await store.createRun({ id, spec, createdAt: clock.now() });
    const writer = await store.openWriter(id, describeHost());
    await writer.begin(makePlan(variants));
    return writer;
  };
  const readAll = async (id: string, variant?: number): Promise<SampleRecord[]> => {
    const all: SampleRecord[] = [];
    for await (const batch of store.readSamples(id, signal, variant)) all.push(...batch);
    return all;
  };

  it('lays out its folder, out of version control', () => {
    assert.equal(readFileSync(path.join(folder, '.gitignore'), 'utf8'), '*\n');
    for (const part of ['store.db', 'logs', 'blobs']) assert.ok(existsSync(path.join(folder, part)));
    assert.equal(store.path, folder);
  });

  it('keeps a run from its asking to its end', async () => {
    const created = await store.createRun({ id: 'run-1', spec: { ...spec, cell: 'c1' }, createdAt: clock.now() });
    assert.equal(created.summary.state, 'queued');
    assert.deepEqual(created.spec, { ...spec, cell: 'c1' });
    const writer = await store.openWriter('run-1', describeHost());
    assert.equal((await store.getRun('run-1')).summary.state, 'provisioning');
    await writer.begin(makePlan());
    await store.setLogPath('run-1', path.join(folder, 'logs', 'run-1.log'));
    clock.advance(5);
    await writer.append(makeSamples(3), makeProgress(3));
    const running = await store.getRun('run-1');
    assert.equal(running.summary.state, 'running');
    assert.equal(running.summary.progress.done, 3);
    assert.equal(running.summary.pid, process.pid);
    assert.deepEqual(running.variants, makePlan().variants);
    assert.deepEqual(running.dataset, makePlan().dataset);
    const headlines = [{ model: 'model-0', label: 'Exact match', value: 0.5, unit: 'ratio' as const }];
    await writer.finish({ state: 'succeeded', progress: makeProgress(3), headlines, gate: 'met' });
    const { summary, logPath } = await store.getRun('run-1');
    assert.equal(summary.state, 'succeeded');
    assert.equal(summary.resumable, false);
    assert.equal(summary.gate, 'met');
    assert.deepEqual(summary.headlines, headlines);
    assert.equal(summary.endedAt, clock.now());
    assert.equal(logPath, path.join(folder, 'logs', 'run-1.log'));
  });

  it('gives samples back as they were stored, in that order', async () => {
    const writer = await start('run-1');
    const stored = [
      makeSample(4, { output: 'ä "quoted" \u0000 text', firstTokenMs: 1.25, outputTokens: 3, cost: 0.000125 }),
      withoutAnswer(makeSample(1, { variant: 1, failure: { class: 'timeout', message: 'no answer in 30 s' } })),
      makeSample(4, { occurrence: 1, repeat: 2, scores: { f1: 0.25, 'exact-match': 0 } }),
    ];
    await writer.append(stored, makeProgress(3));
    assert.deepEqual(await readAll('run-1'), stored);
    assert.deepEqual(await readAll('run-1', 1), stored.slice(1, 2));
    assert.deepEqual(await readAll('run-1', 7), []);
  });

  it('gives a report what metrics see of samples, and leaves the rest out', async () => {
    const writer = await start('observed');
    const sample = makeSample(3);
    await writer.append([sample], makeProgress());
    const { signal } = new AbortController();
    for await (const samples of store.readObserved('observed', signal))
      assert.deepEqual(samples, [{ ...sample, input: '', rowDigest: '' }]);
  });

  it('reads more samples than one batch', async () => {
    const writer = await start('run-1');
    await writer.append(makeSamples(4_000), makeProgress());
    await writer.append(makeSamples(500, {}, 4_000), makeProgress());
    const sizes: number[] = [];
    for await (const batch of store.readSamples('run-1', signal)) sizes.push(batch.length);
    assert.deepEqual(sizes, [2_000, 2_000, 500]);
    const abort = new AbortController();
    const read = async (): Promise<void> => {
      for await (const batch of store.readSamples('run-1', abort.signal)) if (batch.length > 0) abort.abort();
    };
    await assert.rejects(read(), { name: 'AbortError' });
  });

  it('replaces a sample that was asked again, under the same link', async () => {
    const writer = await start('run-1');
    const failed = withoutAnswer(makeSample(1, { failure: { class: 'server', message: '503' } }));
    await writer.append([makeSample(0), failed], makeProgress(2));
    await writer.append([makeSample(1), makeSample(2)], makeProgress(3));
    assert.deepEqual(await readAll('run-1'), makeSamples(3));
    const page = await store.querySamples({ runId: 'run-1', limit: 10 });
    assert.equal(page.total, 3);
    assert.deepEqual(
      page.rows.map(row => row.row),
      [0, 1, 2],
    );
    assert.equal(page.rows[1]?.id, 2);
  });

  it('stores equal content once, also across runs, until nobody refers to it', async () => {
    const first = await start('run-1');
    await first.append(makeSamples(4_000), makeProgress());
    await first.append(makeSamples(4_000, { variant: 1 }), makeProgress());
    const second = await start('run-2');
    await second.append(makeSamples(100), makeProgress());
    await second.append(makeSamples(10, {}, 4_000), makeProgress());
    assert.equal((await store.facts()).samples, 8_110);
    assert.equal((await readAll('run-2')).length, 110);
    const { signal } = new AbortController();
    const known = new Set((await store.readColumns('run-1', 0, [], signal)).content);
    const shared = [...(await store.readColumns('run-2', 0, [], signal)).content].filter(content => known.has(content));
    assert.equal(shared.length, 100);
    await second.finish({ state: 'succeeded', progress: makeProgress(), headlines: [] });
    await first.finish({ state: 'succeeded', progress: makeProgress(), headlines: [] });
    await store.setArchived('run-1', true);
    clock.advance(1);
    const { bytes, runs } = await store.collectGarbage(clock.now());
    assert.equal(runs, 1);
    assert.ok(bytes > 100_000);
    assert.equal((await store.facts()).unreferencedRows, 0);
    assert.deepEqual(await readAll('run-2'), makeSamples(100).concat(makeSamples(10, {}, 4_000)));
    const third = await start('run-3');
    await third.append(makeSamples(200), makeProgress());
    assert.deepEqual(await readAll('run-3'), makeSamples(200));
  });

  it('finds a run by the beginning of its id', async () => {
    await store.createRun({ id: 'abc-1', spec, createdAt: 1 });
    await store.createRun({ id: 'abd-2', spec, createdAt: 2 });
    assert.equal((await store.getRun('abc')).summary.id, 'abc-1');
    await assert.rejects(store.getRun('ab'), hasCode('run-not-found'));
    await assert.rejects(store.getRun('x'), hasCode('run-not-found'));
    await assert.rejects(store.getRun(''), hasCode('run-not-found'));
    await assert.rejects(store.getRun('%'), hasCode('run-not-found'));
  });

  it('lists runs newest first, archived ones apart', async () => {
    for (const [index, id] of ['a', 'b', 'c'].entries()) {
      await store.createRun({ id, spec: { ...spec, file: `${index % 2}.bench.yaml` }, createdAt: index });
    }
    assert.equal((await store.setArchived('b', true)).archived, true);
    const ids = async (filter: object): Promise<string[]> => (await store.listRuns(filter)).map(run => run.id);
    assert.deepEqual(await ids({}), ['c', 'a']);
    assert.deepEqual(await ids({ limit: 1 }), ['c']);
    assert.deepEqual(await ids({ before: 'c' }), ['a']);
    assert.deepEqual(await ids({ before: 'a' }), []);
    assert.deepEqual(await ids({ archived: true }), ['b']);
    assert.deepEqual(await ids({ file: '1.bench.yaml', archived: true }), ['b']);
    assert.deepEqual(await ids({ file: '1.bench.yaml' }), []);
  });

  it('records why a queued run could not be started, and only that', async () => {
    await store.createRun({ id: 'a', spec, createdAt: clock.now() });
    await store.failQueued('a', { code: 'sqlite-missing', message: 'No Node.' });
    const { summary } = await store.getRun('a');
    assert.equal(summary.state, 'failed');
    assert.equal(summary.failure?.message, 'No Node.');
    assert.equal(summary.resumable, true);
    await start('b');
    await store.failQueued('b', { code: 'internal', message: 'late' });
    assert.equal((await store.getRun('b')).summary.state, 'running');
  });

  it('tells another connection that something changed', async () => {
    const other = await openStore({ folder, clock, readOnly: true });
    const before = await other.dataVersion();
    assert.equal(await other.dataVersion(), before);
    await store.createRun({ id: 'a', spec, createdAt: 1 });
    assert.notEqual(await other.dataVersion(), before);
    await assert.rejects(other.createRun({ id: 'b', spec, createdAt: 1 }), hasCode('store-unwritable'));
    await other.close();
    await assert.rejects(other.dataVersion(), hasCode('internal'));
  });
});

function withoutAnswer(sample: SampleRecord): SampleRecord {
  return { ...without(sample, 'output', 'right', 'latencyMs'), scores: {} };
}

function hasCode(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}
