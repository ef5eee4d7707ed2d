import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { openStore } from '../../platform/store/store.ts';
import { createMemoryRegistry, registriesOf } from '../../test/fakes/memory-registry.ts';
import { ada, newFigure, newVersion } from '../../test/fakes/registry-contract.ts';
import { createSetClock, makeStoreFolder } from '../../test/fakes/runs.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { ModelRegistry } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';
import { listRegistries, pageModels, pageVersions } from './browse.ts';
import type { Registries } from './registries.ts';
import { describeRemoteModel, describeRemoteVersion } from '../versions/remote-details.ts';
import { syncRegistry } from './sync.ts';

const signal = new AbortController().signal;
const down = new WorkbenchError('registry-unreachable', 'It is not there.');

describe('reading a registry into the catalogue', () => {
  const clock = createSetClock();
  let folder = '';
  let store: Store;
  let calls: string[];
  let fails: (call: string) => void;
  let shared: ModelRegistry;
  let registries: Registries;

  beforeEach(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
    calls = [];
    fails = () => undefined;
    let time = 1_000;
    shared = createMemoryRegistry({
      now: () => (time += 1),
      before(call) {
        calls.push(call);
        fails(call);
      },
    });
    registries = registriesOf(store.registry, { shared });
  });
  afterEach(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  const sync = (options: Parameters<typeof syncRegistry>[2] = {}, stop = signal) =>
    syncRegistry(shared, { catalogue: store.catalogue, clock }, options, stop);
  const names = async (filter = ''): Promise<string[]> =>
    (await pageModels({ registry: 'shared', filter }, registries, store.catalogue, signal)).models.map(row => row.name);

  async function add(name: string, digit: string, properties: Record<string, string | number> = {}, tasks = ['asr']) {
    const version = newVersion(name, digit, { status: 'approved', customProperties: properties });
    return shared.createVersion(version, { name, tasks, provider: 'Acme' }, ada);
  }

  it('asks the registry itself until it was read, and filters what comes', async () => {
    await add('whisper', 'a', { 'aiw.baseline.ttft_p90': 120 });
    await add('parakeet', 'b', { 'aiw.baseline.ttft_p90': 300 });
    await add('reader', 'c', {}, ['ocr']);
    assert.deepEqual(await names(), ['parakeet', 'reader', 'whisper']);
    assert.deepEqual(await names('status:approved ttft_p90<200 task:asr'), ['whisper']);
    const page = await pageModels({ registry: 'shared', limit: 1 }, registries, store.catalogue, signal);
    assert.equal(page.cachedAt, undefined);
    await sync();
    const second = await pageModels(
      { registry: 'shared', after: page.next ?? '' },
      registries,
      store.catalogue,
      signal,
    );
    assert.deepEqual(
      second.models.map(row => row.name),
      ['reader', 'whisper'],
    );
  });

  it('answers from what was read, with its age, also when the registry is gone', async () => {
    await add('whisper', 'a', { 'aiw.baseline.ttft_p90': 120 });
    await add('reader', 'c', {}, ['ocr']);
    const outcome = await sync();
    assert.deepEqual([outcome.state, outcome.models, outcome.versions, outcome.mode], ['done', 2, 2, 'whole']);
    fails = () => {
      throw down;
    };
    const page = await pageModels({ registry: 'shared', filter: 'task:asr' }, registries, store.catalogue, signal);
    assert.equal(typeof page.cachedAt, 'number');
    assert.deepEqual([page.total, page.models[0]?.name, page.models[0]?.latest], [1, 'whisper', '1']);
    assert.deepEqual(page.models[0]?.statuses, ['approved']);
    assert.equal(page.models[0].url, 'https://shared.example/models/whisper');
    const { versions } = await pageVersions(
      { registry: 'shared', filter: 'ttft_p90<200' },
      registries,
      store.catalogue,
      signal,
    );
    assert.deepEqual(
      versions.map(({ model, figures }) => [model, figures[0]?.name, figures[0]?.value, figures[0]?.unit]),
      [['whisper', 'ttft_p90', 120, 'ms']],
    );
    const [, entry] = (await listRegistries(registries, store)).registries;
    assert.deepEqual([entry?.cache.models, entry?.cache.versions, entry?.cache.syncing], [2, 2, undefined]);
  });

  it('keeps what was known where a reading fails, and tells why', async () => {
    await add('whisper', 'a');
    await sync();
    await add('reader', 'b');
    fails = call => {
      if (call === 'pageVersions') throw down;
    };
    await assert.rejects(sync({ whole: true }), { code: 'registry-unreachable' });
    assert.deepEqual(await names(), ['whisper']);
    const state = await store.catalogue.state('shared');
    assert.deepEqual([state.failure?.code, state.syncing, state.models], ['registry-unreachable', undefined, 1]);
    fails = () => undefined;
    await sync({ whole: true });
    assert.deepEqual(await names(), ['reader', 'whisper']);
    assert.equal((await store.catalogue.state('shared')).failure, undefined);
  });

  it('reads what changed, and no further', async () => {
    for (let index = 0; index < 450; index += 1) await add(`model-${index}`, 'a');
    await sync();
    calls = [];
    await add('model-7', 'b');
    await shared.updateModel('model-3', { description: 'New words' }, ada);
    const outcome = await sync();
    assert.deepEqual([outcome.mode, outcome.models, outcome.versions], ['changes', 2, 1]);
    assert.equal(calls.filter(call => call === 'pageModels').length, 2);
    assert.deepEqual(await names('"new words"'), ['model-3']);
    const { versions } = await pageVersions(
      { registry: 'shared', model: 'model-7' },
      registries,
      store.catalogue,
      signal,
    );
    assert.equal(versions.length, 2);
    const state = await store.catalogue.state('shared');
    assert.deepEqual([state.models, state.versions], [450, 451]);
  });

  it('reads on to what changed while everything was read, though more came after it', async () => {
    const quick = createMemoryRegistry({ now: () => clock.now() });
    shared = quick;
    registries = registriesOf(store.registry, { shared });
    const all = Array.from({ length: 250 }, (_, index) => `model-${String(index).padStart(3, '0')}`);
    for (const name of all) await add(name, 'a');
    clock.advance(3_600_000);
    let asked = 0;
    // The first is changed when it was passed already, and all others in the moment before they are read.
    shared = {
      ...quick,
      async pageModels(query, stop) {
        const page = await quick.pageModels({ ...query, limit: 1 }, stop);
        asked += 1;
        if (asked > 1) return page;
        clock.advance(1);
        await quick.updateModel('model-000', { description: 'Late' }, ada);
        clock.advance(1);
        for (const name of all.slice(1)) await quick.updateModel(name, { description: 'In time' }, ada);
        return page;
      },
    };
    assert.equal((await sync()).mode, 'whole');
    assert.deepEqual(await names('late'), []);
    shared = quick;
    clock.advance(60_000);
    const outcome = await sync();
    assert.deepEqual([outcome.mode, outcome.models], ['changes', 1]);
    assert.deepEqual(await names('late'), ['model-000']);
  });

  it('reads everything where the clock was turned back', async () => {
    await add('whisper', 'a');
    await sync();
    clock.advance(-60_000);
    assert.equal((await sync()).mode, 'whole');
  });

  it('forgets what it read of another server under the same name', async () => {
    await add('whisper', 'a');
    await store.catalogue.declare([{ name: 'shared', address: 'kubeflow https://one.example' }]);
    const begun = await store.catalogue.revision();
    await sync();
    await store.catalogue.declare([{ name: 'shared', address: 'kubeflow https://one.example' }]);
    assert.deepEqual(await names(), ['whisper']);
    const reading = await store.catalogue.beginSync('shared', 'changes');
    shared = createMemoryRegistry();
    registries = registriesOf(store.registry, { shared });
    await add('reader', 'b');
    await store.catalogue.declare([{ name: 'shared', address: 'kubeflow https://two.example' }]);
    assert.ok((await store.catalogue.revision()) > begun);
    assert.equal(await store.catalogue.addStretch(reading ?? 0, { models: [], versions: [] }), false);
    assert.deepEqual((await store.catalogue.state('shared')).syncedAt, undefined);
    const page = await pageModels({ registry: 'shared' }, registries, store.catalogue, signal);
    assert.deepEqual([page.models.map(({ name }) => name), page.cachedAt], [['reader'], undefined]);
    assert.equal((await sync()).mode, 'whole');
    assert.deepEqual(await names(), ['reader']);
  });

  it('forgets what is gone from the registry when it reads everything', async () => {
    await add('whisper', 'a');
    await sync();
    shared = createMemoryRegistry();
    registries = registriesOf(store.registry, { shared });
    await add('reader', 'b');
    await sync({ whole: true });
    assert.deepEqual(await names(), ['reader']);
  });

  it('leaves a reading to the one who began it', async () => {
    await add('whisper', 'a');
    const reading = await store.catalogue.beginSync('shared');
    assert.equal((await sync()).state, 'busy');
    assert.equal((await store.catalogue.state('shared')).syncing, true);
    assert.ok(reading !== undefined);
    clock.advance(200_000);
    assert.equal((await sync()).state, 'done');
    assert.equal(await store.catalogue.addStretch(reading, { models: [], versions: [] }), false);
    assert.deepEqual(await names(), ['whisper']);
  });

  it('lets nobody go on with a reading that was given up and swept away', async () => {
    const reading = await store.catalogue.beginSync('shared');
    assert.ok(reading !== undefined);
    clock.advance(200_000);
    await store.catalogue.retain(['shared']);
    assert.equal(await store.catalogue.addStretch(reading, { models: [], versions: [] }), false);
    assert.equal((await store.catalogue.state('shared')).syncing, undefined);
  });

  it('can be cancelled, which is no failure', async () => {
    await add('whisper', 'a');
    const stop = new AbortController();
    fails = call => {
      if (call === 'pageVersions') stop.abort();
    };
    await assert.rejects(sync({}, stop.signal));
    const state = await store.catalogue.state('shared');
    assert.deepEqual([state.failure, state.syncing, state.syncedAt], [undefined, undefined, undefined]);
  });

  it('refuses a registry that gives one page for ever', async () => {
    const stuck: ModelRegistry = { ...shared, pageModels: () => Promise.resolve({ items: [], next: 'again' }) };
    await assert.rejects(syncRegistry(stuck, { catalogue: store.catalogue, clock }, {}, signal), {
      code: 'registry-malformed',
    });
  });

  it('describes versions as they are now, and as they were when the registry is gone', async () => {
    const { version } = await add('whisper', 'a');
    await shared.addArtifacts('whisper', version, [newFigure('accuracy', 0.9)], ada);
    const now = await describeRemoteVersion(shared, 'whisper', undefined, store.catalogue, signal);
    assert.deepEqual([now.cachedAt, now.artifacts.length, now.version.status], [undefined, 1, 'approved']);
    const revision = await store.catalogue.revision();
    await describeRemoteVersion(shared, 'whisper', undefined, store.catalogue, signal);
    assert.equal(await store.catalogue.revision(), revision);
    await sync({ whole: true });
    fails = () => {
      throw down;
    };
    const then = await describeRemoteVersion(shared, 'whisper', '1', store.catalogue, signal);
    assert.deepEqual([typeof then.cachedAt, then.artifacts.length], ['number', 1]);
    assert.equal((await describeRemoteModel(shared, 'whisper', store.catalogue, signal)).versions.length, 1);
    await assert.rejects(describeRemoteVersion(shared, 'reader', '1', store.catalogue, signal), { code: down.code });
  });
});
