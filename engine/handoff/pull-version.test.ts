import assert from 'node:assert/strict';
import { createDigest } from '../../platform/host/digest.ts';
import type { Artifact } from '../../schemas/generated/messages.ts';
import { refused } from '../../test/fakes/assessable.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { createMemoryRegistry, registriesOf } from '../../test/fakes/memory-registry.ts';
import { ada, newFigure, newVersion } from '../../test/fakes/registry-contract.ts';
import type { ModelRegistry } from '../ports/registry.ts';
import { omit } from '../base/omit.ts';
import { verifyAudit } from '../audit/verify.ts';
import { digestOfModel } from '../models/model-files.ts';
import { checkpointArtifacts, referenceOfVersion } from '../registry/checkpoint-artifacts.ts';
import { keys } from '../registry/keys.ts';
import type { HandoffPorts } from './ports.ts';
import { publishRun, publishVersion } from './publish.ts';
import { pullVersion } from './pull-version.ts';
import { findParent } from './version-facts.ts';

const digest = createDigest();
const bytes = new TextEncoder().encode('the weights');
const card = new TextEncoder().encode('# Granite\n');

describe('pulling a version', () => {
  let here: Governed;
  let shared: ModelRegistry;
  let ports: HandoffPorts;
  beforeEach(async () => {
    here = await openGoverned();
    shared = createMemoryRegistry();
    ports = { ...here.ports, registries: registriesOf(here.ports.store.registry, { shared }) };
  });
  afterEach(() => here.close());

  const pull = (changes = {}) =>
    pullVersion({ registry: 'shared', model: 'granite', version: '1', folder: here.folder, ...changes }, ports, signal);

  /** A version that ModelOps approved, with files. */
  async function offer(changes: { readonly weights?: Uint8Array; readonly card?: Uint8Array } = {}): Promise<void> {
    const weightsDigest = digest.sha256(bytes);
    const version = newVersion('granite', 'a', {
      weightsDigest,
      customProperties: { 'aiw.base_name': 'granite-3', 'aiw.baseline.ttft_p90': 120, team: 'ops' },
    });
    await shared.createVersion(version, { name: 'granite', owner: 'ops@x.example', license: 'apache-2.0' }, ada);
    const weightsUri = await shared.putContent('granite', '1', 'weights.safetensors', changes.weights ?? bytes, ada);
    const cardUri = await shared.putContent('granite', '1', 'model-card.md', changes.card ?? card, ada);
    const artifacts: Artifact[] = [
      { artifactType: 'model-artifact', name: 'weights', uri: weightsUri, digest: weightsDigest },
      { artifactType: 'doc-artifact', name: 'model-card', uri: cardUri, digest: digest.sha256(card) },
      newFigure('accuracy', 0.8),
    ];
    await shared.addArtifacts('granite', '1', artifacts, ada);
    await shared.setStatus('granite', '1', 'approved', ada);
  }

  it('makes a local candidate of it, with weights, card, figures and where it comes from', async () => {
    await offer();
    const { version, notes } = await pull();
    assert.deepEqual(notes, []);
    assert.equal(version.status, 'evaluated');
    assert.deepEqual(version.origin, {
      registry: 'shared',
      model: 'granite',
      version: '1',
      id: (await shared.getVersion('granite', '1', signal)).id,
    });
    assert.equal(version.customProperties['team'], 'ops');
    assert.equal('aiw.baseline.ttft_p90' in version.customProperties, false);
    assert.equal(version.author.assurance, 'self-asserted');
    assert.deepEqual(await here.ports.store.blobs.read(version.weightsDigest), Buffer.from(bytes));
    const model = await here.ports.store.registry.getModel('granite', signal);
    assert.deepEqual([model.owner, model.license], ['ops@x.example', 'apache-2.0']);
    const artifacts = await here.ports.store.registry.listArtifacts('granite', '1', signal);
    assert.deepEqual(
      artifacts.map(one => [one.name, 'uri' in one ? one.uri : undefined, one.customProperties?.[keys.origin] ?? null]),
      [
        ['weights', `blob:sha256:${version.weightsDigest}`, 'shared/granite@1'],
        ['model-card', `blob:sha256:${digest.sha256(card)}`, 'shared/granite@1'],
        ['run-1/core/accuracy', undefined, 'shared/granite@1'],
      ],
    );
    assert.equal((await verifyAudit(here.ports.store, here.ports.digest, signal)).intact, true);
  });

  it('gives the same version again, with what is new', async () => {
    await offer();
    const first = await pull();
    await shared.addArtifacts('granite', '1', [newFigure('f1', 0.7)], ada);
    const again = await pull();
    assert.equal(again.version.version, first.version.version);
    const artifacts = await here.ports.store.registry.listArtifacts('granite', '1', signal);
    assert.equal(artifacts.length, 4);
    assert.equal((await here.ports.store.registry.getModel('granite', signal)).versions, 1);
  });

  it('refuses files that are not what their digests say, and keeps nothing', async () => {
    for (const changes of [{ weights: new Uint8Array([1]) }, { card: new Uint8Array([2]) }]) {
      shared = createMemoryRegistry();
      ports = { ...ports, registries: registriesOf(here.ports.store.registry, { shared }) };
      await offer(changes);
      await assert.rejects(pull(), refused('registry-malformed', /not what its digest says/));
      assert.deepEqual(await here.ports.store.registry.listModels({ archived: true }, signal), []);
      assert.equal(await here.ports.store.blobs.has(digest.sha256(bytes)), false);
    }
  });

  it('brings all files of a model’s folder, and nothing where they are not what its digest names', async () => {
    const text = (content: string) => new TextEncoder().encode(content);
    const contents = new Map([
      ['model-00001.safetensors', text('first half')],
      ['model-00002.safetensors', text('second half')],
      ['config.json', text('{}')],
    ]);
    const files = [...contents].map(([path, content]) => ({
      path,
      digest: digest.sha256(content),
      bytes: content.length,
    }));
    const offerFolder = async (model: string, weightsDigest: string) => {
      const properties = { 'aiw.model_format': 'transformers', 'aiw.task': 'text-generation' };
      const version = newVersion(model, 'a', { weightsDigest, customProperties: properties });
      await shared.createVersion(version, { name: model }, ada);
      const artifacts: Artifact[] = [];
      for (const artifact of checkpointArtifacts({ digest: weightsDigest, bytes: 0, format: 'transformers', files })) {
        const content = contents.get(artifact.name);
        assert.ok(content !== undefined && 'uri' in artifact);
        artifacts.push({ ...artifact, uri: await shared.putContent(model, '1', artifact.name, content, ada) });
      }
      await shared.addArtifacts(model, '1', artifacts, ada);
    };
    const named = digestOfModel(files, digest) ?? '';
    await offerFolder('whole', named);
    const { version, notes } = await pull({ model: 'whole' });
    assert.deepEqual([version.weightsDigest, notes], [named, []]);
    const { blobs, registry } = here.ports.store;
    for (const file of files) assert.ok(await blobs.has(file.digest), file.path);
    assert.ok(await blobs.has(named), 'the manifest is there');
    const artifacts = await registry.listArtifacts('whole', '1', signal);
    assert.deepEqual(referenceOfVersion(version, artifacts)?.files, files);
    await offerFolder('other', digest.sha256('something else'));
    await assert.rejects(
      pull({ model: 'other' }),
      refused('registry-malformed', /not the weights that its digest names/),
    );
    assert.deepEqual(
      (await registry.listModels({}, signal)).map(({ name }) => name),
      ['whole'],
    );
  });

  it('comes without weights that cannot be had, and says so', async () => {
    const version = newVersion('granite', 'a');
    await shared.createVersion(version, { name: 'granite' }, ada);
    await shared.addArtifacts(
      'granite',
      '1',
      [{ artifactType: 'model-artifact', name: 'weights', uri: 's3://models/granite', digest: version.weightsDigest }],
      ada,
    );
    const pulled = await pull();
    assert.match(pulled.notes.join(' '), /could not be had \(they lie at s3:\/\/models\/granite\)/);
    assert.equal(pulled.version.weightsDigest, version.weightsDigest);
  });

  it('refuses what has no weights digest, what is revoked, and names that local models cannot have', async () => {
    const nameless = omit(newVersion('granite', 'a'), 'weightsDigest', 'modelDigest');
    await shared.createVersion(nameless, { name: 'granite' }, ada);
    await assert.rejects(pull(), refused('usage', /does not say what its weights are/));
    await shared.createVersion(newVersion('other', 'b'), { name: 'other' }, ada);
    await shared.setStatus('other', '1', 'revoked', ada);
    await assert.rejects(pull({ model: 'other' }), refused('usage', /revoked/));
    await assert.rejects(pull({ model: 'ibm/granite' }), refused('usage', /cannot be the name/));
    await assert.rejects(pull({ registry: 'local' }), refused('usage', /is here already/));
    assert.deepEqual(await here.ports.store.registry.listModels({}, signal), []);
  });

  it('closes the circle: pulled, measured on own data, and published back to the same version', async () => {
    await offer();
    const { version } = await pull({ name: 'our-granite' });
    const run = await here.measure([version], { name: 'claims' });
    const { publications } = await publishRun({ runId: run, useCase: 'claims', folder: here.folder }, ports, signal);
    assert.deepEqual(
      publications.map(({ registry, model, version: v }) => `${registry}/${model}@${v}`),
      ['shared/granite@1'],
    );
    const found = await shared.getVersion('granite', '1', signal);
    assert.equal(found.customProperties['aiw.custom.claims.accuracy'], 0.9);
    assert.equal(found.status, 'approved');
  });

  it('publishes a child of what was pulled as a candidate with its parent there', async () => {
    await offer();
    const { version: parent } = await pull();
    const spec = {
      kind: 'tune' as const,
      text: '',
      path: '/w/t',
      file: 't',
      name: 't',
      folder: '/w',
      origin: 'terminal' as const,
      trained: { 'embedded:linear': { weightsDigest: parent.weightsDigest, model: 'granite', version: '1' } },
    };
    const child = await here.register('tuned', { model: 'granite', spec });
    const request = { model: 'granite', version: child.version, registry: 'shared', folder: here.folder };
    await publishVersion(request, ports, signal);
    const childThere = await shared.getVersion('granite', '2', signal);
    assert.equal(childThere.status, 'candidate');
    assert.equal(childThere.customProperties[keys.parentVersion], (await shared.getVersion('granite', '1', signal)).id);
    assert.equal(childThere.lineage.parentVersion, '1');
  });

  it('knows the parent of what was tuned from a version asked there by name', async () => {
    await offer();
    const child = await here.register('tuned', { model: 'ours' });
    const named = { ...child, lineage: { ...child.lineage, base: { name: 'registry:shared/granite@1' } } };
    const target = { registry: shared, model: 'ours' };
    const parent = await findParent(named, target, here.ports.store.registry, signal);
    assert.equal(parent?.id, (await shared.getVersion('granite', '1', signal)).id);
    const elsewhere = { ...child, lineage: { ...child.lineage, base: { name: 'registry:other/granite@1' } } };
    assert.equal(await findParent(elsewhere, target, here.ports.store.registry, signal), undefined);
  });
});
