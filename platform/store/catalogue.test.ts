import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { figuresOf } from '../../engine/registry/figures.ts';
import { matchesModel, matchesVersion } from '../../engine/registry/filter/match.ts';
import { parseFilter } from '../../engine/registry/filter/parse.ts';
import type { Store } from '../../engine/ports/store.ts';
import type { ModelVersion, RegisteredModel, VersionStatus } from '../../schemas/generated/messages.ts';
import { ada, makeVersion } from '../../test/fakes/registry.ts';
import { createSetClock, makeStoreFolder } from '../../test/fakes/runs.ts';
import { openStore } from './store.ts';

const registry = 'shared';

describe('the catalogue', () => {
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

  async function fill(models: readonly RegisteredModel[], versions: readonly ModelVersion[]): Promise<void> {
    const reading = await store.catalogue.beginSync(registry);
    assert.ok(reading !== undefined);
    await store.catalogue.addStretch(reading, { models, versions });
    await store.catalogue.endSync(reading);
  }

  const filters = [
    '',
    'acme',
    'ACME model-3',
    '-acme',
    'lovelace',
    '-lovelace status:approved',
    'task:asr',
    'TASK:ASR,ocr -provider:acme',
    '-task:asr',
    'language:de',
    'license:mit',
    'owner:"ops team"',
    '-owner:"ops team"',
    'name:model-1,model-2',
    'status:approved,production',
    '-status:retired',
    'alias:production',
    '-alias:production',
    'author:ada@example.com',
    'author:"ada lovelace"',
    'ttft_p90<200',
    'ttft_p90>=200 status:approved task:asr',
    'accuracy>50%',
    'core_accuracy=0.5',
    'nothing<1',
    '50%_',
    'straße',
    '"two words"',
  ];
  for (const filter of filters) {
    it(`finds by ${JSON.stringify(filter)} what the filter says`, async () => {
      const { models, versions } = makeWorld();
      await fill(models, versions);
      const parsed = parseFilter(filter);
      const ownerOf = (version: ModelVersion) => models.find(({ name }) => name === version.model)!;
      for (const archived of [false, true]) {
        const live = (item: { readonly state: string }): boolean => archived || item.state === 'LIVE';
        const matching = versions.filter(
          version =>
            live(version) &&
            live(ownerOf(version)) &&
            matchesVersion(parsed, version, figuresOf(version), ownerOf(version)),
        );
        const asked = { registry, filter: parsed, archived, limit: 1000 };
        const found = await store.catalogue.pageVersions(asked);
        const name = (version: { readonly model: string; readonly version: string }) =>
          `${version.model}@${version.version}`;
        assert.deepEqual(found.versions.map(name).sort(), matching.map(name).sort());
        assert.equal(found.total, matching.length);
        const page = await store.catalogue.pageModels(asked);
        const bare = models.filter(
          model => live(model) && model.versions === 0 && !/[<>=]|status|alias|author/.test(filter),
        );
        const expected = new Set([
          ...matching.map(({ model }) => model),
          ...bare.filter(model => matchesModel(parsed, model)).map(model => model.name),
          // Conditions on the model alone do not ask whether its versions are archived.
          ...(/^-?(task|language|license|owner|name|provider):|^$/i.test(filter)
            ? models.filter(model => live(model) && matchesModel(parsed, model)).map(model => model.name)
            : []),
        ]);
        assert.deepEqual(
          page.models.map(row => row.name),
          [...expected].sort(),
        );
        for (const row of page.models)
          if (row.matching !== undefined)
            assert.equal(row.matching, matching.filter(one => one.model === row.name).length);
      }
    });
  }

  it('pages through models and versions without losing or repeating one', async () => {
    const { models, versions } = makeWorld();
    await fill(models, versions);
    const names: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await store.catalogue.pageModels({
        registry,
        archived: true,
        limit: 3,
        ...(after === undefined ? {} : { after }),
      });
      assert.equal(page.total, models.length);
      names.push(...page.models.map(row => row.name));
      if (page.next === undefined) break;
      after = page.next;
    }
    assert.deepEqual(names, models.map(({ name }) => name).sort());
    const seen: string[] = [];
    for (let after: string | undefined; ;) {
      const page = await store.catalogue.pageVersions({
        registry,
        archived: true,
        limit: 7,
        ...(after === undefined ? {} : { after }),
      });
      seen.push(...page.versions.map(row => `${row.model}@${row.version}`));
      if (page.next === undefined) break;
      after = page.next;
    }
    assert.deepEqual([seen.length, new Set(seen).size], [versions.length, versions.length]);
    for (const after of ['', 'x', Buffer.from('["m","name"]').toString('base64url'), '🙂'])
      await assert.rejects(store.catalogue.pageModels({ registry, after }), { code: 'usage' });
  });

  it('says what nothing is called, and what several are', async () => {
    const { models, versions } = makeWorld();
    await fill(models, versions);
    const unmatched = async (filter: string) =>
      (await store.catalogue.pageModels({ registry, filter: parseFilter(filter) })).unmatched;
    assert.equal(await unmatched('accuracy>0'), undefined);
    assert.deepEqual(await unmatched('nothing<1 colour:red'), ['colour:red', 'nothing']);
    assert.deepEqual(await unmatched('p90<1'), ['p90 (itl_p90, ttft_p90)']);
  });

  it('keeps registries apart, and drops those that are no longer declared', async () => {
    const { models, versions } = makeWorld();
    await fill(models, versions);
    await store.registry.createVersion(makeVersion(), { name: 'ticket-triage' }, ada);
    assert.equal((await store.catalogue.pageModels({ registry: 'local' })).total, 1);
    assert.equal((await store.catalogue.pageModels({ registry: 'other' })).total, 0);
    const words = await store.catalogue.words(registry);
    assert.deepEqual(words.values.task, ['asr', 'ocr']);
    assert.deepEqual(words.figures, ['core_accuracy', 'itl_p90', 'ttft_p90']);
    await store.catalogue.retain(['other']);
    assert.deepEqual(await store.catalogue.state(registry), { models: 0, versions: 0 });
    assert.equal((await store.catalogue.pageModels({ registry: 'local' })).total, 1);
    await store.close();
    const database = new DatabaseSync(path.join(folder, 'store.db'));
    const counts = ['catalogue_models', 'catalogue_versions', 'catalogue_contents', 'catalogue_shelves'].map(
      table => database.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'],
    );
    assert.deepEqual(counts, [1, 1, 1, 1]);
    assert.equal(database.prepare('SELECT count(*) AS n FROM catalogue_figures').get()?.['n'], 0);
    database.close();
    store = await openStore({ folder, clock });
  });

  it('shows the local registry as it is after every change', async () => {
    const row = async () => (await store.catalogue.pageModels({ registry: 'local', archived: true })).models[0];
    await store.registry.createVersion(
      makeVersion({ alias: 'candidate' }),
      { name: 'ticket-triage', tasks: ['triage'] },
      ada,
    );
    assert.deepEqual((await row())?.aliases, { candidate: '1' });
    await store.registry.setAlias('ticket-triage', 'candidate', undefined, ada);
    assert.deepEqual((await row())?.aliases, {});
    await store.registry.setArchived('ticket-triage', true, ada);
    assert.equal((await row())?.state, 'ARCHIVED');
    assert.equal((await store.catalogue.pageModels({ registry: 'local' })).total, 0);
    await store.registry.setArchived('ticket-triage', false, ada);
    await store.registry.updateVersion('ticket-triage', '1', { description: 'Sorts mail' }, ada);
    assert.equal((await store.catalogue.pageVersions({ registry: 'local', filter: parseFilter('mail') })).total, 1);
    assert.equal((await store.catalogue.findVersion('local', 'ticket-triage', undefined))?.description, 'Sorts mail');
    assert.deepEqual(await store.catalogue.state('local'), { models: 1, versions: 1 });
  });
});

const statuses: readonly VersionStatus[] = ['untracked', 'candidate', 'approved', 'production', 'retired'];

function makeWorld(): { readonly models: RegisteredModel[]; readonly versions: ModelVersion[] } {
  const models = Array.from({ length: 12 }, (_, index): RegisteredModel => {
    const odd = index % 2 === 1;
    return {
      name: `model-${index}`,
      description: odd ? 'By ACME, in the Hauptstraße' : 'Two words',
      ...(index % 3 === 0 ? {} : { provider: odd ? 'Acme' : 'Other', license: odd ? 'MIT' : 'apache-2.0' }),
      ...(index % 4 === 0 ? { owner: 'Ops Team' } : {}),
      ...(index % 5 === 0 ? {} : { tasks: odd ? ['ASR'.toLowerCase(), 'ocr'] : ['ocr'] }),
      language: index % 6 === 0 ? ['de', 'en'] : ['en'],
      state: index % 7 === 6 ? 'ARCHIVED' : 'LIVE',
      createdAt: index,
      updatedAt: index,
      aliases: index % 3 === 1 ? { Production: '2' } : {},
      versions: index === 11 ? 0 : 3,
      customProperties: {},
    };
  });
  const versions = models.slice(0, 11).flatMap(({ name }, model) =>
    [1, 2, 3].map((version): ModelVersion => {
      const number = model * 3 + version;
      return {
        model: name,
        version: String(version),
        state: number % 8 === 0 ? 'ARCHIVED' : 'LIVE',
        status: statuses[number % statuses.length] ?? 'untracked',
        author: {
          email: number % 2 === 0 ? 'ada@example.com' : 'bob@example.com',
          assurance: 'self-asserted',
          ...(number % 4 === 0 ? { name: 'Ada Lovelace' } : {}),
        },
        createdAt: number % 5,
        aliases: [],
        lineage: { datasets: [], prompts: [] },
        customProperties: {
          ...(number % 3 === 0 ? {} : { 'aiw.baseline.ttft_p90': number * 20 }),
          ...(number % 4 === 0
            ? {}
            : { 'aiw.baseline.core_accuracy': (number % 11) / 10, 'aiw.baseline.itl_p90': number }),
        },
      };
    }),
  );
  return { models, versions };
}
