import assert from 'node:assert/strict';
import type { ModelRegistry, NewModelVersion } from '../../engine/ports/registry.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { omit } from '../../engine/base/omit.ts';
import type { Artifact, Identity, MetricArtifact } from '../../schemas/generated/messages.ts';

const never = new AbortController().signal;
export const ada: Identity = { name: 'Ada', email: 'ada@example.com', assurance: 'self-asserted' };

/** A version as the hand-off makes it. */
export function newVersion(model: string, digit: string, changes: Partial<NewModelVersion> = {}) {
  return {
    model,
    author: ada,
    weightsDigest: digit.repeat(64),
    modelDigest: `${digit}f`.repeat(32),
    lineage: { datasets: [], prompts: [], runId: `run-${digit}` },
    artifacts: [],
    ...changes,
  };
}

export function newFigure(name: string, value: number): MetricArtifact {
  return {
    artifactType: 'metric',
    name: `run-1/core/${name}`,
    metric: name,
    label: name,
    value,
    unit: 'ratio',
    direction: 'higher',
    runId: 'run-1',
    task: 'core',
    scope: 'baseline',
    timestamp: 1_700_000_000_000,
    n: 100,
  };
}

/** What every backend of the registry port must do; call it inside `describe`. `open` gives one that may hold other models. */
export function itKeepsTheRegistryContract(open: () => Promise<ModelRegistry> | ModelRegistry): void {
  let count = 0;
  const unique = (): string => `contract-${Date.now().toString(36)}-${(count += 1)}`;
  const isNotFound = (error: unknown): boolean =>
    error instanceof WorkbenchError && error.code === 'registry-not-found';

  it('makes a model with its first version, and gives both back', async () => {
    const registry = await open();
    const name = unique();
    const made = await registry.createVersion(
      newVersion(name, 'a', { description: 'First', customProperties: { 'aiw.base_name': 'linear' } }),
      {
        name,
        owner: 'ops@example.com',
        provider: 'Acme',
        license: 'apache-2.0',
        tasks: ['text-classification'],
        language: ['en'],
      },
      ada,
    );
    assert.equal(made.model, name);
    assert.equal(made.weightsDigest, 'a'.repeat(64));
    const model = await registry.getModel(name, never);
    assert.equal(model.owner, 'ops@example.com');
    assert.equal(model.provider, 'Acme');
    assert.equal(model.license, 'apache-2.0');
    assert.deepEqual(model.tasks, ['text-classification']);
    assert.deepEqual(model.language, ['en']);
    assert.equal(model.versions, 1);
    assert.equal(model.latest, made.version);
    const read = await registry.getVersion(name, undefined, never);
    assert.equal(read.version, made.version);
    assert.equal(read.description, 'First');
    assert.equal(read.author.email, ada.email);
    assert.equal(read.lineage.runId, 'run-a');
    assert.equal(read.customProperties['aiw.base_name'], 'linear');
  });

  it('gives the same version for the same weights of the same run', async () => {
    const registry = await open();
    const name = unique();
    const first = await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    const again = await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    const other = await registry.createVersion(newVersion(name, 'b'), { name }, ada);
    assert.equal(again.version, first.version);
    assert.notEqual(other.version, first.version);
    const { items } = await registry.pageVersions({ model: name }, never);
    assert.deepEqual(
      items.map(({ version }) => version),
      [other.version, first.version],
    );
  });

  it('keeps artifacts as they were first added', async () => {
    const registry = await open();
    const name = unique();
    const { version } = await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    await registry.addArtifacts(name, version, [newFigure('accuracy', 0.5)], ada);
    await registry.addArtifacts(name, version, [newFigure('accuracy', 0.9), newFigure('f1', 0.25)], ada);
    const figures = (await registry.listArtifacts(name, version, never)).filter(one => one.artifactType === 'metric');
    assert.deepEqual(figures.map(({ metric, value }) => [metric, value]).sort(), [
      ['accuracy', 0.5],
      ['f1', 0.25],
    ]);
    const [figure] = figures.filter(({ metric }) => metric === 'f1');
    assert.deepEqual(
      { ...figure, id: undefined, customProperties: undefined },
      {
        ...newFigure('f1', 0.25),
        id: undefined,
        customProperties: undefined,
      },
    );
  });

  it('gives artifacts of every kind back as the hand-off wrote them', async () => {
    const registry = await open();
    const name = unique();
    const { version } = await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    const written: Artifact[] = [
      {
        artifactType: 'model-artifact',
        name: 'weights',
        uri: 's3://models/granite.safetensors',
        digest: 'd'.repeat(64),
        modelFormatName: 'safetensors',
      },
      {
        artifactType: 'doc-artifact',
        name: 'run-1/results',
        uri: 's3://results/run-1.json',
        digest: 'e'.repeat(64),
        runId: 'run-1',
        tool: 'lm-eval',
        toolVersion: '0.4.9',
      },
      {
        artifactType: 'dataset-artifact',
        name: 'run-1/core',
        digest: 'f'.repeat(64),
        rows: 100,
        role: 'benchmark',
        runId: 'run-1',
        private: true,
      },
      { artifactType: 'parameter', name: 'run-1/temperature', value: 0.25, runId: 'run-1' },
      { artifactType: 'parameter', name: 'run-1/engine', value: 'vllm', runId: 'run-1' },
      {
        ...newFigure('accuracy', 0.5),
        scope: 'custom',
        useCase: 'claims',
        datasetDigest: 'f'.repeat(64),
        stderr: 0.125,
        hardwareType: 'NVIDIA H100',
        hardwareCount: 8,
        tool: 'lm-eval',
        toolVersion: '0.4.9',
      },
    ];
    const marked = written.map(artifact => ({ ...artifact, customProperties: { 'aiw.identity': 'unverified' } }));
    await registry.addArtifacts(name, version, marked, ada);
    const there = await registry.listArtifacts(name, version, never);
    for (const artifact of marked) {
      const found = there.find(one => one.artifactType === artifact.artifactType && one.name === artifact.name);
      assert.ok(found, artifact.name);
      assert.equal(found.customProperties?.['aiw.identity'], 'unverified', artifact.name);
      for (const [field, value] of Object.entries(omit(artifact, 'customProperties')))
        assert.deepEqual([field, Reflect.get(found, field)], [field, value], artifact.name);
    }
  });

  it('keeps numbers among properties numbers', async () => {
    const registry = await open();
    const name = unique();
    const figures = { 'aiw.baseline.core_accuracy': 0.8125, 'aiw.baseline.ttft_p90': 120 };
    const made = newVersion(name, 'a', { customProperties: figures });
    const { version } = await registry.createVersion(made, { name }, ada);
    await registry.updateVersion(name, version, { customProperties: { reviews: 3 } }, ada);
    const { customProperties } = await registry.getVersion(name, version, never);
    assert.equal(customProperties['aiw.baseline.core_accuracy'], 0.8125);
    assert.equal(customProperties['aiw.baseline.ttft_p90'], 120);
    assert.equal(customProperties['reviews'], 3);
  });

  it('moves and removes aliases', async () => {
    const registry = await open();
    const name = unique();
    const first = await registry.createVersion(newVersion(name, 'a', { alias: 'candidate' }), { name }, ada);
    const second = await registry.createVersion(newVersion(name, 'b'), { name }, ada);
    assert.equal((await registry.getVersion(name, 'candidate', never)).version, first.version);
    await registry.setAlias(name, 'candidate', second.version, ada);
    assert.equal((await registry.getVersion(name, 'candidate', never)).version, second.version);
    assert.deepEqual((await registry.getModel(name, never)).aliases, { candidate: second.version });
    await registry.setAlias(name, 'candidate', undefined, ada);
    await assert.rejects(registry.getVersion(name, 'candidate', never), isNotFound);
  });

  it('merges properties and leaves those of others', async () => {
    const registry = await open();
    const name = unique();
    const { version } = await registry.createVersion(
      newVersion(name, 'a', { customProperties: { theirs: 'kept', 'aiw.x': 'old', gone: 'soon' } }),
      { name },
      ada,
    );
    await registry.updateVersion(
      name,
      version,
      { description: 'New words', customProperties: { 'aiw.x': 'new', gone: undefined } },
      ada,
    );
    const read = await registry.getVersion(name, version, never);
    assert.equal(read.description, 'New words');
    assert.equal(read.customProperties['theirs'], 'kept');
    assert.equal(read.customProperties['aiw.x'], 'new');
    assert.equal('gone' in read.customProperties, false);
  });

  it('archives models and brings them back', async () => {
    const registry = await open();
    const name = unique();
    await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    assert.equal((await registry.setArchived(name, true, ada)).state, 'ARCHIVED');
    assert.equal((await registry.getModel(name, never)).state, 'ARCHIVED');
    assert.equal((await listNames(registry, false)).includes(name), false);
    assert.equal((await listNames(registry, true)).includes(name), true);
    assert.equal((await registry.setArchived(name, false, ada)).state, 'LIVE');
    assert.equal((await listNames(registry, false)).includes(name), true);
  });

  it('pages through models without losing or repeating one', async () => {
    const registry = await open();
    const prefix = unique();
    const names = Array.from({ length: 7 }, (_, index) => `${prefix}-${index}`);
    for (const name of names) await registry.createModel({ name }, ada);
    const seen = await listNames(registry, false, 3);
    assert.deepEqual(seen.filter(name => name.startsWith(`${prefix}-`)).sort(), names);
    assert.equal(new Set(seen).size, seen.length);
  });

  it('gives the versions of several models together, of each the newest first', async () => {
    const registry = await open();
    const prefix = unique();
    const names = ['x', 'y', 'z'].map(one => `${prefix}-${one}`);
    for (const name of names) {
      for (const digit of ['a', 'b']) {
        const runId = `${name}-${digit}`;
        const lineage = { datasets: [], prompts: [], runId };
        await registry.createVersion(newVersion(name, digit, { lineage }), { name }, ada);
      }
    }
    await registry.setAlias(names[0] ?? '', 'candidate', '1', ada);
    const of = await Promise.all(names.slice(0, 2).map(name => registry.getModel(name, never)));
    for (const limit of [1, 3, 100]) {
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const page = await registry.pageVersions({ of, limit, ...(after === undefined ? {} : { after }) }, never);
        seen.push(...page.items.map(({ model, version, aliases }) => [model, version, ...aliases].join('@')));
        after = page.next;
      } while (after !== undefined);
      const ofEach = names.map(name => seen.filter(one => one.startsWith(`${name}@`)));
      const [x = '', y = ''] = names;
      assert.deepEqual(ofEach, [[`${x}@2`, `${x}@1@candidate`], [`${y}@2`, `${y}@1`], []], `pages of ${limit}`);
    }
    assert.deepEqual((await registry.pageVersions({ of: [] }, never)).items, []);
  });

  it('counts the versions of models that were read without them', async () => {
    const registry = await open();
    const name = unique();
    await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    const second = await registry.createVersion(newVersion(name, 'b'), { name }, ada);
    const { items } = await registry.pageModels({ bare: true, limit: 500, order: 'updated' }, never);
    const bare = items.filter(model => model.name === name);
    assert.equal(bare.length, 1);
    const [counted] = await registry.countVersions(bare, never);
    assert.deepEqual([counted?.name, counted?.versions, counted?.latest], [name, 2, second.version]);
  });

  it('reads a version with what is kept with it in one', async () => {
    const registry = await open();
    const name = unique();
    const artifacts: Artifact[] = [
      newFigure('accuracy', 0.5),
      { artifactType: 'dataset-artifact', name: 'run-1/core', digest: 'f'.repeat(64), rows: 100, role: 'benchmark' },
    ];
    const made = newVersion(name, 'a', { alias: 'candidate', artifacts });
    const { version } = await registry.createVersion(made, { name }, ada);
    for (const wanted of [version, 'candidate', undefined]) {
      const whole = await registry.readVersion(name, wanted, never);
      assert.deepEqual(whole.version, await registry.getVersion(name, version, never));
      assert.deepEqual(whole.artifacts, await registry.listArtifacts(name, version, never));
    }
    await assert.rejects(registry.readVersion(name, 'nobody', never), isNotFound);
  });

  it('says what is not there, and refuses a second model of one name', async () => {
    const registry = await open();
    const name = unique();
    await assert.rejects(registry.getModel(name, never), isNotFound);
    await assert.rejects(registry.getVersion(name, '1', never), isNotFound);
    await registry.createModel({ name }, ada);
    await assert.rejects(registry.getVersion(name, '99', never), isNotFound);
    await assert.rejects(
      registry.createModel({ name }, ada),
      (error: unknown) => error instanceof WorkbenchError && error.code === 'registry-exists',
    );
  });
}

async function listNames(registry: ModelRegistry, archived: boolean, limit = 100): Promise<string[]> {
  const names: string[] = [];
  let after: string | undefined;
  do {
    const page = await registry.pageModels({ archived, limit, ...(after === undefined ? {} : { after }) }, never);
    names.push(...page.items.map(({ name }) => name));
    after = page.next;
  } while (after !== undefined);
  return names;
}
