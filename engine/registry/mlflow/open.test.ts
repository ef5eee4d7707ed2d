import assert from 'node:assert/strict';
import { openMlflowAt, type OpenedMlflow } from '../../../test/fakes/mlflow-registry.ts';
import { startMlflowServer, type MlflowServer, type MlflowServerOptions } from '../../../test/fakes/mlflow-server.ts';
import { ada, itKeepsTheRegistryContract, newFigure, newVersion } from '../../../test/fakes/registry-contract.ts';
import type { Artifact } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { ModelRegistry } from '../../ports/registry.ts';

const never = new AbortController().signal;

describe('MLflow registry', () => {
  const open: { close(): Promise<void> }[] = [];
  async function start(
    options: MlflowServerOptions = {},
    settings: Parameters<typeof openMlflowAt>[1] = {},
  ): Promise<{ server: MlflowServer; registry: ModelRegistry }> {
    const server = await startMlflowServer(options);
    const opened: OpenedMlflow = openMlflowAt(server.url, settings);
    open.push(opened, server);
    return { server, registry: opened.registry };
  }
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  describe('contract', () => itKeepsTheRegistryContract(async () => (await start()).registry));
  describe('contract, where the server stores no files', () =>
    itKeepsTheRegistryContract(async () => (await start({ servesArtifacts: false })).registry));

  const artifacts: readonly Artifact[] = [
    { artifactType: 'model-artifact', name: 'weights', uri: 's3://bucket/weights', digest: 'a'.repeat(64), bytes: 12 },
    { artifactType: 'doc-artifact', name: 'model-card', uri: 'runs:/x/files/card.md', title: 'Größe' },
    { artifactType: 'dataset-artifact', name: 'run-1/core/test', digest: 'b'.repeat(64), rows: 9, private: true },
    { ...newFigure('accuracy', 0.1 + 0.2), low: 0.25, high: 0.35, stderr: 1e-7, hardwareType: 'NVIDIA H100' },
    { artifactType: 'parameter', name: 'run-1/seed', value: 7, runId: 'run-1' },
    { artifactType: 'parameter', name: 'run-1/prompt (long)', value: 'x'.repeat(9000), runId: 'run-1' },
    { artifactType: 'parameter', name: 'run-1/greedy', value: false, runId: 'run-1' },
  ];

  it('reads versions of several models, whatever they are called and whatever lists the server knows', async () => {
    const refusal = { error_code: 'INVALID_PARAMETER_VALUE', message: 'Invalid clause(s) in filter string' };
    for (const knowsLists of [true, false]) {
      const { registry, server } = await start({
        fault: ({ fields }) =>
          knowsLists || !String(fields['filter']).includes(' IN (') ? undefined : { status: 400, body: refusal },
      });
      const names = ['plain', `it's`, 'a, b', '(c)', 'ü'];
      for (const name of names) await registry.createVersion(newVersion(name, 'a', { alias: 'x' }), { name }, ada);
      const of = (await registry.pageModels({ bare: true }, never)).items;
      const before = server.calls.length;
      for (let time = 0; time < 2; time += 1) {
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const page = await registry.pageVersions({ of, limit: 2, ...(after === undefined ? {} : { after }) }, never);
          seen.push(...page.items.map(({ model, aliases }) => `${model} ${aliases.join()}`));
          after = page.next;
        } while (after !== undefined);
        assert.deepEqual(seen.sort(), names.map(name => `${name} x`).sort());
      }
      // That lists are refused is found out once.
      assert.equal(server.calls.length - before, knowsLists ? 8 : 11);
      const all = await registry.pageVersions({}, never);
      assert.deepEqual(all.models?.map(({ name }) => name).sort(), names.toSorted());
    }
  });

  it('gives every kind of artifact back as it was', async () => {
    const { registry } = await start();
    await registry.createVersion(newVersion('whisper', 'a', { artifacts }), { name: 'whisper' }, ada);
    assert.deepEqual(await registry.listArtifacts('whisper', '1', never), artifacts);
  });

  it('shows figures and settings as runs of the model on the pages of MLflow', async () => {
    const { registry, server } = await start();
    await registry.createVersion(newVersion('whisper', 'a', { artifacts }), { name: 'whisper' }, ada);
    const logged = server.calls.filter(({ route }) => route === 'POST runs/log-batch').map(({ fields }) => fields);
    assert.deepEqual(
      logged.flatMap(({ metrics = [] }) => metrics as unknown[]),
      [{ key: 'core/accuracy', value: 0.1 + 0.2, timestamp: 1_700_000_000_000, step: 0 }],
    );
    const params = logged.flatMap(({ params: some = [] }) => some as { key: string; value: string }[]);
    assert.deepEqual(
      params.map(({ key, value }) => [key.replace(/[0-9a-f]{8}$/, '#'), value.length]),
      [
        ['seed', 1],
        ['prompt -long--#', 6000],
        ['greedy', 5],
      ],
    );
  });

  it('keeps to the size of a batch', async () => {
    const { registry, server } = await start();
    const many: Artifact[] = [
      ...Array.from({ length: 2300 }, (_, at) => newFigure(`m${at}`, at)),
      ...Array.from({ length: 250 }, (_, at) => ({
        artifactType: 'parameter' as const,
        name: `run-1/p${at}`,
        value: 'é'.repeat(6000),
        runId: 'run-1',
      })),
    ];
    await registry.createVersion(newVersion('whisper', 'a', { artifacts: many }), { name: 'whisper' }, ada);
    const sizes = server.calls
      .filter(({ route }) => route === 'POST runs/log-batch')
      .map(({ fields }) => [fields['metrics'], fields['params']].map(list => (list as unknown[] | undefined)?.length));
    const [metrics = 0, params = 0] = [0, 1].map(at => sizes.reduce((sum, size) => sum + (size[at] ?? 0), 0));
    assert.deepEqual([metrics, params], [2300, 250]);
    assert.equal((await registry.listArtifacts('whisper', '1', never)).length, 2550);
  });

  it('gives numbers, booleans, texts and any name back as they were', async () => {
    const { registry, server } = await start();
    const customProperties = {
      'aiw.baseline.ttft_p90': 183.25,
      'aiw.baseline.note': '183.25',
      seats: 3,
      beta: true,
      text: 'true',
      count: '3',
      label: '',
      tiny: 5e-324,
      '🔵 GuideLLM Results UI': 'https://results.example/1',
      'a//b': 'slashes',
      'aiw.provider': 'of a version, where it is a property',
      __proto__x: 'kept',
    };
    await registry.createModel({ name: 'whisper', customProperties: { seats: 3, label: '' } }, ada);
    await registry.createVersion(newVersion('whisper', 'a', { customProperties }), { name: 'whisper' }, ada);
    const read = (await registry.getVersion('whisper', '1', never)).customProperties;
    for (const [name, value] of Object.entries(customProperties)) assert.equal(read[name], value, name);
    assert.deepEqual((await registry.getModel('whisper', never)).customProperties, { seats: 3, label: '' });
    const create = server.calls.find(({ route }) => route === 'POST model-versions/create');
    const tags = create?.fields['tags'] as { key: string; value: string }[];
    assert.equal(
      tags.some(({ key }) => key === 'aiw.type.aiw.baseline.ttft_p90'),
      false,
    );
    // A number that becomes a text loses the mark that it was a number.
    await registry.updateVersion('whisper', '1', { customProperties: { seats: '4', beta: undefined, count: 9 } }, ada);
    const edited = (await registry.getVersion('whisper', '1', never)).customProperties;
    assert.deepEqual([edited['seats'], edited['beta'], edited['count']], ['4', undefined, 9]);
  });

  it('gives lineage, status, name and endpoint back', async () => {
    const { registry } = await start();
    const lineage = {
      runId: 'run-a',
      job: 'triage',
      epoch: 3,
      base: { name: 'granite', digest: 'c'.repeat(64) },
      datasets: [{ role: 'train' as const, path: 'data/a.jsonl', digest: 'd'.repeat(64), rows: 3 }],
      prompts: [],
      hyperparameters: { rate: 0.001, warm: true },
    };
    const made = await registry.createVersion(
      newVersion('whisper', 'a', {
        lineage,
        name: '2026-11',
        status: 'approved',
        customProperties: { 'aiw.endpoint_url': 'https://serve.example/v1', 'aiw.endpoint_model': 'w' },
      }),
      { name: 'whisper' },
      ada,
    );
    assert.deepEqual(made.lineage, lineage);
    assert.deepEqual(
      [made.status, made.version, made.customProperties['aiw.version_name']],
      ['approved', '1', '2026-11'],
    );
    assert.deepEqual(made.endpoint, { url: 'https://serve.example/v1', model: 'w' });
    assert.equal(made.externalId, `aiw:${'a'.repeat(64)}:run-a`);
    assert.equal((await registry.setStatus('whisper', 'v1', 'revoked', ada)).status, 'revoked');
    assert.equal((await registry.setStatus('whisper', '1', 'untracked', ada)).status, 'untracked');
  });

  it('writes the status after everything else', async () => {
    const { registry, server } = await start();
    await registry.createVersion(
      newVersion('whisper', 'a', { artifacts, alias: 'candidate', customProperties: { 'aiw.status': 'candidate' } }),
      { name: 'whisper' },
      ada,
    );
    const writes = server.calls.filter(({ route }) => !/^GET|search$/.test(route));
    assert.deepEqual(
      [writes.at(-1)?.route, writes.at(-1)?.fields['key'], writes.at(-1)?.fields['value']],
      ['POST model-versions/set-tag', 'aiw.status', 'candidate'],
    );
  });

  it('says that a version is there only where its own object store takes it', async () => {
    const { registry, server } = await start();
    const at = (uri: string): Artifact[] => [{ artifactType: 'model-artifact', name: 'weights', uri }];
    for (const [digit, uri] of [
      ['a', 's3://b/k'],
      ['b', 'blob:sha256:00'],
      ['c', 'https://x.example/w'],
      ['d', 's3://b/../k'],
    ] as const) {
      await registry.createVersion(newVersion('whisper', digit, { artifacts: at(uri) }), { name: 'whisper' }, ada);
    }
    const sources = server.calls
      .filter(({ route }) => route === 'POST model-versions/create')
      .map(({ fields }) => String(fields['source']).replace(/\/[0-9a-f]{32}\//, '/#/'));
    assert.deepEqual(sources, ['s3://b/k', 'runs:/#/files', 'runs:/#/files', 'runs:/#/files']);
  });

  it('stores files and reads them again', async () => {
    const { registry, server } = await start();
    await registry.createVersion(newVersion('whisper', 'a'), { name: 'whisper' }, ada);
    const bytes = Uint8Array.of(0, 255, 10, 13);
    const uri = await registry.putContent('whisper', '1', 'sub dir/weights ü.bin', bytes, ada);
    assert.match(uri, /^runs:\/[0-9a-f]{32}\/files\/[0-9a-f]{16}\/sub dir\/weights ü\.bin$/);
    assert.deepEqual(await registry.readContent(uri, never), bytes);
    const other = await registry.putContent('whisper', '1', 'sub dir/weights ü.bin', Uint8Array.of(1), ada);
    assert.notEqual(other, uri);
    assert.deepEqual(await registry.readContent(uri, never), bytes);
    const [path = ''] = server.files.keys();
    assert.deepEqual(await registry.readContent(`mlflow-artifacts:/${path}`, never), bytes);
    const gone = [
      'runs:/nope/files/x',
      `${uri}x`,
      's3://b/k',
      'mlflow-artifacts://evil.example/x',
      `runs:/../../x`,
      'blob:sha256:00',
    ];
    for (const address of gone) {
      await assert.rejects(registry.readContent(address, never), code('blob-missing'), address);
    }
    for (const name of ['../x', '/x', 'a/../b', '']) {
      await assert.rejects(registry.putContent('whisper', '1', name, bytes, ada), code('usage'), name);
    }
    const large = new Uint8Array(64 * 2 ** 20 + 1);
    await assert.rejects(registry.putContent('whisper', '1', 'large', large, ada), code('usage'));
  });

  it('says where a server stores no files', async () => {
    const { registry } = await start({ servesArtifacts: false });
    const { version } = await registry.createVersion(newVersion('whisper', 'a'), { name: 'whisper' }, ada);
    await assert.rejects(
      registry.putContent('whisper', version, 'x', Uint8Array.of(1), ada),
      (error: unknown) => code('usage')(error) && /--serve-artifacts/.test((error as WorkbenchError).remedy ?? ''),
    );
    const large: Artifact = { artifactType: 'parameter', name: 'r/p', runId: 'r', value: 'x'.repeat(8000) };
    await assert.rejects(registry.addArtifacts('whisper', version, [large], ada), code('registry-refused'));
  });

  it('refuses what MLflow cannot hold before it writes anything', async () => {
    const { registry, server } = await start();
    const long = 'x'.repeat(70_000);
    const bad = [
      registry.createVersion(newVersion('m', 'a', { customProperties: { x: long } }), { name: 'm' }, ada),
      registry.createVersion(newVersion('m', 'a', { description: long }), { name: 'm' }, ada),
      registry.createVersion(newVersion('m', 'a', { customProperties: { ['k'.repeat(251)]: '' } }), { name: 'm' }, ada),
      registry.createVersion(newVersion('m', 'a', { customProperties: { x: Number.NaN } }), { name: 'm' }, ada),
      registry.createVersion(newVersion('m', 'a'), { name: 'm', description: long }, ada),
      registry.createVersion(
        newVersion('m', 'a', { artifacts: [{ ...newFigure('f1', 1), stderr: Number.NaN }] }),
        { name: 'm' },
        ada,
      ),
      registry.createModel({ name: 'm', customProperties: { x: 'x'.repeat(5001) } }, ada),
      registry.createModel({ name: 'm'.repeat(257) }, ada),
    ];
    for (const one of bad) await assert.rejects(one, code('registry-refused'));
    assert.deepEqual(server.calls, []);
    await assert.rejects(registry.createModel({ name: 'a/b' }, ada), code('registry-refused'));
    await assert.rejects(registry.getModel('a/b', never), code('registry-not-found'));
  });

  it('finds models and versions of any name, and no others', async () => {
    const { registry } = await start();
    const names = [
      `it's`,
      `say "hi"`,
      `both ' and "`,
      'back\\slash',
      `x' OR name != '`,
      '100%',
      'under_score',
      'underXscore',
      'Größe',
    ];
    for (const name of names) await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    for (const name of names) {
      const { items } = await registry.pageVersions({ model: name }, never);
      assert.deepEqual(
        items.map(({ model }) => model),
        [name],
      );
      const again = await registry.createVersion(newVersion(name, 'a'), { name }, ada);
      assert.equal(again.version, '1', name);
    }
    const all = await registry.pageVersions({}, never);
    assert.deepEqual(all.items.map(({ model }) => model).sort(), [...names].sort());
  });

  it('narrows lists down by what MLflow can search, and leaves the rest to who asks', async () => {
    const { registry, server } = await start();
    await registry.createVersion(
      newVersion('whisper', 'a', { status: 'approved' }),
      { name: 'whisper', tasks: ['asr', 'ocr'], provider: 'Acme' },
      ada,
    );
    await registry.createVersion(
      newVersion('granite', 'b', { alias: 'champion' }),
      { name: 'granite', tasks: ['chat'], provider: `O'Hara` },
      ada,
    );
    const field = (name: 'task' | 'provider', ...values: string[]) => ({
      text: '',
      terms: [{ kind: 'field' as const, field: name, values, not: false }],
    });
    const page = async (filter: ReturnType<typeof field>) => {
      const { items, residual } = await registry.pageModels({ filter }, never);
      assert.deepEqual(residual, filter);
      return items.map(({ name }) => name);
    };
    assert.deepEqual(await page(field('task', 'ASR')), ['whisper']);
    assert.deepEqual(await page(field('provider', 'acme')), ['whisper']);
    // Several values, and quotes, are left to who asks.
    assert.equal((await page(field('task', 'asr', 'chat'))).length, 2);
    assert.equal((await page(field('provider', `O'Hara`))).length, 2);
    const filter = { text: '', terms: [{ kind: 'status' as const, values: ['approved' as const], not: false }] };
    const { items } = await registry.pageVersions({ filter }, never);
    assert.deepEqual(
      items.map(({ model }) => model),
      ['whisper'],
    );
    assert.match(String(server.calls.at(-2)?.fields['filter']), /^tags\.`aiw\.status` = 'approved'$/);
    const all = await registry.pageVersions({ order: 'updated' }, never);
    assert.deepEqual(
      all.items.map(({ aliases }) => aliases),
      [['champion'], []],
    );
  });

  it('hides archived versions and tells the newest that is live', async () => {
    const { registry } = await start();
    for (const digit of ['a', 'b', 'c'])
      await registry.createVersion(newVersion('whisper', digit), { name: 'whisper' }, ada);
    assert.equal((await registry.setVersionArchived('whisper', '3', true, ada)).state, 'ARCHIVED');
    const list = async (archived: boolean) =>
      (await registry.pageVersions({ model: 'whisper', archived }, never)).items.map(({ version }) => version);
    assert.deepEqual(
      [await list(false), await list(true)],
      [
        ['2', '1'],
        ['3', '2', '1'],
      ],
    );
    assert.equal((await registry.getVersion('whisper', undefined, never)).version, '2');
    assert.equal((await registry.getModel('whisper', never)).latest, '2');
    await registry.setVersionArchived('whisper', '3', false, ada);
    assert.equal((await registry.getVersion('whisper', undefined, never)).version, '3');
  });

  it('passes over pages that hold nothing to show', async () => {
    const { registry } = await start();
    for (const name of ['a', 'b', 'c', 'd']) await registry.createModel({ name }, ada);
    for (const name of ['a', 'b', 'c']) await registry.setArchived(name, true, ada);
    const { items, next } = await registry.pageModels({ limit: 1 }, never);
    assert.deepEqual([items.map(({ name }) => name), next], [['d'], undefined]);
  });

  it('leads to the pages of MLflow', async () => {
    const { registry } = await start({}, { ui: 'https://mlflow.example/team/' });
    const version = await registry.createVersion(newVersion('a b', 'a'), { name: 'a b' }, ada);
    const model = await registry.getModel('a b', never);
    assert.equal(registry.pageOf(model), 'https://mlflow.example/team/#/models/a%20b');
    assert.equal(registry.pageOf(model, version), 'https://mlflow.example/team/#/models/a%20b/versions/1');
  });

  it('writes nothing to a registry that is read only', async () => {
    const { registry, server } = await start({}, { readOnly: true });
    const writes = [
      () => registry.createModel({ name: 'm' }, ada),
      () => registry.createVersion(newVersion('m', 'a'), { name: 'm' }, ada),
      () => registry.setAlias('m', 'a', undefined, ada),
    ];
    for (const write of writes) await assert.rejects(write(), code('usage'));
    assert.deepEqual(server.calls, []);
    assert.deepEqual((await registry.pageModels({}, never)).items, []);
  });
});

function code(wanted: WorkbenchError['code']) {
  return (error: unknown): boolean => error instanceof WorkbenchError && error.code === wanted;
}
