import assert from 'node:assert/strict';
import { createDigest } from '../../platform/host/digest.ts';
import type { DocArtifact, MetricArtifact } from '../../schemas/generated/messages.ts';
import { signal, type Governed } from '../../test/fakes/governed.ts';
import { artifactsThere, openHanding, triageThere, type Handing } from '../../test/fakes/handing.ts';
import { createMemoryRegistry } from '../../test/fakes/memory-registry.ts';
import { readScorecard, viewScorecard } from '../governance/scorecard.ts';
import type { LocalVersion, ModelRegistry } from '../ports/registry.ts';
import { keys } from '../registry/keys.ts';
import type { HandoffPorts } from './ports.ts';

describe('publishing a version', () => {
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
    const found = await triageThere(shared);
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
    const cards = artifacts.filter(each => each.artifactType === 'doc-artifact' && each.name.startsWith('scorecard/'));
    const [card, oscal] = cards as DocArtifact[];
    assert.equal(oscal?.name, `${card?.name ?? ''}/oscal`);
    const read = async ({ uri }: { readonly uri: string }): Promise<string> =>
      new TextDecoder().decode(await shared.readContent(uri, signal));
    assert.match(await read(oscal), /"assessment-results"/);
    const scorecard = readScorecard(await read(card as DocArtifact), 'a');
    assert.equal(viewScorecard(scorecard, world.ports.digest).verification.state, 'verified');
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
    await world.measure([version]).then(run => handing.publishLocally(run, createMemoryRegistry()));
    await publish(portsWith(shared), version);
    const told = JSON.stringify([await triageThere(shared), await artifactsThere(shared)]);
    assert.doesNotMatch(told, /rows\.jsonl|tickets\.jsonl|\.tune\.yaml|\.bench\.yaml/);
    assert.equal(told.includes(world.folder), false);
  });

  it('publishes what benchmarks measured, on private terms, under the use case', async () => {
    const shared = createMemoryRegistry();
    const version = await world.register('weights');
    const run = await world.measure([version]);
    await handing.publishLocally(run, createMemoryRegistry());
    await publish(portsWith(shared), version);
    const found = await triageThere(shared);
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
    await handing.publishLocally(run, createMemoryRegistry());
    await publish(portsWith(shared), version, { scope: 'baseline' });
    await publish(portsWith(shared), version);
    const figures = (await artifactsThere(shared)).filter(
      (one): one is MetricArtifact => one.artifactType === 'metric' && one.runId === run,
    );
    assert.deepEqual(
      figures.map(({ name, scope }) => [name, scope]),
      [[`${run}/core/accuracy`, 'baseline']],
    );
    const { customProperties } = await triageThere(shared);
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
      ['scorecard', 'scorecard'],
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
    const parentThere = await triageThere(shared, '1', 'tickets');
    const childThere = await triageThere(shared, '2', 'tickets');
    assert.equal(childThere.customProperties[keys.parentVersion], parentThere.id);
    assert.equal(childThere.status, 'candidate');
  });
});
