import assert from 'node:assert/strict';
import type { Artifact, MetricArtifact } from '../../schemas/generated/messages.ts';
import { refused } from '../../test/fakes/assessable.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { createMemoryRegistry, registriesOf } from '../../test/fakes/memory-registry.ts';
import { ada, newVersion } from '../../test/fakes/registry-contract.ts';
import { makeProgress } from '../../test/fakes/runs.ts';
import type { ModelRegistry } from '../ports/registry.ts';
import { keys } from '../registry/keys.ts';
import type { HandoffPorts } from './ports.ts';
import { publishRun, publishVersion } from './publish.ts';
import { tutorialLinks } from '../registry/tutorial-keys.ts';

describe("publishing a run's figures", () => {
  let world: Governed;
  let shared: ModelRegistry;
  let ports: HandoffPorts;
  beforeEach(async () => {
    world = await openGoverned();
    shared = createMemoryRegistry();
    ports = { ...world.ports, registries: registriesOf(world.ports.store.registry, { shared }) };
  });
  afterEach(() => world.close());

  const publish = (runId: string, changes = {}) =>
    publishRun({ runId, folder: world.folder, ...changes }, ports, signal);
  const hand = async (content = 'weights') => {
    const version = await world.register(content);
    const request = { model: 'triage', version: version.version, registry: 'shared', folder: world.folder };
    await publishVersion(request, ports, signal);
    return version;
  };
  const properties = async (version = '1') => (await shared.getVersion('triage', version, signal)).customProperties;
  const artifacts = (version = '1'): Promise<readonly Artifact[]> => shared.listArtifacts('triage', version, signal);
  const figures = async (runId: string): Promise<readonly MetricArtifact[]> =>
    (await artifacts()).filter((one): one is MetricArtifact => one.artifactType === 'metric' && one.runId === runId);

  it('finds the version it asked, and stands under the use case', async () => {
    const version = await hand();
    const run = await world.measure([version]);
    const { publications } = await publish(run, { registry: 'shared', useCase: 'claims' });
    assert.deepEqual(
      publications.map(({ registry, model, version: v, kind, runId, state }) => [
        registry,
        model,
        v,
        kind,
        runId,
        state,
      ]),
      [['shared', 'triage', '1', 'run', run, 'done']],
    );
    assert.equal((await properties())['aiw.custom.claims.accuracy'], 0.9);
    const [figure] = await figures(run);
    assert.deepEqual(
      [figure?.name, figure?.scope, figure?.useCase, figure?.n, figure?.hardwareType],
      [`${run}/core/accuracy`, 'custom', 'claims', 100, undefined],
    );
  });

  it('goes wherever the version is when no registry is named, and to the local one alone without terms', async () => {
    const version = await hand();
    const run = await world.measure([version]);
    const local = await publish(run);
    assert.deepEqual(
      local.publications.map(({ registry }) => registry),
      ['local'],
    );
    assert.deepEqual(await figures(run), []);
    const everywhere = await publish(run, { scope: 'baseline' });
    assert.deepEqual(
      everywhere.publications.map(({ registry }) => registry),
      ['shared'],
    );
    assert.equal((await properties())['aiw.baseline.core_accuracy'], 0.9);
  });

  it('says what to do where the version is not there', async () => {
    const version = await world.register('weights');
    const run = await world.measure([version]);
    await assert.rejects(publish(run, { registry: 'shared' }), (error: Error & { remedy?: string }) => {
      assert.match(error.message, /shared does not have triage@1/);
      assert.match(error.remedy ?? '', /aiwb registry publish triage@1 --to shared/);
      return true;
    });
    await assert.rejects(publish(run, { scope: 'baseline' }), refused('registry-not-found', /not published anywhere/));
    await assert.rejects(
      publish(run, { registry: 'shared', scope: 'baseline', useCase: 'x' }),
      refused('usage', /no use case/),
    );
  });

  it('keeps private data private: digest and number of rows, and nothing that was asked or answered', async () => {
    await hand();
    const run = await importRun({ tool: 'promptfoo', prompt: 'You are SECRET-PROMPT. Answer {{q}}' });
    await publish(run, { registry: 'shared', model: 'triage', version: '1', useCase: 'claims' });
    const told: unknown[] = [await artifacts(), await properties()];
    for (const artifact of await artifacts()) {
      if (artifact.artifactType === 'doc-artifact')
        told.push(new TextDecoder().decode(await shared.readContent(artifact.uri, signal)));
    }
    assert.doesNotMatch(JSON.stringify(told), /SECRET/);
    const dataset = (await artifacts()).find(
      one => one.name.startsWith(`${run}/`) && one.artifactType === 'dataset-artifact',
    );
    assert.ok(dataset?.artifactType === 'dataset-artifact');
    assert.deepEqual([dataset.digest, dataset.rows, dataset.uri, dataset.private], ['rows-9', 3, undefined, true]);
  });

  it('tells where public data lies', async () => {
    const version = await hand();
    const run = await world.measure([version]);
    await publish(run, { registry: 'shared', scope: 'baseline', private: false });
    const dataset = (await artifacts()).find(one => one.artifactType === 'dataset-artifact' && one.runId === run);
    assert.ok(dataset?.artifactType === 'dataset-artifact');
    assert.equal(dataset.uri, 'rows.jsonl');
    const context = JSON.parse(String((await properties())['aiw.context.baseline.core'])) as Record<string, unknown>;
    assert.equal(context['dataset'], 'rows.jsonl');
    const raw = (await artifacts()).find(({ name }) => name === `${run}/results`);
    assert.ok(raw?.artifactType === 'doc-artifact');
    const file = JSON.parse(new TextDecoder().decode(await shared.readContent(raw.uri, signal))) as { format: string };
    assert.equal(file.format, 'aiwb-run');
  });

  it("publishes other tools' loads with the catalog's names, marked where the weights are not known", async () => {
    await shared.createVersion(newVersion('granite', 'c'), { name: 'granite' }, ada);
    const run = await importRun({ tool: 'guidellm', prompt: 'constant at 8/s' });
    const { notes } = await publish(run, {
      registry: 'shared',
      model: 'granite',
      version: '1',
      scope: 'baseline',
      hardwareType: 'NVIDIA H100',
      hardwareCount: 8,
    });
    assert.match(notes.join(' '), /identity unverified/);
    const { customProperties } = await shared.getVersion('granite', '1', signal);
    assert.equal(customProperties['aiw.baseline.ttft_p90'], 120);
    assert.equal(customProperties['aiw.baseline.requests_per_second'], 7.5);
    const context = JSON.parse(String(customProperties['aiw.context.baseline.load'])) as Record<string, unknown>;
    assert.deepEqual([context['hardware'], context['identity']], ['8 × NVIDIA H100', 'unverified']);
    const all = await shared.listArtifacts('granite', '1', signal);
    const [figure] = all.filter((one): one is MetricArtifact => one.artifactType === 'metric');
    assert.deepEqual(
      [figure?.tool, figure?.toolVersion, figure?.customProperties],
      ['guidellm', '0.5.0', { [keys.identity]: 'unverified' }],
    );
    const settings = Object.fromEntries(
      all.flatMap(one => (one.artifactType === 'parameter' ? [[one.name, one.value]] : [])),
    );
    assert.equal(settings[`${run}/temperature`], 0.2);
    assert.equal(settings[`${run}/hardware_count`], 8);
    assert.equal(`${run}/seed` in settings, false, "our own intervals' seed is not the tool's");
  });

  it('does not guess which model was measured', async () => {
    await shared.createVersion(newVersion('granite', 'c'), { name: 'granite' }, ada);
    const [one, two] = [await world.register('one'), await world.register('two')];
    const run = await world.measure([one, two]);
    await assert.rejects(
      publish(run, { registry: 'shared', model: 'granite', version: '1' }),
      refused('usage', /asked 2 models/),
    );
  });

  it('lets a newer run of a task replace the summary, and keeps every figure', async () => {
    const version = await hand();
    const older = await world.measure([version], { value: 0.7 });
    const newer = await world.measure([version], { value: 0.8 });
    await publish(newer, { registry: 'shared', useCase: 'claims' });
    await publish(older, { registry: 'shared', useCase: 'claims' });
    assert.equal((await properties())['aiw.custom.claims.accuracy'], 0.8);
    assert.deepEqual(
      [...(await figures(older)), ...(await figures(newer))].map(({ value }) => value),
      [0.7, 0.8],
    );
    await publish(newer, { registry: 'shared', useCase: 'claims' });
    assert.equal((await figures(newer)).length, 1);
  });

  it('writes the tutorial’s links when asked, and reads them', async () => {
    await hand();
    const load = await importRun({ tool: 'guidellm', prompt: 'synchronous' });
    const to = { registry: 'shared', model: 'triage', version: '1', tutorialKeys: true };
    const { notes } = await publish(load, { ...to, scope: 'baseline' });
    assert.match(notes.join(' '), /"🔵 GuideLLM Results S3" is not written/);
    assert.equal((await properties())['🔵 GuideLLM Results UI'], 'https://shared.example/models/triage/1');
    await publish(await importRun({ tool: 'lm-eval', prompt: undefined }), { ...to, useCase: 'claims' });
    const found = await shared.getVersion('triage', '1', signal);
    assert.deepEqual(tutorialLinks(found), [
      { label: 'GuideLLM Results UI', url: 'https://shared.example/models/triage/1', scope: 'baseline' },
      { label: 'lm_eval Results UI', url: 'https://shared.example/models/triage/1', scope: 'custom' },
    ]);
  });

  /** A run as `aiwb import` leaves it. */
  async function importRun({
    tool,
    prompt,
  }: {
    tool: 'guidellm' | 'promptfoo' | 'lm-eval';
    prompt: string | undefined;
  }) {
    const { store, digest, clock } = world.ports;
    world.clock.advance(1000);
    const id = `import-${tool}-${clock.now()}`;
    const spec = {
      kind: 'benchmark' as const,
      text: 'name: load\n',
      path: '/w/SECRET/results.json',
      file: 'SECRET/results.json',
      name: 'load',
      folder: '/w',
      origin: 'import' as const,
    };
    const run = await store.createRun({ id, spec, createdAt: clock.now() });
    const writer = await store.openWriter(id, { host: 'here', bootId: 'b', pid: 1 });
    const prompts = tool === 'promptfoo' ? [prompt, 'Another SECRET'] : [prompt];
    const variants = prompts.map((text, variant) => ({
      variant,
      model: 'ibm/granite',
      modelDigest: digest.sha256(`imported ${tool}`),
      ...(text === undefined ? {} : { prompt: text, promptDigest: digest.sha256(text) }),
    }));
    const environment = {
      workbench: '0.1.0',
      node: '24',
      platform: 'linux',
      host: 'SECRET-HOST',
      seed: 7,
      fileDigest: 'f',
      source: {
        tool,
        version: '0.5.0',
        file: 'SECRET/results.json',
        digest: 'd',
        measuredAt: clock.now() - 500,
        parameters: { temperature: 0.2 },
      },
    };
    await writer.begin({ variants, environment });
    const timed = { kind: 'latency', unit: 'ms', direction: 'lower', n: 60 } as const;
    const metrics =
      tool === 'guidellm'
        ? [
            { ...timed, metric: 'time-to-first-token.p90', label: 'Time to first token, p90', value: 120 },
            {
              ...timed,
              kind: 'usage' as const,
              unit: 'count' as const,
              direction: 'higher' as const,
              metric: 'requests-per-second.mean',
              label: 'Requests per second, mean',
              value: 7.5,
            },
          ]
        : [
            {
              metric: 'pass',
              label: 'Passed',
              kind: 'quality' as const,
              unit: 'ratio' as const,
              direction: 'higher' as const,
              value: 0.5,
              n: 3,
            },
          ];
    await writer.finish({
      state: 'succeeded',
      progress: makeProgress(3),
      headlines: [],
      report: {
        title: 'load',
        createdAt: clock.now(),
        runs: [run.summary],
        dataset: { path: 'SECRET/rows.jsonl', digest: 'rows-9', rows: 3, trainingRows: 0 },
        environment,
        confidence: 0.95,
        variants: variants.map(variant => ({
          ...variant,
          runId: id,
          samples: 3,
          failed: 0,
          slices: [{ column: 'SECRET', value: 'SECRET', samples: 1, failed: 0, metrics: [] } as never],
          metrics: [...metrics],
        })),
        comparisons: [],
        gates: [],
        failures: [{ variant: 0, class: 'server', count: 1, message: 'SECRET' } as never],
        notes: ['SECRET'],
      },
    });
    return id;
  }
});
