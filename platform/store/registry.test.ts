import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Store } from '../../engine/ports/store.ts';
import { ada, grace, makeParameter, makeVersion } from '../../test/fakes/registry.ts';
import { createSetClock, makeStoreFolder } from '../../test/fakes/runs.ts';
import { openStore } from './store.ts';

const model = { name: 'ticket-triage', description: 'Routes tickets', owner: 'ada@example.com', tasks: ['routing'] };

describe('the local registry', () => {
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
  const audited = async (): Promise<string[]> =>
    (await store.ledger.readAudit(0, 100)).map(
      ({ entry }) => `${entry.actor.split('@')[0] ?? ''} ${entry.action} ${entry.subject}`,
    );

  it('keeps a model from its making to its archiving', async () => {
    const created = await store.registry.createModel({ ...model, customProperties: { tier: 2, 'aiw.label': '' } }, ada);
    assert.deepEqual(created, {
      ...model,
      state: 'LIVE',
      createdAt: clock.now(),
      updatedAt: clock.now(),
      aliases: {},
      versions: 0,
      customProperties: { tier: 2, 'aiw.label': '' },
    });
    assert.deepEqual(await store.registry.getModel('ticket-triage', signal), created);
    await assert.rejects(store.registry.createModel(model, grace), hasCode('registry-exists', /ticket-triage/));
    clock.advance(5);
    const archived = await store.registry.setArchived('ticket-triage', true, grace);
    assert.deepEqual([archived.state, archived.updatedAt], ['ARCHIVED', clock.now()]);
    await store.registry.setArchived('ticket-triage', true, grace);
    assert.deepEqual(await store.registry.listModels({}, signal), []);
    assert.deepEqual(await store.registry.listModels({ archived: true }, signal), [archived]);
    assert.equal((await store.registry.setArchived('ticket-triage', false, grace)).state, 'LIVE');
    assert.deepEqual(await audited(), [
      'ada registered-model.created ticket-triage',
      'grace model.archived ticket-triage',
      'grace model.restored ticket-triage',
    ]);
  });

  it('counts versions from 1 and makes their model when it is new', async () => {
    const first = await store.registry.createVersion(makeVersion({ alias: 'candidate' }), model, ada);
    assert.deepEqual(first, {
      model: 'ticket-triage',
      version: '1',
      state: 'LIVE',
      status: 'candidate',
      author: ada,
      createdAt: clock.now(),
      externalId: `aiw:${'a'.repeat(64)}`,
      weightsDigest: 'a'.repeat(64),
      modelDigest: `model of ${'a'.repeat(64)}`,
      aliases: ['candidate'],
      lineage: { runId: 'run-1', datasets: [], prompts: [] },
      customProperties: {},
    });
    const next = makeVersion({ weightsDigest: 'b'.repeat(64), alias: 'candidate', description: 'better' });
    const second = await store.registry.createVersion(next, { name: 'ignored' }, grace);
    assert.deepEqual([second.version, second.aliases, second.description], ['2', ['candidate'], 'better']);
    const listed = await store.registry.listVersions('ticket-triage', signal);
    assert.deepEqual(
      listed.map(({ version, aliases }) => [version, aliases]),
      [
        ['2', ['candidate']],
        ['1', []],
      ],
    );
    const { versions, latest, aliases, description } = await store.registry.getModel('ticket-triage', signal);
    assert.deepEqual([versions, latest, aliases, description], [2, '2', { candidate: '2' }, 'Routes tickets']);
    assert.deepEqual(await audited(), [
      'ada registered-model.created ticket-triage',
      'ada model-version.created ticket-triage@1',
      'ada alias.moved ticket-triage@1',
      'grace model-version.created ticket-triage@2',
      'grace alias.moved ticket-triage@2',
    ]);
    const facts = await store.facts();
    assert.deepEqual([facts.models, facts.versions, facts.records], [1, 2, 0]);
  });

  it('finds a version by number, alias, or as the newest', async () => {
    await store.registry.createVersion(makeVersion({ alias: 'champion' }), model, ada);
    await store.registry.createVersion(makeVersion({ weightsDigest: 'b'.repeat(64) }), model, ada);
    const wanted = [undefined, 'latest', '2', 'v2', '1', 'champion'];
    const found = await Promise.all(
      wanted.map(async name => (await store.registry.getVersion('ticket-triage', name, signal)).version),
    );
    assert.deepEqual(found, ['2', '2', '2', '2', '1', '1']);
    for (const name of ['3', '0', '01', '-1', '1.0', '99999999999999999999', 'champion ', '%']) {
      await assert.rejects(store.registry.getVersion('ticket-triage', name, signal), hasCode('registry-not-found'));
    }
  });

  it('says what there is when something is not found', async () => {
    const get = (name: string, wanted?: string): Promise<unknown> => store.registry.getVersion(name, wanted, signal);
    await assert.rejects(get('m'), hasCode('registry-not-found', /no models yet/));
    await store.registry.createModel({ name: 'empty' }, ada);
    await store.registry.createVersion(makeVersion({ alias: 'candidate' }), model, ada);
    await assert.rejects(get('tickettriage'), hasCode('registry-not-found', /did you mean "ticket-triage"/));
    await assert.rejects(get('other'), hasCode('registry-not-found', /It has: empty, ticket-triage/));
    await assert.rejects(get('empty'), hasCode('registry-not-found', /no versions yet/));
    await assert.rejects(get('ticket-triage', 'canditate'), hasCode('registry-not-found', /did you mean "candidate"/));
    await assert.rejects(get('ticket-triage', '4'), hasCode('registry-not-found', /version 1 and the alias candidate/));
    const missing = [
      () => store.registry.getModel('other', signal),
      () => store.registry.listVersions('other', signal),
      () => store.registry.listArtifacts('ticket-triage', '9', signal),
      () => store.registry.addArtifacts('ticket-triage', '9', [makeParameter('a', 1)], ada),
      () => store.registry.setAlias('ticket-triage', 'candidate', '9', ada),
      () => store.registry.setArchived('other', true, ada),
    ];
    for (const call of missing) await assert.rejects(call(), hasCode('registry-not-found'));
  });

  it('registers the same weights of the same run once, moves the alias and adds what is new', async () => {
    const version = makeVersion({ alias: 'candidate', artifacts: [makeParameter('a', 1)] });
    await store.registry.createVersion(version, model, ada);
    await store.registry.createVersion(makeVersion({ weightsDigest: 'b'.repeat(64) }), model, ada);
    const before = await audited();
    const again = await store.registry.createVersion(version, model, grace);
    assert.deepEqual([again.version, again.author], ['1', ada]);
    assert.deepEqual(await audited(), before);
    const more = [makeParameter('a', 2), makeParameter('b', 3)];
    await store.registry.createVersion({ ...version, alias: 'champion', artifacts: more }, model, grace);
    assert.deepEqual((await audited()).slice(before.length), [
      'grace artifacts.added ticket-triage@1',
      'grace alias.moved ticket-triage@1',
    ]);
    const kept = await store.registry.listArtifacts('ticket-triage', '1', signal);
    assert.deepEqual(kept, [makeParameter('a', 1), makeParameter('b', 3)]);
    const otherRun = makeVersion({ lineage: { runId: 'run-2', datasets: [], prompts: [] } });
    assert.equal((await store.registry.createVersion(otherRun, model, ada)).version, '3');
    const noRun = makeVersion({ lineage: { datasets: [], prompts: [] } });
    assert.equal((await store.registry.createVersion(noRun, model, ada)).version, '4');
    assert.equal((await store.registry.createVersion(noRun, model, ada)).version, '4');
  });

  it('only ever adds artifacts', async () => {
    await store.registry.createVersion(makeVersion(), model, ada);
    const add = (...artifacts: ReturnType<typeof makeParameter>[]): Promise<void> =>
      store.registry.addArtifacts('ticket-triage', '1', artifacts, grace);
    await add(makeParameter('a', 1), makeParameter('b', 2));
    await add(makeParameter('a', 9));
    await add();
    const metric = { ...makeParameter('a', 1), artifactType: 'metric' } as never;
    await add(metric);
    assert.deepEqual(await store.registry.listArtifacts('ticket-triage', '1', signal), [
      makeParameter('a', 1),
      makeParameter('b', 2),
      metric,
    ]);
    assert.deepEqual((await audited()).slice(2), Array(2).fill('grace artifacts.added ticket-triage@1'));
  });

  it('moves and removes aliases, and notes each move once', async () => {
    await store.registry.createVersion(makeVersion(), model, ada);
    await store.registry.createVersion(makeVersion({ weightsDigest: 'b'.repeat(64) }), model, ada);
    const set = async (version: string | undefined): Promise<object> =>
      (await store.registry.setAlias('ticket-triage', 'champion', version, grace)).aliases;
    assert.deepEqual(await set(undefined), {});
    assert.deepEqual(await set('1'), { champion: '1' });
    assert.deepEqual(await set('1'), { champion: '1' });
    assert.deepEqual(await set('2'), { champion: '2' });
    assert.deepEqual(await set(undefined), {});
    const lines = (await store.ledger.readAudit(3, 10)).map(({ entry, payload }) => [entry.action, payload]);
    assert.deepEqual(lines, [
      ['alias.moved', '{"alias":"champion","model":"ticket-triage","version":"1"}'],
      ['alias.moved', '{"alias":"champion","model":"ticket-triage","previous":"1","version":"2"}'],
      ['alias.removed', '{"alias":"champion","model":"ticket-triage","previous":"2"}'],
    ]);
  });

  it('refuses aliases that governance moves and ones that read as versions, and changes nothing', async () => {
    await store.registry.createVersion(makeVersion(), model, ada);
    const refused = [
      'approved',
      'baseline',
      'production',
      '1',
      '007',
      'v1',
      'V2',
      'latest',
      'Latest',
      '',
      'a b',
      'a@b',
    ];
    const before = await store.ledger.readAudit(0, 100);
    for (const alias of [...refused, '__proto__', 'a'.repeat(65)]) {
      await assert.rejects(store.registry.setAlias('ticket-triage', alias, '1', ada), hasCode('usage'), alias);
      await assert.rejects(store.registry.setAlias('ticket-triage', alias, undefined, ada), hasCode('usage'), alias);
      const version = makeVersion({ weightsDigest: 'b'.repeat(64), alias });
      await assert.rejects(store.registry.createVersion(version, model, ada), hasCode('usage'), alias);
      await assert.rejects(
        store.registry.createVersion({ ...version, model: 'new' }, { name: 'new' }, ada),
        hasCode('usage'),
      );
    }
    assert.deepEqual(await store.ledger.readAudit(0, 100), before);
    assert.equal((await store.registry.listModels({ archived: true }, signal)).length, 1);
    assert.equal((await store.registry.listVersions('ticket-triage', signal)).length, 1);
  });

  it('refuses names a benchmark could not write', async () => {
    for (const name of ['', ' m', 'a b', 'a@b', 'a/b', '-a', '../m', 'a'.repeat(121)]) {
      await assert.rejects(store.registry.createModel({ name }, ada), hasCode('usage'), name);
    }
    assert.equal((await store.registry.createModel({ name: 'constructor' }, ada)).name, 'constructor');
  });

  it('does nothing for a caller that has given up', async () => {
    const given = AbortSignal.abort();
    await assert.rejects(store.registry.listModels({}, given), { name: 'AbortError' });
  });

  it('cannot be changed through a store opened for reading', async () => {
    const reader = await openStore({ folder, clock, readOnly: true });
    assert.deepEqual(await reader.registry.listModels({}, signal), []);
    await assert.rejects(reader.registry.createModel(model, ada), hasCode('store-unwritable'));
    await reader.close();
  });
});

function hasCode(code: string, words = /./): (error: unknown) => boolean {
  return error => {
    assert.ok(error instanceof WorkbenchError, String(error));
    assert.equal(error.code, code);
    assert.match(`${error.message} ${error.remedy ?? ''}`, words);
    return true;
  };
}
