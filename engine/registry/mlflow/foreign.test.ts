import assert from 'node:assert/strict';
import { openMlflowAt } from '../../../test/fakes/mlflow-registry.ts';
import { startMlflowServer, type MlflowServer, type MlflowServerOptions } from '../../../test/fakes/mlflow-server.ts';
import { ada, newFigure, newVersion } from '../../../test/fakes/registry-contract.ts';
import type { ModelRegistry } from '../../ports/registry.ts';

const never = new AbortController().signal;

/** What the users of MLflow's own tools leave behind. */
describe("MLflow registry with others' models", () => {
  const open: { close(): Promise<void> }[] = [];
  async function start(options: MlflowServerOptions = {}): Promise<{ server: MlflowServer; registry: ModelRegistry }> {
    const server = await startMlflowServer(options);
    const opened = openMlflowAt(server.url);
    open.push(opened, server);
    return { server, registry: opened.registry };
  }
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  async function post(server: MlflowServer, path: string, body: unknown): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/json' };
    const url = `${server.url}/api/2.0/mlflow/${path}`;
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
    assert.equal(answer.status, 200, path);
    return (await answer.json()) as Record<string, unknown>;
  }

  async function train(server: MlflowServer): Promise<string> {
    const { experiment_id: experiment } = await post(server, 'experiments/create', { name: 'mine' });
    const { run } = await post(server, 'runs/create', { experiment_id: experiment, run_name: 'first' });
    const id = (run as { info: { run_id: string } }).info.run_id;
    const metrics = [
      { key: 'val/acc', value: 0.75, timestamp: 1_700_000_000_000, step: 3 },
      { key: 'loss', value: 0.5, timestamp: 1_700_000_000_000, step: 3 },
    ];
    await post(server, 'runs/log-batch', { run_id: id, metrics, params: [{ key: 'lr', value: '0.01' }] });
    await post(server, 'registered-models/create', { name: 'theirs', tags: [{ key: 'team', value: 'vision' }] });
    await post(server, 'model-versions/create', { name: 'theirs', source: `runs:/${id}/model`, run_id: id });
    return id;
  }

  it('shows their metrics, parameters and source, and calls them untracked', async () => {
    const { server, registry } = await start();
    const run = await train(server);
    const version = await registry.getVersion('theirs', '1', never);
    assert.deepEqual([version.status, version.author.email, version.externalId], ['untracked', 'unknown', undefined]);
    assert.equal(version.customProperties['mlflow.run_id'], run);
    assert.deepEqual((await registry.getModel('theirs', never)).customProperties, { team: 'vision' });
    const artifacts = await registry.listArtifacts('theirs', '1', never);
    assert.deepEqual(
      artifacts.map(one => [one.artifactType, one.name, 'value' in one ? one.value : one.uri]),
      [
        ['model-artifact', 'model', `runs:/${run}/model`],
        ['metric', `${run}/mlflow/val/acc`, 0.75],
        ['metric', `${run}/mlflow/loss`, 0.5],
        ['parameter', `${run}/lr`, '0.01'],
      ],
    );
  });

  it('adds results and files to a version that others registered', async () => {
    const { server, registry } = await start();
    await train(server);
    await registry.addArtifacts('theirs', '1', [newFigure('accuracy', 0.5)], ada);
    await registry.addArtifacts('theirs', '1', [newFigure('accuracy', 0.9), newFigure('f1', 0.25)], ada);
    const uri = await registry.putContent('theirs', '1', 'card.md', Uint8Array.of(1), ada);
    assert.deepEqual(await registry.readContent(uri, never), Uint8Array.of(1));
    const figures = (await registry.listArtifacts('theirs', '1', never)).filter(one => one.artifactType === 'metric');
    assert.deepEqual(
      figures.map(({ metric, value }) => [metric, value]),
      [
        ['accuracy', 0.5],
        ['f1', 0.25],
        ['val/acc', 0.75],
        ['loss', 0.5],
      ],
    );
    const homes = server.calls.filter(({ route }) => route === 'POST runs/create').length;
    assert.equal(homes, 3, 'theirs, the one that keeps records, and the one that shows results');
  });

  it("reads a logged model's metrics with the dataset they were measured on", async () => {
    const metrics = [
      { key: 'f1', value: 0.8, timestamp: 5, step: 0, dataset_name: 'claims', dataset_digest: 'abc', run_id: 'r1' },
      { key: 'broken', value: 'NaN', timestamp: 5, step: 0, run_id: 'r1' },
    ];
    const logged = { model: { info: { model_id: 'm-1' }, data: { metrics, params: [{ key: 'depth', value: '3' }] } } };
    const version = {
      name: 'theirs',
      version: '1',
      source: 'models:/m-1',
      status: 'FAILED_REGISTRATION',
      status_message: 'Copy failed',
    };
    const { registry } = await start({
      answers: {
        'GET logged-models/m-1': logged,
        'GET registered-models/get': { registered_model: { name: 'theirs' } },
        'GET model-versions/get': { model_version: version },
      },
    });
    const read = await registry.getVersion('theirs', '1', never);
    assert.deepEqual(
      [read.customProperties['mlflow.status'], read.customProperties['mlflow.status_message']],
      ['FAILED_REGISTRATION', 'Copy failed'],
    );
    const [, figure, parameter, ...others] = await registry.listArtifacts('theirs', '1', never);
    assert.deepEqual(figure, {
      artifactType: 'metric',
      name: 'r1/claims/f1',
      metric: 'f1',
      label: 'f1',
      value: 0.8,
      unit: 'score',
      direction: 'neutral',
      scope: 'custom',
      tool: 'MLflow',
      runId: 'r1',
      task: 'claims',
      datasetDigest: 'abc',
      timestamp: 5,
    });
    assert.deepEqual(parameter, { artifactType: 'parameter', name: 'm-1/depth', value: '3', runId: 'm-1' });
    assert.deepEqual(others, []);
  });

  it('reads the results of a version that MLflow copied to another model, and adds to the copy alone', async () => {
    const { server, registry } = await start();
    await registry.createVersion(
      newVersion('first', 'a', { artifacts: [newFigure('f1', 0.5)] }),
      { name: 'first' },
      ada,
    );
    const {
      tags,
      source,
      run_id: run,
    } = server.calls.find(({ route }) => route === 'POST model-versions/create')?.fields ?? {};
    await post(server, 'registered-models/create', { name: 'copy' });
    const copied = (tags as { key: string }[]).filter(({ key }) => key !== 'aiw.creating');
    await post(server, 'model-versions/create', { name: 'copy', source, run_id: run, tags: copied });
    await registry.addArtifacts('copy', '1', [newFigure('accuracy', 0.9)], ada);
    const names = async (model: string) =>
      (await registry.listArtifacts(model, '1', never)).map(({ name }) => name.split('/').at(-1)).sort();
    assert.deepEqual([await names('copy'), await names('first')], [['accuracy', 'f1'], ['f1']]);
  });

  it('leaves prompts out, which MLflow keeps beside models', async () => {
    const { server, registry } = await start();
    const tags = [{ key: 'mlflow.prompt.is_prompt', value: 'true' }];
    await post(server, 'registered-models/create', { name: 'greeting', tags });
    assert.deepEqual((await registry.pageModels({}, never)).items, []);
    await assert.rejects(registry.getModel('greeting', never), { code: 'registry-not-found' });
    const published = registry.createVersion(newVersion('greeting', 'a'), { name: 'greeting' }, ada);
    await assert.rejects(published, { code: 'registry-exists' });
    assert.ok(server.calls.every(({ route }) => route !== 'POST model-versions/create'));
  });

  it('trusts no tag that does not look like what it should be', async () => {
    const { server, registry } = await start();
    await post(server, 'registered-models/create', { name: 'theirs' });
    const tags = [
      ['aiw.status', 'godlike'],
      ['aiw.lineage', '{"datasets": 5}'],
      ['aiw.weights_digest', 'ABC'],
      ['aiw.author', 'Eve <eve@example.com>'],
      ['aiw.type.seats', 'number'],
      ['seats', 'many'],
      ['aiw.baseline.ttft_p90', 'fast'],
      ['__proto__', 'x'],
    ].map(([key, value]) => ({ key, value }));
    await post(server, 'model-versions/create', { name: 'theirs', source: 's3://b/k', tags });
    const version = await registry.getVersion('theirs', '1', never);
    assert.deepEqual([version.status, version.weightsDigest], ['untracked', undefined]);
    assert.deepEqual(version.lineage, { datasets: [], prompts: [] });
    assert.deepEqual(version.author, { name: 'Eve', email: 'eve@example.com', assurance: 'self-asserted' });
    assert.deepEqual(
      [version.customProperties['seats'], version.customProperties['aiw.baseline.ttft_p90']],
      ['many', 'fast'],
    );
    assert.equal(Object.getPrototypeOf(version.customProperties), Object.prototype);
    for (const name of ['constructor', '__proto__', 'toString']) {
      await assert.rejects(registry.getVersion('theirs', name, never), { code: 'registry-not-found' });
    }
  });
});
