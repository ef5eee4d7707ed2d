import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { pageModels, pageVersions } from '../../engine/registry/browse.ts';
import { findInRegistries, type FoundRow } from '../../engine/registry/find.ts';
import { describeRemoteModel, describeRemoteVersion } from '../../engine/versions/remote-details.ts';
import { syncRegistry } from '../../engine/registry/sync.ts';
import type { ModelRegistry } from '../../engine/ports/registry.ts';
import type { Store } from '../../engine/ports/store.ts';
import { openStore } from '../../platform/store/store.ts';
import type { Traffic } from './counted-http.ts';
import { registriesOf } from './memory-registry.ts';
import { createSetClock, makeStoreFolder } from './runs.ts';
import { whisperEvery, type Filling } from './seed-registry.ts';

const { signal } = new AbortController();

/** A registry that `seed-registry.ts` filled, and what it was asked since. */
export interface CountedRegistry {
  readonly registry: ModelRegistry;
  readonly traffic: Traffic;
  readonly filling: Filling;
}

/** What a registry gives at once, and what it cannot be asked without. */
export interface RequestBounds {
  readonly modelsAtOnce: number;
  readonly versionsAtOnce: number;
  /** Models whose versions one question names. */
  readonly namedAtOnce: number;
  /** Requests for a version with its artifacts: none of them depends on how many models or versions there are. */
  readonly ofVersion: number;
  /** Whether the number of a model's versions takes questions of its own. */
  readonly counts: boolean;
}

/** Bounds on how often a registry is asked, by formula, for what people look at; call it inside `describe`. */
export function itAsksLittle(open: () => Promise<CountedRegistry>, bounds: RequestBounds): void {
  const { modelsAtOnce, versionsAtOnce, namedAtOnce, ofVersion, counts } = bounds;
  let folder = '';
  let store: Store;
  let counted: CountedRegistry;

  beforeEach(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock: createSetClock() });
    counted = await open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  async function count<Result>(work: () => Promise<Result>): Promise<{ asked: number; result: Result }> {
    const before = counted.traffic.requests;
    const result = await work();
    return { asked: counted.traffic.requests - before, result };
  }
  const within = (asked: number, most: number, what: string): void =>
    assert.ok(asked >= 1 && asked <= most, `${what}: ${asked} requests, at most ${most} expected`);
  const registries = () => registriesOf(store.registry, { shared: counted.registry });
  /** Requests for all versions of so many models. */
  const sweep = (models: number): number =>
    Math.ceil(models / namedAtOnce) *
    Math.ceil((Math.min(models, namedAtOnce) * counted.filling.versions) / versionsAtOnce);
  const find = async (filter: string, limit: number): Promise<readonly FoundRow[]> => {
    const request = { registries: ['shared'], filter, archived: false, versions: false, limit };
    const [found] = await findInRegistries(request, registries(), store.catalogue, signal);
    return found?.rows ?? [];
  };
  const sync = (whole: boolean) =>
    syncRegistry(counted.registry, { catalogue: store.catalogue, clock: createSetClock() }, { whole }, signal);

  it('opens the list of a registry that was never read with one page of models', async () => {
    const ask = () => pageModels({ registry: 'shared', limit: 100 }, registries(), store.catalogue, signal);
    const { asked, result } = await count(ask);
    within(asked, 1 + (counts ? sweep(100) : 0), 'a page');
    assert.equal(result.models.length, 100);
    assert.ok(result.models.every(({ versions }) => versions === counted.filling.versions));
    const whole = await count(() => find('', 100));
    within(whole.asked, 1 + sweep(100), 'a page with the newest version of each');
    assert.ok(whole.result.every(({ version }) => version?.version === String(counted.filling.versions)));
  });

  it('opens one model up with two requests', async () => {
    const ask = () => pageVersions({ registry: 'shared', model: 'model-00001' }, registries(), store.catalogue, signal);
    const { asked, result } = await count(ask);
    within(asked, 2, 'one model');
    assert.equal(result.versions.length, counted.filling.versions);
    assert.ok(result.versions.every(({ figures }) => figures.length === 2));
  });

  it('finds models by conditions on their versions page by page, not model by model', async () => {
    const { models } = counted.filling;
    const { asked, result } = await count(() => find('status:approved ttft_p90<200 task:asr', models));
    const pages = Math.ceil(models / modelsAtOnce) + 1;
    // The matching versions, and the number of all of a model that has some.
    within(asked, pages * (1 + (counts ? 2 : 1) * (1 + Math.ceil(models / 4 / namedAtOnce))), 'a filter');
    await sync(true);
    const known = await find('status:approved ttft_p90<200 task:asr', models);
    assert.deepEqual(shown(result), shown(known));
    assert.ok(result.length > 0);
  });

  it('finds a word by reading every version once', async () => {
    const { models } = counted.filling;
    const { asked, result } = await count(() => find('whisper', models));
    const pages = Math.ceil(models / modelsAtOnce) + 1;
    within(asked, pages + pages * sweep(Math.min(models, modelsAtOnce)), 'a word');
    assert.equal(result.length, Math.ceil(models / whisperEvery));
    await sync(true);
    assert.deepEqual(shown(result), shown(await find('whisper', models)));
  });

  it('finds a model by its name with two requests', async () => {
    const { asked, result } = await count(() => find('name:model-00001', 100));
    within(asked, 2, 'a name');
    assert.deepEqual(
      result.map(({ model }) => model?.name),
      ['model-00001'],
    );
  });

  it('shows a model and a version with requests that no number of models adds to', async () => {
    const model = await count(() => describeRemoteModel(counted.registry, 'model-00001', store.catalogue, signal));
    within(model.asked, 2, 'a model');
    assert.equal(model.result.model.versions, counted.filling.versions);
    assert.equal(model.result.model.latest, String(counted.filling.versions));
    const version = await count(() =>
      describeRemoteVersion(counted.registry, 'model-00001', '1', store.catalogue, signal),
    );
    within(version.asked, ofVersion, 'a version');
  });

  it('reads everything in as many requests as pages, and asks nothing for what it has read', async () => {
    const { models, versions } = counted.filling;
    const read = await count(() => sync(true));
    within(
      read.asked,
      Math.ceil(models / modelsAtOnce) + Math.ceil((models * versions) / versionsAtOnce),
      'a whole reading',
    );
    assert.deepEqual([read.result.models, read.result.versions], [models, models * versions]);
    const known = await count(async () => {
      await find('status:approved ttft_p90<200 task:asr', 100);
      const [row] = await find('name:model-00001', 1);
      return row;
    });
    assert.equal(known.asked, 0);
    assert.equal(known.result?.model?.versions, versions);
    assert.equal(known.result.model.latest, String(versions));
  });
}

function shown(rows: readonly FoundRow[]) {
  return rows
    .map(({ model, version }) => [model?.name, model?.versions, model?.latest, model?.matching, version?.version])
    .sort();
}
