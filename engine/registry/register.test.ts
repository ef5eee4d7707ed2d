import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { identity, makeTuningReport } from '../../test/fakes/evidence.ts';
import { registriesOf } from '../../test/fakes/memory-registry.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import type { Artifact, MetricArtifact } from '../../schemas/generated/messages.ts';
import { verifyAudit } from '../audit/verify.ts';
import { WorkbenchError, type ErrorCode } from '../base/errors.ts';
import { compareVersions } from '../versions/compare.ts';
import { describeVersion, listRegistry } from '../versions/details.ts';
import { publishRun } from './publish.ts';
import { registerRun } from './register-run.ts';

const code = (expected: ErrorCode) => (error: unknown) => error instanceof WorkbenchError && error.code === expected;

describe('registering a checkpoint', () => {
  let world: Governed;
  beforeEach(async () => (world = await openGoverned()));
  afterEach(() => world.close());
  const artifactsOf = (version: string): Promise<readonly Artifact[]> =>
    world.ports.store.registry.listArtifacts('triage', version, signal);

  it('keeps where the version comes from, under the names other registries read', async () => {
    const version = await world.register('w1');
    assert.equal(version.version, '1');
    assert.equal(version.status, 'candidate');
    assert.equal(version.externalId, `aiw:${version.weightsDigest}`);
    assert.deepEqual(version.aliases, ['candidate']);
    assert.equal(version.customProperties['aiw.weights_digest'], version.weightsDigest);
    assert.equal(version.customProperties['aiw.train_run_id'], 'tune-w1');
    assert.equal(version.lineage.trainer?.email, 'trainer@x.example');
    assert.equal(version.lineage.epoch, 2);
    assert.deepEqual(
      version.lineage.datasets.map(({ role, digest, rows, card }) => [role, digest, rows, card?.license]),
      [
        ['train', 'training-rows', 200, 'mit'],
        ['test', 'test-rows', 50, 'mit'],
      ],
    );
    const artifacts = await artifactsOf('1');
    assert.deepEqual(
      artifacts
        .filter(({ artifactType }) => artifactType !== 'parameter')
        .map(({ artifactType, name }) => [artifactType, name]),
      [
        ['model-artifact', 'weights'],
        ['dataset-artifact', 'tune-w1/triage-tuned.core-performance/train'],
        ['dataset-artifact', 'tune-w1/triage-tuned.core-performance/test'],
        ['metric', 'tune-w1/triage-tuned.core-performance/accuracy'],
      ],
    );
    assert.ok(
      artifacts.some(
        item => item.artifactType === 'parameter' && item.name === 'tune-w1/learningRate' && item.value === 0.1,
      ),
    );
  });

  it('registers the same checkpoint once, and moves only an alias that is asked for', async () => {
    const first = await world.register('w1');
    await world.register('w2');
    const again = await world.register('w1');
    assert.equal(again.version, first.version);
    assert.deepEqual(again.aliases, [], 'the alias stays at the newer version');
    assert.deepEqual((await world.register('w1', { alias: 'fallback' })).aliases, ['fallback']);
    assert.equal((await world.ports.store.registry.listVersions('triage', signal)).length, 2);
  });

  it('keeps the model card as it is now, and never exchanges it', async () => {
    const card = path.join(world.folder, 'card.md');
    writeFileSync(card, '# Triage\n');
    await world.register('w1');
    await world.register('w1', { card });
    const kept = (await artifactsOf('1')).find(({ artifactType }) => artifactType === 'doc-artifact');
    assert.ok(kept !== undefined && 'digest' in kept && kept.name === 'model-card');
    assert.equal('path' in kept && kept.path, 'card.md');
    assert.equal(new TextDecoder().decode(await world.ports.store.blobs.read(kept.digest ?? '')), '# Triage\n');
    await world.register('w1', { card });
    writeFileSync(card, '# Another\n');
    await assert.rejects(world.register('w1', { card }), code('registry-exists'));
  });

  it('gives a version of another epoch no figures that were measured on the best one', async () => {
    const { digest, bytes } = await world.ports.store.blobs.put(new TextEncoder().encode('epoch 1'));
    const report = makeTuningReport('tune-x', 'f'.repeat(64), bytes);
    const checkpoints = report.checkpoints.map(each => (each.epoch === 1 ? { ...each, digest } : each));
    const version = await world.register('x', { report: { ...report, checkpoints }, epoch: 1 });
    assert.equal(version.lineage.epoch, 1);
    assert.ok(!(await artifactsOf('1')).some(({ artifactType }) => artifactType === 'metric'));
  });

  it('names the version of the same model it was tuned from', async () => {
    const parent = await world.register('w1');
    const { digest, bytes } = await world.ports.store.blobs.put(new TextEncoder().encode('child'));
    const report = { ...makeTuningReport('tune-child', digest, bytes), base: 'checkpoint:triage-tuned' };
    const spec = {
      kind: 'tune',
      text: '',
      path: '/w/t.tune.yaml',
      file: 't.tune.yaml',
      name: 't',
      folder: '/w',
      origin: 'terminal',
      trained: { 'checkpoint:triage-tuned': { weightsDigest: parent.weightsDigest } },
    } as const;
    const child = await world.register('child', { report, spec });
    assert.equal(child.lineage.parentVersion, parent.version);
    assert.equal(child.customProperties['aiw.parent_version_id'], parent.version);
    assert.equal(child.lineage.trainer?.email, 'author@x.example', 'nobody else asked for the run');
  });

  it('names data and cards from the workspace folder, wherever the job lies', async () => {
    const spec = {
      kind: 'tune',
      text: '',
      path: '/w/jobs/night/t.tune.yaml',
      file: 'jobs/night/t.tune.yaml',
      name: 't',
      folder: '/w',
      origin: 'terminal',
    } as const;
    const { digest, bytes } = await world.ports.store.blobs.put(new TextEncoder().encode('below'));
    const report = makeTuningReport('tune-below', digest, bytes);
    const aspects = report.aspects.map(aspect => ({
      ...aspect,
      dataset: '../../data/tickets.jsonl',
      card: { path: 'tickets.card.md', digest: 'card' },
    }));
    const { lineage, version } = await world.register('below', { report: { ...report, aspects }, spec });
    assert.deepEqual(
      lineage.datasets.map(({ path: at, card }) => [at, card?.path]),
      [
        ['data/tickets.jsonl', 'jobs/night/tickets.card.md'],
        ['data/tickets.jsonl', 'jobs/night/tickets.card.md'],
      ],
    );
    const uris = (await artifactsOf(version)).flatMap(item =>
      item.artifactType === 'dataset-artifact' ? item.uri : [],
    );
    assert.deepEqual(uris, ['data/tickets.jsonl', 'data/tickets.jsonl']);
  });

  const refused: readonly [what: string, changes: Parameters<Governed['register']>[1], expected: ErrorCode][] = [
    ['a guarded alias', { alias: 'production' }, 'usage'],
    ['an alias that reads as a version', { alias: 'v3' }, 'usage'],
    ['a name no benchmark could write', { model: 'my model' }, 'usage'],
    ['an epoch that was not kept', { epoch: 7 }, 'checkpoint-missing'],
    ['weights that are gone', { epoch: 1 }, 'blob-missing'],
    ['a card that is not there', { card: '/nowhere/card.md' }, 'file-not-found'],
  ];
  for (const [what, changes, expected] of refused) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(world.register('w1', changes), code(expected));
      assert.deepEqual(await world.ports.store.registry.listModels({ archived: true }, signal), []);
    });
  }

  it('refuses a version of an archived model', async () => {
    await world.register('w1');
    await world.ports.store.registry.setArchived('triage', true, identity('author'));
    await assert.rejects(world.register('w2'), code('usage'));
    const { models } = await listRegistry(world.ports.store, signal);
    assert.equal(models[0]?.model.state, 'ARCHIVED');
  });

  it('registers a run by its id only when it is a tuning run that succeeded', async () => {
    const version = await world.register('w1');
    const run = await world.measure([version]);
    const request = { runId: run, model: 'triage', author: identity('author') };
    await assert.rejects(registerRun(request, world.ports, signal), code('usage'));
    const text =
      'name: t\nbase: embedded:linear\naspects: {core-performance: {dataset: {path: a.jsonl, input: q, target: a, split: s}}}\n';
    const spec = {
      kind: 'tune',
      text,
      path: '/w/t.tune.yaml',
      file: 't.tune.yaml',
      name: 't',
      folder: '/w',
      origin: 'terminal',
    } as const;
    await world.ports.store.createRun({ id: 'tune-1', spec, createdAt: 1 });
    await assert.rejects(registerRun({ ...request, runId: 'tune-1' }, world.ports, signal), code('usage'));
    await assert.rejects(registerRun({ ...request, runId: 'none' }, world.ports, signal), code('run-not-found'));
  });
});

describe('publishing a benchmark run', () => {
  let world: Governed;
  beforeEach(async () => (world = await openGoverned()));
  afterEach(() => world.close());
  const figuresOf = async (version: string): Promise<readonly MetricArtifact[]> =>
    (await describeVersion('triage', version, world.ports.store, signal)).artifacts.filter(
      (artifact): artifact is MetricArtifact => artifact.artifactType === 'metric' && artifact.scope === 'custom',
    );

  it('adds its figures to the versions it asked, once', async () => {
    const [one, two] = [await world.register('w1'), await world.register('w2')];
    const run = await world.measure([one], { value: 0.8 });
    assert.deepEqual(await publishRun(run, world.ports.store, signal), [{ model: 'triage', version: '1' }]);
    await publishRun(run, world.ports.store, signal);
    const [figure, ...more] = await figuresOf('1');
    assert.deepEqual(more, [], 'a figure that could not be computed is none');
    assert.equal(figure?.name, `${run}/core/accuracy`);
    assert.deepEqual([figure.value, figure.low, figure.n, figure.datasetDigest], [0.8, 0.75, 100, 'rows-1']);
    assert.deepEqual(await figuresOf(two.version), []);
    assert.ok((await verifyAudit(world.ports.store, world.ports.digest, signal)).intact);
  });

  it('refuses runs that are not finished', async () => {
    const spec = {
      kind: 'benchmark',
      text: '',
      path: '/w/b',
      file: 'b',
      name: 'b',
      folder: '/w',
      origin: 'terminal',
    } as const;
    await world.ports.store.createRun({ id: 'queued-1', spec, createdAt: 1 });
    await assert.rejects(publishRun('queued-1', world.ports.store, signal), code('usage'));
  });

  it('compares figures only on the same rows, the newest of each', async () => {
    const [one, two] = [await world.register('w1'), await world.register('w2')];
    const runs = [
      await world.measure([one, two], { value: 0.7 }),
      await world.measure([two], { value: 0.75 }),
      await world.measure([two], { value: 0.99, dataset: 'other-rows' }),
    ];
    for (const run of runs) await publishRun(run, world.ports.store, signal);
    const references = [
      { model: 'triage', version: '1' },
      { model: 'triage', version: '2' },
    ];
    const { figures, settings } = await compareVersions(
      references,
      registriesOf(world.ports.store.registry, {}),
      world.ports.store,
      signal,
    );
    const own = figures.filter(({ task }) => task === 'core');
    assert.deepEqual(
      own.map(({ datasetDigest, values }) => [datasetDigest, values]),
      [
        ['rows-1', [0.7, 0.75]],
        ['other-rows', [null, 0.99]],
      ],
    );
    assert.deepEqual(
      settings.map(({ name }) => name),
      ['run'],
    );
    await assert.rejects(
      compareVersions(references.slice(1), registriesOf(world.ports.store.registry, {}), world.ports.store, signal),
      code('usage'),
    );
  });
});
