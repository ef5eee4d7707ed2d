import assert from 'node:assert/strict';
import { createClock } from '../../platform/host/clock.ts';
import { refused } from '../../test/fakes/assessable.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { artifactsThere, openHanding, triageThere, unreachable, type Handing } from '../../test/fakes/handing.ts';
import { createMemoryRegistry, registriesOf, type MemoryRegistryOptions } from '../../test/fakes/memory-registry.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { LocalVersion, ModelRegistry } from '../ports/registry.ts';
import type { HandoffPorts } from './ports.ts';
import { publishPending, publishRun, publishVersion } from './publish.ts';

describe('publishing a version, whatever breaks', () => {
  let handing: Handing;
  let world: Governed;
  beforeEach(async () => {
    handing = await openHanding();
    world = handing.world;
  });
  afterEach(() => world.close());

  const portsWith = (registry: ModelRegistry): HandoffPorts => handing.portsWith(registry);
  const publish = (ports: HandoffPorts, version: LocalVersion, changes = {}) =>
    handing.publish(ports, version, changes);
  /** Fails at the nth call of a kind, once. */
  const failing = (call: string, nth: number): Pick<MemoryRegistryOptions, 'before'> => {
    let seen = 0;
    return {
      before: name => {
        if (name === call && (seen += 1) === nth) unreachable();
      },
    };
  };
  const losing = (call: string): Pick<MemoryRegistryOptions, 'after'> => {
    let lost = false;
    return {
      after: name => {
        if (name !== call || lost) return;
        lost = true;
        unreachable();
      },
    };
  };
  const prepared = async (): Promise<LocalVersion> => {
    const version = await world.register('weights');
    await handing.publishLocally(await world.measure([version]), createMemoryRegistry());
    await world.assess(version);
    return version;
  };
  const whole = async (version: LocalVersion) => {
    const shared = createMemoryRegistry();
    await publish(portsWith(shared), version);
    return describe_(shared);
  };
  const describe_ = async (shared: ModelRegistry) => ({
    versions: (await shared.getModel('triage', signal)).versions,
    status: (await triageThere(shared)).status,
    aliases: (await triageThere(shared)).aliases,
    properties: Object.keys((await triageThere(shared)).customProperties).sort(),
    artifacts: (await artifactsThere(shared)).map(({ artifactType, name }) => `${artifactType} ${name}`).sort(),
  });
  const faults: [string, () => MemoryRegistryOptions][] = [
    ...['createVersion', 'putContent', 'addArtifacts', 'updateVersion', 'setAlias', 'setStatus'].flatMap(
      (call): [string, () => MemoryRegistryOptions][] => [
        [`${call} fails`, () => failing(call, 1)],
        [`${call} is done and its answer lost`, () => losing(call)],
      ],
    ),
    ['createModel fails', () => failing('createModel', 1)],
    ['the second file fails', () => failing('putContent', 2)],
    ['the figures fail', () => failing('addArtifacts', 2)],
    ['the last look fails', () => failing('listArtifacts', 2)],
  ];
  for (const [name, options] of faults) {
    it(`is whole and single in the end, and never half with a status: ${name}`, async () => {
      const version = await prepared();
      const expected = await whole(version);
      const shared = createMemoryRegistry(options());
      const ports = portsWith(shared);
      await assert.rejects(publish(ports, version), refused('registry-unreachable', /./));
      const [kept] = await ports.store.publications.ofVersion('triage', '1');
      const half = await describe_(shared).catch(() => undefined);
      if (half !== undefined && half.status !== 'untracked') assert.deepEqual(half, expected);
      assert.equal(kept?.registry === 'shared' && kept.state === 'failed', true);
      assert.equal(kept?.failure?.code, 'registry-unreachable');
      const again = await publishPending({ folder: world.folder }, ports, signal);
      assert.deepEqual(
        again.publications.map(({ state }) => state),
        ['done'],
      );
      assert.deepEqual(await describe_(shared), expected);
      assert.deepEqual(await ports.store.publications.open(), []);
    });
  }

  for (const call of ['putContent', 'addArtifacts', 'updateVersion']) {
    for (const [name, options] of [
      ['fails', () => failing(call, 1)],
      ['is done and its answer lost', () => losing(call)],
    ] as const) {
      it(`doubles no figure of a run: ${call} ${name}`, async () => {
        const version = await world.register('weights');
        const run = await world.measure([version]);
        let breaks: MemoryRegistryOptions = {};
        const shared = createMemoryRegistry({
          before: step => breaks.before?.(step),
          after: step => breaks.after?.(step),
        });
        const ports = portsWith(shared);
        await publish(ports, version);
        const request = { runId: run, registry: 'shared', scope: 'baseline' as const, folder: world.folder };
        breaks = options();
        await assert.rejects(publishRun(request, ports, signal), refused('registry-unreachable', /./));
        const half = await describe_(shared);
        const isSummedUp = half.properties.includes('aiw.baseline.core_accuracy');
        const { publications } = await publishPending({ folder: world.folder }, ports, signal);
        assert.deepEqual(
          publications.map(({ kind, runId, state }) => [kind, runId, state]),
          [['run', run, 'done']],
        );
        const there = await describe_(shared);
        if (isSummedUp) assert.deepEqual(half, there, 'the summary comes last');
        await publishRun(request, ports, signal);
        assert.deepEqual(await describe_(shared), there);
        assert.equal(there.artifacts.length, new Set(there.artifacts).size);
        assert.ok(there.artifacts.includes(`metric ${run}/core/accuracy`));
        assert.ok(there.properties.includes('aiw.baseline.core_accuracy'));
      });
    }
  }

  it('is done again after a kill, by the next publish too', async () => {
    const version = await prepared();
    let dead = true;
    const shared = createMemoryRegistry({
      before: async call => {
        if (call === 'addArtifacts' && dead) await new Promise(() => undefined);
      },
    });
    const ports = portsWith(shared);
    void publish(ports, version);
    while ((await shared.getModel('triage', signal).catch(() => undefined)) === undefined) await turn();
    dead = false;
    const [pending] = await ports.store.publications.open();
    assert.equal(pending?.state, 'pending');
    const other = await world.register('other');
    const soon = await publish(ports, other);
    assert.equal(soon.publications.length, 1, 'what began just now may still be going on');
    world.clock.advance(3_600_000);
    const later = await publish(ports, other);
    assert.deepEqual(
      later.publications.map(({ version: v, state }) => [v, state]),
      [
        ['2', 'done'],
        ['1', 'done'],
      ],
    );
    assert.deepEqual(await ports.store.publications.open(), []);
  });

  it('doubles nothing where two publish at once', async () => {
    const version = await prepared();
    const expected = await whole(version);
    const shared = createMemoryRegistry({ before: () => turn() });
    const ports = portsWith(shared);
    await Promise.all([publish(ports, version), publish(ports, version), publish(ports, version)]);
    assert.deepEqual(await describe_(shared), expected);
    assert.deepEqual(await ports.store.publications.open(), []);
  });

  it('ends with one version where two workspaces publish the same weights at once', async () => {
    const version = await prepared();
    const expected = await whole(version);
    const other = await openGoverned();
    try {
      const same = await other.register('weights');
      const shared = createMemoryRegistry({ before: () => turn() });
      const request = { model: 'triage', version: same.version, registry: 'shared', folder: other.folder };
      const registries = registriesOf(other.ports.store.registry, { shared });
      await Promise.all([
        // Each looks again after a rest, which must be a real one here.
        publish({ ...portsWith(shared), clock: createClock() }, version),
        publishVersion(request, { ...other.ports, clock: createClock(), registries }, signal),
      ]);
      assert.deepEqual(await describe_(shared), expected);
    } finally {
      await other.close();
    }
  });

  it('goes into no model that is archived there', async () => {
    const version = await prepared();
    const shared = createMemoryRegistry();
    await shared.createModel({ name: 'triage' }, someone);
    await shared.setArchived('triage', true, someone);
    await assert.rejects(publish(portsWith(shared), version), refused('usage', /archived in shared/));
    assert.equal((await shared.getModel('triage', signal)).versions, 0);
  });

  it('asks again where another publisher was quicker', async () => {
    const version = await prepared();
    const expected = await whole(version);
    const left = new Map<string, number>([
      ['createVersion', 1],
      ['addArtifacts', 1],
      ['updateVersion', 1],
    ]);
    const shared = createMemoryRegistry({
      before: call => {
        const times = left.get(call) ?? 0;
        left.set(call, times - 1);
        if (times > 0) throw new WorkbenchError('registry-conflict', 'Somebody else was quicker.');
      },
    });
    const ports = portsWith(shared);
    const { publications } = await publish({ ...ports, clock: { ...ports.clock, sleep: () => turn() } }, version);
    assert.equal(publications[0]?.state, 'done');
    assert.deepEqual(await describe_(shared), expected);
  });

  it('stays to be done where it is cancelled', async () => {
    const version = await prepared();
    const stop = new AbortController();
    const shared = createMemoryRegistry({ before: call => (call === 'putContent' ? stop.abort() : undefined) });
    const ports = portsWith(shared);
    const request = { model: 'triage', version: version.version, registry: 'shared', folder: world.folder };
    await assert.rejects(publishVersion(request, ports, stop.signal), /abort/i);
    assert.equal((await triageThere(shared)).status, 'untracked');
    assert.deepEqual(
      (await ports.store.publications.open()).map(({ state }) => state),
      ['pending'],
    );
  });

  it('finds its version among many, page by page', async () => {
    const version = await prepared();
    const shared = createMemoryRegistry();
    const ports = portsWith(shared);
    await publish(ports, version);
    for (let count = 0; count < 230; count += 1) {
      const weightsDigest = String(count).padStart(64, '0');
      await shared.createVersion(
        { model: 'triage', author: someone, weightsDigest, lineage: { datasets: [], prompts: [] }, artifacts: [] },
        { name: 'triage' },
        someone,
      );
    }
    const quick = { ...shared, createVersion: () => Promise.reject(new Error('It is there.')) };
    await publish(portsWith(quick), version);
    assert.equal((await shared.getModel('triage', signal)).versions, 231);
  });

  it('writes again what another writer replaced', async () => {
    const version = await prepared();
    let stolen = false;
    const shared: ModelRegistry = createMemoryRegistry({
      after: async call => {
        if (call !== 'updateVersion' || stolen) return;
        stolen = true;
        await shared.updateVersion(
          'triage',
          '1',
          { customProperties: { 'aiw.custom.core.accuracy': undefined } },
          someone,
        );
      },
    });
    await publish(portsWith(shared), version);
    assert.equal((await triageThere(shared)).customProperties['aiw.custom.core.accuracy'], 0.9);
  });
  const someone = { email: 'someone@x.example', assurance: 'self-asserted' } as const;
  const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
});
