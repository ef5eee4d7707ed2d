import assert from 'node:assert/strict';
import { createDigest } from '../../platform/host/digest.ts';
import type { Artifact, MetricArtifact, ModelVersion } from '../../schemas/generated/messages.ts';
import { refused } from '../../test/fakes/assessable.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { createMemoryRegistry, registriesOf, type MemoryRegistryOptions } from '../../test/fakes/memory-registry.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { LocalVersion, ModelRegistry } from '../ports/registry.ts';
import { keys } from '../registry/keys.ts';
import { noteStatusChange } from './outbox.ts';
import type { HandoffPorts } from './ports.ts';
import { publishPending, publishRun, publishVersion } from './publish.ts';

const unreachable = (): never => {
  throw new WorkbenchError('registry-unreachable', 'The registry does not answer.');
};

describe('publishing a version', () => {
  let world: Governed;
  beforeEach(async () => {
    world = await openGoverned();
  });
  afterEach(() => world.close());

  const portsWith = (registry: ModelRegistry): HandoffPorts => ({
    ...world.ports,
    registries: registriesOf(world.ports.store.registry, { shared: registry }),
  });
  const publish = (ports: HandoffPorts, version: LocalVersion, changes = {}) =>
    publishVersion(
      { model: version.model, version: version.version, registry: 'shared', folder: world.folder, ...changes },
      ports,
      signal,
    );
  const there = async (registry: ModelRegistry, version = '1', model = 'triage'): Promise<ModelVersion> =>
    registry.getVersion(model, version, signal);
  const artifactsThere = (registry: ModelRegistry, version = '1'): Promise<readonly Artifact[]> =>
    registry.listArtifacts('triage', version, signal);

  it('takes everything along, and the status last', async () => {
    const calls: string[] = [];
    const shared = createMemoryRegistry({ before: call => void calls.push(call) });
    const version = await world.register('weights', { properties: { riskTier: 2 }, license: 'mit', tasks: ['triage'] });
    await world.assess(version);
    const { publications, notes } = await publish(portsWith(shared), version);
    assert.deepEqual(
      publications.map(({ registry, model, version: v, kind, state, url }) => [registry, model, v, kind, state, url]),
      [['shared', 'triage', '1', 'version', 'done', 'https://shared.example/models/triage/1']],
    );
    assert.deepEqual(notes, []);
    const found = await there(shared);
    assert.equal(found.status, (await world.ports.store.registry.getVersion('triage', '1', signal)).status);
    assert.equal(found.externalId, `aiw:${version.weightsDigest}:tune-weights`);
    assert.equal(found.customProperties[keys.weightsDigest], version.weightsDigest);
    assert.equal(found.customProperties['riskTier'], 2);
    assert.equal(found.customProperties[keys.trainer], 'trainer@x.example');
    assert.deepEqual(found.aliases, ['candidate']);
    const model = await shared.getModel('triage', signal);
    assert.equal(model.license, 'mit');
    assert.equal(model.owner, 'author@x.example');
    const artifacts = await artifactsThere(shared);
    const weights = artifacts.find(({ artifactType }) => artifactType === 'model-artifact');
    assert.ok(weights?.artifactType === 'model-artifact');
    assert.equal(weights.digest, version.weightsDigest);
    assert.equal(new TextDecoder().decode(await shared.readContent(weights.uri, signal)), 'weights');
    assert.ok(artifacts.some(({ name }) => name.startsWith('scorecard/')));
    assert.ok(artifacts.some(({ name }) => name === 'tune-weights/triage-tuned.core-performance/accuracy'));
    const lastWrite = calls.filter(call => !/^(get|list|page|read)/.test(call)).at(-1);
    assert.equal(lastWrite, 'setStatus');
  });

  it('says what nobody else can fetch where the registry keeps no files', async () => {
    const shared = createMemoryRegistry({ capabilities: { keepsContent: false } });
    const version = await world.register('weights');
    const { notes } = await publish(portsWith(shared), version);
    assert.match(notes.join(' '), /shared keeps no files: weights lies in this workspace's store/);
    const [weights] = (await artifactsThere(shared)).filter(one => one.artifactType === 'model-artifact');
    assert.equal(weights?.customProperties?.[keys.keptBy], 'publisher');
  });

  it('tells no path of this workspace', async () => {
    const shared = createMemoryRegistry();
    const version = await world.register('weights');
    await world.measure([version]).then(run => publishLocally(run));
    await publish(portsWith(shared), version);
    const told = JSON.stringify([await there(shared), await artifactsThere(shared)]);
    assert.doesNotMatch(told, /rows\.jsonl|tickets\.jsonl|\.tune\.yaml|\.bench\.yaml/);
    assert.equal(told.includes(world.folder), false);
  });

  const publishLocally = async (runId: string): Promise<void> => {
    await publishRun({ runId, folder: world.folder }, portsWith(createMemoryRegistry()), signal);
  };

  it('publishes what benchmarks measured, on private terms, under the use case', async () => {
    const shared = createMemoryRegistry();
    const version = await world.register('weights');
    const run = await world.measure([version]);
    await publishLocally(run);
    await publish(portsWith(shared), version);
    const found = await there(shared);
    assert.equal(found.customProperties['aiw.custom.core.accuracy'], 0.9);
    const context = JSON.parse(String(found.customProperties['aiw.context.custom.core.core'])) as Record<
      string,
      unknown
    >;
    assert.equal(context['digest'], 'rows-1');
    assert.equal(context['rows'], 100);
    assert.equal(context['dataset'], undefined);
    const artifacts = await artifactsThere(shared);
    const raw = artifacts.find(({ name }) => name === `${run}/results`);
    assert.ok(raw?.artifactType === 'doc-artifact');
    assert.equal(raw.digest, createDigest().sha256(await shared.readContent(raw.uri, signal)));
  });

  it('publishes the same figures as a baseline when asked, and keeps them that', async () => {
    const shared = createMemoryRegistry();
    const version = await world.register('weights');
    const run = await world.measure([version]);
    await publishLocally(run);
    await publish(portsWith(shared), version, { scope: 'baseline' });
    await publish(portsWith(shared), version);
    const figures = (await artifactsThere(shared)).filter(
      (one): one is MetricArtifact => one.artifactType === 'metric' && one.runId === run,
    );
    assert.deepEqual(
      figures.map(({ name, scope }) => [name, scope]),
      [[`${run}/core/accuracy`, 'baseline']],
    );
    const { customProperties } = await there(shared);
    assert.equal(customProperties['aiw.baseline.core_accuracy'], 0.9);
    assert.equal(customProperties['aiw.baseline.overall_average'], 0.9);
    assert.equal(
      Object.keys(customProperties).some(name => name.startsWith('aiw.custom.')),
      false,
    );
  });

  it('adds only what is missing when published again', async () => {
    const shared = createMemoryRegistry();
    const ports = portsWith(shared);
    const version = await world.register('weights');
    await publish(ports, version);
    const before = await artifactsThere(shared);
    await world.assess(version);
    await publish(ports, version);
    const after = await artifactsThere(shared);
    assert.deepEqual(after.slice(0, before.length), before);
    assert.deepEqual(
      after.slice(before.length).map(({ name }) => name.split('/')[0]),
      ['scorecard'],
    );
    assert.equal((await shared.getModel('triage', signal)).versions, 1);
    const { publications } = await (async () => ({
      publications: await ports.store.publications.ofVersion('triage', '1'),
    }))();
    assert.equal(publications.length, 1);
  });

  it('points a tuned child at its parent there', async () => {
    const shared = createMemoryRegistry();
    const ports = portsWith(shared);
    const parent = await world.register('parent');
    await publish(ports, parent, { name: 'tickets' });
    const spec = {
      kind: 'tune' as const,
      text: '',
      path: '/w/t',
      file: 't',
      name: 't',
      folder: '/w',
      origin: 'terminal' as const,
      trained: { 'embedded:linear': { weightsDigest: parent.weightsDigest, model: 'triage', version: parent.version } },
    };
    const child = await world.register('child', { spec });
    assert.equal(child.lineage.parentVersion, parent.version);
    await publish(ports, child, { name: 'tickets' });
    const parentThere = await there(shared, '1', 'tickets');
    const childThere = await there(shared, '2', 'tickets');
    assert.equal(childThere.customProperties[keys.parentVersion], parentThere.id);
    assert.equal(childThere.status, 'candidate');
  });

  describe('whatever breaks', () => {
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
      await publishLocally(await world.measure([version]));
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
      status: (await there(shared)).status,
      aliases: (await there(shared)).aliases,
      properties: Object.keys((await there(shared)).customProperties).sort(),
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
          publish(portsWith(shared), version),
          publishVersion(request, { ...other.ports, registries }, signal),
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
      assert.equal((await there(shared)).status, 'untracked');
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
      assert.equal((await there(shared)).customProperties['aiw.custom.core.accuracy'], 0.9);
    });
    const someone = { email: 'someone@x.example', assurance: 'self-asserted' } as const;
    const turn = (): Promise<void> => new Promise(resolve => setImmediate(resolve));
  });

  describe('and its status', () => {
    const approve = async (version: LocalVersion): Promise<void> => {
      const { approve: give, requestApproval } = await import('../promotion/approval.ts');
      await world.measure([version], { gate: 'met' });
      world.act('assessor');
      await world.assess(version);
      world.act('requester');
      const step = { model: version.model, version: version.version, folder: world.folder };
      await requestApproval(step, world.ports, signal);
      world.act('approver');
      await give(step, world.ports, signal);
    };

    it('goes as approved only by a person whose approval counts, and tells who approved', async () => {
      const shared = createMemoryRegistry();
      const ports = portsWith(shared);
      const version = await world.register('weights');
      await approve(version);
      world.act('author');
      await assert.rejects(publish(ports, version), refused('separation-of-duties', /author .*publish it as approved/));
      await assert.rejects(shared.getModel('triage', signal), refused('registry-not-found', /./));
      world.act('approver');
      await publish(ports, version);
      const found = await there(shared);
      assert.equal(found.status, 'approved');
      assert.equal(found.customProperties[keys.approvedBy], 'approver@x.example');
    });

    it('is not approved because the store was edited to say so', async () => {
      const shared = createMemoryRegistry();
      const version = await world.register('weights');
      world.edit("UPDATE model_versions SET status = 'approved'");
      world.act('approver');
      await assert.rejects(publish(portsWith(shared), version), refused('approval-missing', /./));
      await assert.rejects(shared.getModel('triage', signal), refused('registry-not-found', /./));
    });

    it('moves forward and never back when published again', async () => {
      const shared = createMemoryRegistry();
      const ports = portsWith(shared);
      const version = await world.register('weights');
      await publish(ports, version);
      await shared.setStatus('triage', '1', 'approved', { email: 'ops@x.example', assurance: 'self-asserted' });
      const { notes } = await publish(ports, version);
      assert.equal((await there(shared)).status, 'approved');
      assert.match(notes.join(' '), /It is approved there and stays that/);
    });

    it('follows a step taken here, once the registry answers', async () => {
      let down = false;
      const shared = createMemoryRegistry({ before: () => (down ? unreachable() : undefined) });
      const ports = portsWith(shared);
      const version = await world.register('weights');
      await publish(ports, version);
      await noteStatusChange({ model: 'triage', version: '99' }, ports.store);
      assert.deepEqual(await ports.store.publications.open(), []);
      await approve(version);
      await noteStatusChange(version, ports.store);
      down = true;
      world.act('author');
      const failed = await publishPending({ kind: 'status', due: true, folder: world.folder }, ports, signal);
      assert.deepEqual(
        failed.publications.map(({ kind, state, failure }) => [kind, state, failure?.code]),
        [['status', 'failed', 'registry-unreachable']],
      );
      down = false;
      assert.deepEqual((await publishPending({ due: true, folder: world.folder }, ports, signal)).publications, []);
      world.clock.advance(60_000);
      await publishPending({ due: true, folder: world.folder }, ports, signal);
      const found = await there(shared);
      assert.equal(found.status, 'approved');
      assert.equal(found.customProperties[keys.approvedBy], 'approver@x.example');
      assert.ok((await artifactsThere(shared)).some(({ name }) => name.endsWith('/approved')));
    });
  });
});
