import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createLanguageServerPorts } from '../../cli/lsp.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { accuracy } from '../../test/fakes/assessed.ts';
import { ada, makeVersion } from '../../test/fakes/registry.ts';
import { openMemory } from '../../test/fakes/remembered.ts';
import { createSetClock, type SetClock } from '../../test/fakes/runs.ts';
import { createHistory, type History } from './history.ts';
import type { LanguageServerPorts, ReadableStore } from '../ports.ts';
import { pathOfUri, uriOfPath } from '../uris.ts';
import type { Workspace } from '../workspace.ts';

const { signal } = new AbortController();
const quiet = 6_000;
const bench = { name: 'triage', file: 'triage.bench.yaml', variants: [{ model: 'gpt' }] };

describe('what the store remembers', () => {
  let folder: string;
  let history: History;
  let clock: SetClock;
  let told: string[];
  let opened: string[];
  let ticks: (() => void)[];
  const uri = (file = 'triage.bench.yaml', root = folder): string => uriOfPath(path.join(root, file));

  /** `trusted` and ports in place of the real ones, with a clock that is moved by hand. */
  function start(ports: Partial<LanguageServerPorts> = {}, trusted = true): History {
    const real = createLanguageServerPorts(undefined);
    const own: LanguageServerPorts = {
      ...real,
      ...ports,
      clock: { ...clock, every: (_interval, callback) => (ticks.push(callback), () => (ticks = [])) },
      openStore(root, own) {
        opened.push(root);
        return (ports.openStore ?? real.openStore)(root, own);
      },
    };
    const workspace = {
      rootOf: (of: string) => Promise.resolve(path.dirname(pathOfUri(of) ?? '')),
      findWorkbench: async (of: string) => {
        const file = path.join(path.dirname(pathOfUri(of) ?? ''), 'workbench.yaml');
        return (await own.files.facts(file)) === undefined ? undefined : file;
      },
    } as Pick<Workspace, 'rootOf' | 'findWorkbench'> as Workspace;
    history = createHistory(
      own,
      workspace,
      () => trusted,
      message => told.push(message),
    );
    return history;
  }

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-history-'));
    clock = createSetClock(1_000);
    told = [];
    opened = [];
    ticks = [];
  });
  afterEach(async () => {
    await history.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('answers nothing without a store, makes none, and sees one that appears', async () => {
    start();
    assert.deepEqual(await history.runsOf(uri(), signal), []);
    assert.equal(await history.version(uri(), signal), undefined);
    assert.deepEqual([readdirSync(folder), opened.length], [[], 1]);
    const memory = await openMemory(folder);
    const id = await memory.remember(bench);
    assert.deepEqual(await history.runsOf(uri(), signal), [], 'looked again without patience');
    clock.advance(quiet);
    assert.deepEqual(
      (await history.runsOf(uri(), signal)).map(run => run.id),
      [id],
    );
    assert.deepEqual(told, []);
    await memory.close();
  });

  it('finds runs by file, name and id, models, versions, and what is not there', async () => {
    const memory = await openMemory(folder);
    const first = await memory.remember(bench);
    const second = await memory.remember({ ...bench, variants: [{ model: 'gpt', metrics: [accuracy(0.7, 10)] }] });
    await memory.remember({ ...bench, name: 'other', file: 'other.bench.yaml' });
    await memory.store.registry.createVersion(makeVersion(), { name: 'ticket-triage' }, ada);
    start();
    assert.deepEqual(
      (await history.runsOf(uri(), signal)).map(run => run.id),
      [second, first],
    );
    assert.deepEqual(
      (await history.runsOf(uri('other.bench.yaml'), signal)).map(run => run.name),
      ['other'],
    );
    assert.deepEqual(
      (await history.runsNamed(uri('x.policy.yaml'), 'triage', signal)).map(run => run.id),
      [second, first],
    );
    assert.equal((await history.runs(uri(), signal)).length, 3);
    assert.equal((await history.run(uri(), second, signal))?.report?.variants[0]?.metrics[0]?.value, 0.7);
    assert.deepEqual(
      (await history.models(uri(), signal)).map(model => model.name),
      ['ticket-triage'],
    );
    assert.deepEqual(
      (await history.versions(uri(), 'ticket-triage', signal)).map(each => each.version),
      ['1'],
    );
    assert.deepEqual(await history.assessments(uri(), 'ticket-triage', signal), []);
    assert.deepEqual(await history.waivers(uri(), signal), []);
    assert.equal(await history.run(uri(), 'no-such-run', signal), undefined);
    assert.deepEqual(await history.versions(uri(), 'nobody', signal), []);
    assert.deepEqual([told, opened.length], [[], 1]);
    await memory.close();
  });

  it('keeps answers until the store changes, and says that it has', async () => {
    let read = 0;
    const real = createLanguageServerPorts(undefined);
    start({
      async openStore(root, own) {
        const store = await real.openStore(root, own);
        return store && { ...store, listRuns: filter => ((read += 1), store.listRuns(filter)) };
      },
    });
    const memory = await openMemory(folder);
    await memory.remember(bench);
    const before = await history.version(uri(), signal);
    await history.runsOf(uri(), signal);
    await history.runsOf(uri(), signal);
    assert.equal(read, 1);
    assert.equal(await history.version(uri(), signal), before);
    await memory.remember(bench);
    assert.notEqual(await history.version(uri(), signal), before);
    assert.equal((await history.runsOf(uri(), signal)).length, 2);
    assert.equal(read, 2);
    await memory.close();
  });

  it('sees a store that took the place of another, and workbench.yaml naming another', async () => {
    start();
    const first = await openMemory(folder);
    await first.remember(bench);
    const version = await history.version(uri(), signal);
    assert.equal((await history.runsOf(uri(), signal)).length, 1);
    await first.close();
    rmSync(path.join(folder, '.aiwb'), { recursive: true });
    const second = await openMemory(folder);
    const ids = [await second.remember(bench), await second.remember(bench)].reverse();
    await second.close();
    clock.advance(quiet);
    assert.deepEqual(
      (await history.runsOf(uri(), signal)).map(run => run.id),
      ids,
    );
    assert.notEqual(await history.version(uri(), signal), version);
    const elsewhere = await openMemory(folder, path.join(folder, 'elsewhere'));
    const other = await elsewhere.remember(bench);
    writeFileSync(path.join(folder, 'workbench.yaml'), 'store: elsewhere\n');
    clock.advance(quiet);
    assert.deepEqual(
      (await history.runsOf(uri(), signal)).map(run => run.id),
      [other],
    );
    rmSync(path.join(folder, 'elsewhere'), { recursive: true });
    clock.advance(quiet);
    assert.deepEqual(await history.runsOf(uri(), signal), []);
    assert.deepEqual(told, []);
    await elsewhere.close();
  });

  it('tells once why a store cannot be read, and looks again later', async () => {
    let isNewer = true;
    const real = createLanguageServerPorts(undefined);
    start({
      openStore(root, own) {
        if (isNewer) throw new WorkbenchError('store-newer', 'The store is from a newer version.');
        return real.openStore(root, own);
      },
    });
    for (let ask = 0; ask < 4; ask++) {
      assert.deepEqual(await history.runsOf(uri(), signal), []);
      clock.advance(quiet);
    }
    assert.equal(opened.length, 4);
    assert.deepEqual(told, [`The store of ${folder} cannot be read: The store is from a newer version.`]);
    isNewer = false;
    const memory = await openMemory(folder);
    await memory.remember(bench);
    clock.advance(quiet);
    assert.equal((await history.runsOf(uri(), signal)).length, 1);
    await memory.close();
  });

  it('asks a store again that was busy, and tells it once', async () => {
    let failures = 2;
    const real = createLanguageServerPorts(undefined);
    start({
      async openStore(root, own) {
        const store = await real.openStore(root, own);
        if (store === undefined) return undefined;
        const listRuns: ReadableStore['listRuns'] = filter => {
          failures -= 1;
          if (failures >= 0) return Promise.reject(new WorkbenchError('store-busy', 'Somebody else writes.'));
          return store.listRuns(filter);
        };
        return { ...store, listRuns };
      },
    });
    const memory = await openMemory(folder);
    await memory.remember(bench);
    const found = [];
    for (let ask = 0; ask < 3; ask++) found.push((await history.runsOf(uri(), signal)).length);
    assert.deepEqual(found, [0, 0, 1]);
    assert.equal(told.length, 1);
    assert.match(told[0] ?? '', /could not answer: Somebody else writes/);
    await memory.close();
  });

  it('never writes, reads nothing in a workspace that is not trusted, and tells workspaces apart', async () => {
    const other = mkdtempSync(path.join(tmpdir(), 'aiwb-history-'));
    const memories = [await openMemory(folder), await openMemory(other)] as const;
    await memories[0].remember(bench);
    await memories[1].remember({ ...bench, file: 'b.bench.yaml' });
    await memories[1].remember({ ...bench, file: 'b.bench.yaml' });
    for (const memory of memories) await memory.close();
    const content = (): string =>
      createHash('sha256')
        .update(readFileSync(path.join(folder, '.aiwb/store.db')))
        .digest('hex');
    const before = content();
    start();
    assert.equal((await history.runsNamed(uri(), 'triage', signal)).length, 1);
    assert.equal((await history.runsNamed(uri('b.bench.yaml', other), 'triage', signal)).length, 2);
    assert.equal(content(), before);
    await history.close();
    assert.deepEqual(await history.runsNamed(uri(), 'triage', signal), []);
    opened = [];
    start({}, false);
    assert.deepEqual(await history.runsNamed(uri(), 'triage', signal), []);
    assert.deepEqual(opened, []);
    rmSync(other, { recursive: true });
  });

  it('lets a store go that nobody asks, and opens it again', async () => {
    let closed = 0;
    const real = createLanguageServerPorts(undefined);
    start({
      async openStore(root, own) {
        const store = await real.openStore(root, own);
        return store && { ...store, close: () => ((closed += 1), store.close()) };
      },
    });
    const memory = await openMemory(folder);
    await memory.remember(bench);
    await history.runsOf(uri(), signal);
    for (const tick of ticks) tick();
    assert.equal(closed, 0);
    clock.advance(6 * 60_000);
    for (const tick of ticks) tick();
    while ((closed as number) < 1) await new Promise(resolve => setTimeout(resolve, 5));
    assert.equal((await history.runsOf(uri(), signal)).length, 1);
    assert.equal(opened.length, 2);
    await memory.close();
  });

  it('stops for whoever gives up, and for nobody else', async () => {
    const memory = await openMemory(folder);
    await memory.remember(bench);
    start();
    const controller = new AbortController();
    const given = history.runsOf(uri(), controller.signal);
    const other = history.runsOf(uri(), signal);
    controller.abort();
    await assert.rejects(given);
    assert.equal((await other).length, 1);
    assert.deepEqual(told, []);
    await memory.close();
  });
});
