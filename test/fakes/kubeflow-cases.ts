import assert from 'node:assert/strict';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { omit } from '../../engine/base/omit.ts';
import type { ModelRegistry } from '../../engine/ports/registry.ts';
import type { FilterTerm, RegistryFilter } from '../../engine/ports/registry-filter.ts';
import type { Artifact } from '../../schemas/generated/messages.ts';
import { everyArtifact, lineage } from './kubeflow/fixtures.ts';
import { ada, newFigure, newVersion } from './registry-contract.ts';

const never = new AbortController().signal;

/** A server of the API, real or not, with the backend before it. */
export interface KubeflowSubject {
  readonly registry: ModelRegistry;
  /** Asks the REST API itself, as other people's tools do. `path` is below `/api/model_registry/v1alpha3`. */
  ask(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
}

export function askAt(url: string): KubeflowSubject['ask'] {
  return async (method, path, body) => {
    const response = await fetch(`${url}/api/model_registry/v1alpha3${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  };
}

function filterOf(...terms: FilterTerm[]): RegistryFilter {
  return { text: 'as written', terms };
}

/** What the backend does at a server that nothing goes wrong with; call it inside `describe`. */
export function itTalksToKubeflow(open: () => Promise<KubeflowSubject> | KubeflowSubject): void {
  let count = 0;
  const unique = (): string => `kubeflow-${Date.now().toString(36)}-${(count += 1)}`;

  it('gives every field of every kind of artifact back', async () => {
    const { registry } = await open();
    const name = unique();
    const { version } = await registry.createVersion(
      newVersion(name, 'a', { artifacts: everyArtifact }),
      { name },
      ada,
    );
    const read = await registry.listArtifacts(name, version, never);
    const byName = new Map(read.map(artifact => [`${artifact.artifactType} ${artifact.name}`, omit(artifact, 'id')]));
    for (const artifact of everyArtifact) {
      assert.deepEqual(byName.get(`${artifact.artifactType} ${artifact.name}`), artifact);
    }
    assert.equal(read.length, everyArtifact.length);
    assert.ok(read.every(({ id }) => id !== undefined && id !== ''));
  });

  it('finds models and versions of any name, and none that is only like it', async () => {
    const { registry } = await open();
    const prefix = unique();
    const names = ['a_b', 'aXb', 'a%b', 'a/b c?d=e&f', 'a\\b', 'modèle "ü" \'q\'', '模型 🙂'].map(
      one => `${prefix} ${one}`,
    );
    for (const [index, name] of names.entries()) {
      await registry.createVersion(
        newVersion(name, 'abcdef0'[index] ?? '9', { name: 'v_1', lineage: { datasets: [], prompts: [], runId: name } }),
        { name },
        ada,
      );
    }
    for (const name of names) {
      assert.equal((await registry.getModel(name, never)).name, name);
      assert.equal((await registry.getVersion(name, 'v_1', never)).model, name);
      await assert.rejects(registry.getVersion(name, 'vX1', never), isNotFound);
      await assert.rejects(registry.getVersion(name, 'v%', never), isNotFound);
    }
    await assert.rejects(registry.getModel(`${prefix} a_`, never), isNotFound);
    await assert.rejects(registry.getModel(`${prefix}%`, never), isNotFound);
  });

  it('keeps figures apart that the server takes for one another', async () => {
    const { registry } = await open();
    const name = unique();
    const { version } = await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    const figures = ['fx1', 'f_1', 'f%1', 'qa:acc', 'acc'].map((metric, index) => ({
      ...newFigure(metric, index / 10),
      name: metric.endsWith('acc') ? metric : `run-1/${metric}`,
    }));
    await registry.addArtifacts(name, version, figures.slice(0, 1), ada);
    await registry.addArtifacts(name, version, figures, ada);
    await registry.addArtifacts(name, version, figures, ada);
    const read = await registry.listArtifacts(name, version, never);
    assert.deepEqual(
      read.flatMap(one => (one.artifactType === 'metric' ? [[one.name, one.value]] : [])).sort(),
      figures.map(one => [one.name, one.value]).sort(),
    );
  });

  it('keeps artifacts of very long names', async () => {
    const { registry } = await open();
    const name = unique();
    const { version } = await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    const long = Array.from({ length: 2 }, (_, index) => ({
      ...newFigure('x', index),
      name: `${'n'.repeat(300)}${index}`,
    }));
    await registry.addArtifacts(name, version, long, ada);
    await registry.addArtifacts(name, version, long, ada);
    const read = await registry.listArtifacts(name, version, never);
    assert.deepEqual(read.map(one => one.name).sort(), long.map(one => one.name).sort());
  });

  it('gives lineage, author and digests back, also in pages', async () => {
    const { registry } = await open();
    const name = unique();
    const artifacts: Artifact[] = [
      { artifactType: 'dataset-artifact', name: 'held-out', digest: '5'.repeat(64), rows: 4, role: 'test' },
    ];
    const made = await registry.createVersion(newVersion(name, 'b', { lineage, artifacts }), { name }, ada);
    assert.deepEqual(made.lineage, {
      ...lineage,
      datasets: [...lineage.datasets, { role: 'test', path: 'held-out', digest: '5'.repeat(64), rows: 4 }],
    });
    assert.deepEqual(made.author, ada);
    assert.equal(made.weightsDigest, 'b'.repeat(64));
    assert.equal(made.modelDigest, 'bf'.repeat(32));
    // Another model of a shared server may have these weights already.
    assert.match(made.externalId ?? '', /^aiw:b{64}:run-9(?::model-\d+)?$/);
    const { items } = await registry.pageVersions({ model: name }, never);
    assert.deepEqual(
      items.map(one => [one.lineage, one.status]),
      [[lineage, 'untracked']],
    );
  });

  it('keeps the id of a parent that was given beside its name', async () => {
    const { registry } = await open();
    const name = unique();
    const changes = { lineage: { ...lineage, runId: name }, customProperties: { 'aiw.parent_version_id': '4711' } };
    const made = await registry.createVersion(newVersion(name, 'a', changes), { name }, ada);
    assert.equal(made.lineage.parentVersion, lineage.parentVersion);
    assert.equal(made.customProperties['aiw.parent_version_id'], '4711');
  });

  it('registers the same weights under two models', async () => {
    const { registry } = await open();
    const [one, two] = [unique(), unique()];
    const runId = unique();
    const same = { lineage: { datasets: [], prompts: [], runId } };
    for (let times = 0; times < 2; times += 1) {
      assert.equal((await registry.createVersion(newVersion(one, 'a', same), { name: one }, ada)).model, one);
      assert.equal((await registry.createVersion(newVersion(two, 'a', same), { name: two }, ada)).model, two);
    }
    assert.equal((await registry.getModel(one, never)).versions, 1);
    assert.equal((await registry.getModel(two, never)).versions, 1);
    assert.equal((await registry.getVersion(two, undefined, never)).weightsDigest, 'a'.repeat(64));
  });

  it('numbers versions on, and refuses a name that is taken by something else', async () => {
    const { registry } = await open();
    const name = unique();
    const { version } = await registry.createVersion(newVersion(name, 'a', runOf(unique())), { name }, ada);
    await registry.createVersion(newVersion(name, 'b', { ...runOf(unique()), name: '7' }), { name }, ada);
    const third = await registry.createVersion(newVersion(name, 'c', runOf(unique())), { name }, ada);
    assert.deepEqual([version, third.version], ['1', '8']);
    await assert.rejects(
      registry.createVersion(newVersion(name, 'd', { ...runOf(unique()), name: '7' }), { name }, ada),
      hasCode('registry-exists'),
    );
  });

  it('makes a version of unknown weights once', async () => {
    const { registry } = await open();
    const name = unique();
    const version = { model: name, author: ada, lineage: { datasets: [], prompts: [] }, artifacts: [] };
    await registry.createVersion(version, { name }, ada);
    await registry.createVersion(version, { name }, ada);
    const model = await registry.getModel(name, never);
    assert.equal(model.versions, 1);
    assert.equal((await registry.getVersion(name, '1', never)).weightsDigest, undefined);
  });

  it('writes the status, and never takes it back when the version is made again', async () => {
    const { registry } = await open();
    const name = unique();
    const made = await registry.createVersion(
      newVersion(name, 'a', { ...runOf(name), status: 'candidate' }),
      { name },
      ada,
    );
    assert.equal(made.status, 'candidate');
    assert.equal((await registry.setStatus(name, made.version, 'approved', ada)).status, 'approved');
    const again = await registry.createVersion(
      newVersion(name, 'a', { ...runOf(name), status: 'candidate' }),
      { name },
      ada,
    );
    assert.equal(again.status, 'approved');
    await registry.setStatus(name, made.version, 'revoked', ada);
    const late = await registry.createVersion(
      newVersion(name, 'a', { ...runOf(name), status: 'production' }),
      { name },
      ada,
    );
    assert.equal(late.status, 'revoked');
  });

  it('keeps what others wrote: integers, structures, states, and what it cannot read', async () => {
    const { registry, ask } = await open();
    const name = unique();
    const structure = Buffer.from('{"a":{"b":[1,2]}}').toString('base64');
    const model = await ask('POST', '/registered_models', {
      name,
      customProperties: {
        label: { metadataType: 'MetadataStringValue', string_value: '' },
        count: { metadataType: 'MetadataIntValue', int_value: '42' },
        deep: { metadataType: 'MetadataStructValue', struct_value: structure },
      },
    });
    const version = await ask('POST', `/registered_models/${String(model['id'])}/versions`, {
      name: 'theirs',
      registeredModelId: model['id'],
      author: 'Grace',
      customProperties: {
        'aiw.status': { metadataType: 'MetadataStringValue', string_value: 'splendid' },
        deep: { metadataType: 'MetadataStructValue', struct_value: structure },
      },
    });
    const path = `/model_versions/${String(version['id'])}/artifacts`;
    await ask('POST', path, { artifactType: 'model-artifact', name: 'm', modelSourceKind: 'catalog', storageKey: 'k' });
    await ask('POST', path, { artifactType: 'metric', name: 'loss', value: 0.25, step: 3 });
    await ask('POST', path, { artifactType: 'parameter', name: 'lr', value: '0.001', parameterType: 'number' });
    await ask('POST', path, { artifactType: 'doc-artifact', description: 'nothing else' });
    await ask('POST', path, { artifactType: 'dataset-artifact', name: 'd', profile: '{}', sourceType: 's3' });
    const read = await registry.getVersion(name, 'theirs', never);
    assert.equal(read.status, 'untracked');
    assert.deepEqual(read.author, { email: 'Grace', assurance: 'self-asserted' });
    assert.equal(read.customProperties['deep'], '{"a":{"b":[1,2]}}');
    const artifacts = await registry.listArtifacts(name, 'theirs', never);
    assert.deepEqual(artifacts.map(one => one.artifactType).sort(), [
      'dataset-artifact',
      'doc-artifact',
      'metric',
      'model-artifact',
      'parameter',
    ]);
    const metric = artifacts.find(one => one.artifactType === 'metric');
    assert.deepEqual([metric?.metric, metric?.value, metric?.direction], ['loss', 0.25, 'neutral']);
    assert.equal(artifacts.find(one => one.artifactType === 'parameter')?.value, 0.001);
    await registry.updateModel(name, { customProperties: { mine: 1 } }, ada);
    await registry.setStatus(name, 'theirs', 'candidate', ada);
    assert.equal((await registry.updateModel(name, { description: 'seen' }, ada)).description, 'seen');
    assert.equal((await registry.setVersionArchived(name, 'theirs', true, ada)).state, 'ARCHIVED');
    const after = await ask('GET', `/registered_models/${String(model['id'])}`);
    assert.deepEqual(after['customProperties'], {
      label: { metadataType: 'MetadataStringValue', string_value: '' },
      count: { metadataType: 'MetadataIntValue', int_value: '42' },
      deep: { metadataType: 'MetadataStructValue', struct_value: '{"a":{"b":[1,2]}}' },
      mine: { metadataType: 'MetadataDoubleValue', double_value: 1 },
    });
    assert.equal((await registry.getVersion(name, 'theirs', never)).customProperties['deep'], '{"a":{"b":[1,2]}}');
  });

  it('has the server evaluate what it can of a filter', async () => {
    const { registry } = await open();
    const name = unique();
    const model = { name, owner: `Own_${name}`, provider: 'Acme', license: 'mit' };
    const make = (digit: string, status: 'approved' | 'candidate' | undefined, ttft: number) =>
      registry.createVersion(
        newVersion(name, digit, {
          ...runOf(`${name}-${digit}`),
          customProperties: { 'aiw.baseline.ttft_p90': ttft, ours: name },
          ...(status === undefined ? {} : { status }),
        }),
        model,
        ada,
      );
    await make('a', 'approved', 150);
    await make('b', 'candidate', 250.5);
    await make('c', undefined, 90);
    const versions = async (...terms: FilterTerm[]) => {
      const page = await registry.pageVersions({ model: name, filter: filterOf(...terms) }, never);
      return { found: page.items.map(one => one.version).sort(), residual: page.residual?.terms };
    };
    const status = (values: ('approved' | 'candidate' | 'untracked')[], not = false): FilterTerm => ({
      kind: 'status',
      values,
      not,
    });
    const figure = (comparison: '<' | '<=' | '>' | '>=' | '=', value: number): FilterTerm => ({
      kind: 'figure',
      figure: 'baseline.ttft_p90',
      comparison,
      value,
    });
    assert.deepEqual(await versions(status(['approved'])), { found: ['1'], residual: undefined });
    assert.deepEqual(await versions(status(['approved', 'candidate'])), { found: ['1', '2'], residual: undefined });
    assert.deepEqual(await versions(figure('<', 200)), { found: ['1', '3'], residual: [figure('<', 200)] });
    assert.deepEqual((await versions(figure('>=', 250.5))).found, ['2']);
    assert.deepEqual((await versions(figure('>', 250.5))).found, []);
    assert.deepEqual((await versions(figure('<=', 150.25))).found, ['1', '3']);
    assert.deepEqual((await versions(figure('=', 90))).found, ['3']);
    assert.deepEqual((await versions(status(['approved']), figure('<', 200))).found, ['1']);
    const left = [status(['untracked']), status(['approved'], true), { kind: 'text', text: 'x', not: false } as const];
    assert.deepEqual(await versions(...left), { found: ['1', '2', '3'], residual: left });
    const models = async (...terms: FilterTerm[]) => {
      const page = await registry.pageModels(
        { filter: filterOf({ kind: 'field', field: 'name', values: [name], not: false }, ...terms) },
        never,
      );
      return { found: page.items.map(one => one.name), residual: page.residual?.terms };
    };
    const field = (what: 'owner' | 'provider' | 'license' | 'task', ...values: string[]): FilterTerm => ({
      kind: 'field',
      field: what,
      values,
      not: false,
    });
    assert.deepEqual(await models(field('owner', `own_${name.toUpperCase()}`)), { found: [name], residual: undefined });
    assert.deepEqual((await models(field('owner', `ownX${name}`))).found, []);
    assert.deepEqual((await models(field('provider', 'nobody', 'acme'), field('license', 'MIT'))).found, [name]);
    assert.deepEqual((await models(field('license', 'apache-2.0'))).found, []);
    assert.deepEqual((await models(field('task', 'asr'))).residual, [field('task', 'asr')]);
    const hostile = ["' OR name LIKE '%", '" OR name LIKE "%', '\\', "x' -- ", '%', '`id`', 'é'];
    for (const text of hostile) {
      const page = await models(field('owner', text));
      assert.ok(page.residual !== undefined || page.found.length === 0, text);
    }
  });

  it('counts the versions of a whole page of models in one question', async () => {
    const { registry } = await open();
    const prefix = unique();
    for (const [index, amount] of [2, 0, 1].entries()) {
      const name = `${prefix}-${index}`;
      await registry.createModel({ name }, ada);
      for (let version = 0; version < amount; version += 1) {
        await registry.createVersion(newVersion(name, String(version), runOf(name)), { name }, ada);
      }
    }
    const { items } = await registry.pageModels({ limit: 500, archived: true }, never);
    const mine = items.filter(one => one.name.startsWith(prefix));
    assert.deepEqual(
      mine.map(({ versions, latest }) => [versions, latest]),
      [
        [2, '2'],
        [0, undefined],
        [1, '1'],
      ],
    );
  });

  it('pages through the versions of all models with their names and aliases, newest change first', async () => {
    const { registry } = await open();
    const prefix = unique();
    const made: string[] = [];
    for (let model = 0; model < 3; model += 1) {
      const name = `${prefix}-${model}`;
      for (let version = 1; version <= 2; version += 1) {
        await registry.createVersion(
          newVersion(name, String(version), { ...runOf(name), alias: 'newest' }),
          { name },
          ada,
        );
        made.push(`${name}@${version}`);
      }
    }
    await registry.updateVersion(`${prefix}-0`, '1', { description: 'changed' }, ada);
    const seen: string[] = [];
    const updates: number[] = [];
    let after: string | undefined;
    do {
      const page = await registry.pageVersions(
        { order: 'updated', limit: 4, ...(after === undefined ? {} : { after }) },
        never,
      );
      for (const one of page.items.filter(({ model }) => model.startsWith(prefix))) {
        seen.push(`${one.model}@${one.version}`);
        updates.push(one.updatedAt ?? 0);
        assert.deepEqual(one.aliases, one.version === '2' ? ['newest'] : []);
      }
      after = page.next;
    } while (after !== undefined && seen.length < made.length);
    assert.deepEqual(seen.toSorted(), made.toSorted());
    assert.equal(seen[0], `${prefix}-0@1`);
    assert.deepEqual(
      updates,
      updates.toSorted((a, b) => b - a),
    );
  });

  it('leaves archived versions, and those of archived models, out', async () => {
    const { registry } = await open();
    const [one, two] = [unique(), unique()];
    for (const name of [one, two]) {
      await registry.createVersion(newVersion(name, 'a', runOf(name)), { name }, ada);
      await registry.createVersion(newVersion(name, 'b', runOf(name)), { name }, ada);
    }
    assert.equal((await registry.setVersionArchived(one, '2', true, ada)).state, 'ARCHIVED');
    await registry.setArchived(two, true, ada);
    const names = async (archived: boolean) => {
      const page = await registry.pageVersions({ archived, limit: 500, order: 'updated' }, never);
      return page.items
        .filter(({ model }) => model === one || model === two)
        .map(({ model, version }) => `${model}@${version}`);
    };
    assert.deepEqual(await names(false), [`${one}@1`]);
    assert.equal((await names(true)).length, 4);
    assert.equal((await registry.getVersion(one, undefined, never)).version, '1');
    assert.equal((await registry.setVersionArchived(one, '2', false, ada)).state, 'LIVE');
    assert.equal((await registry.getVersion(one, undefined, never)).version, '2');
  });

  it('says where a version is served: by its properties, else by a service of the registry', async () => {
    const { registry, ask } = await open();
    const name = unique();
    const { version, id } = await registry.createVersion(newVersion(name, 'a', runOf(name)), { name }, ada);
    assert.equal((await registry.getVersion(name, version, never)).endpoint, undefined);
    const environment = await ask('POST', '/serving_environments', { name: unique() });
    const { id: registeredModelId } = await registry.getModel(name, never);
    await ask('POST', '/inference_services', {
      name: unique(),
      registeredModelId,
      modelVersionId: id,
      servingEnvironmentId: environment['id'],
      desiredState: 'DEPLOYED',
      customProperties: { url: { metadataType: 'MetadataStringValue', string_value: 'https://served.example/v1' } },
    });
    assert.deepEqual((await registry.getVersion(name, version, never)).endpoint, { url: 'https://served.example/v1' });
    const other = await registry.createVersion(newVersion(name, 'b', runOf(name)), { name }, ada);
    assert.equal(other.endpoint, undefined, 'what serves one version serves no other');
    assert.equal((await registry.getVersion(name, other.version, never)).endpoint, undefined);
    const customProperties = { 'aiw.endpoint_url': 'https://own.example/v1', 'aiw.endpoint_model': 'm' };
    const edited = await registry.updateVersion(name, version, { customProperties }, ada);
    assert.deepEqual(edited.endpoint, { url: 'https://own.example/v1', model: 'm' });
  });

  it('refuses what the server could not keep, before it sends anything', async () => {
    const { registry } = await open();
    const name = unique();
    const { version } = await registry.createVersion(newVersion(name, 'a', runOf(name)), { name }, ada);
    const edits = [{ x: 'mlmd-struct::AA' }, { x: 'a\0b' }, { x: NaN }, { ['k'.repeat(256)]: 1 }];
    for (const customProperties of edits) {
      await assert.rejects(registry.updateVersion(name, version, { customProperties }, ada), hasCode('usage'));
    }
    await assert.rejects(
      registry.addArtifacts(name, version, [{ ...newFigure('f', 1), value: Infinity }], ada),
      hasCode('usage'),
    );
    await assert.rejects(registry.createModel({ name: 'n'.repeat(256) }, ada), hasCode('usage'));
    assert.equal((await registry.listArtifacts(name, version, never)).length, 0);
  });
}

function runOf(runId: string) {
  return { lineage: { datasets: [], prompts: [], runId } };
}

function hasCode(code: string): (error: unknown) => boolean {
  return error => error instanceof WorkbenchError && error.code === code;
}

const isNotFound = hasCode('registry-not-found');
