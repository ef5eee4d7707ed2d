import assert from 'node:assert/strict';
import { appendFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import type { Publication, RunSummary, VersionDetails } from '../../schemas/generated/messages.ts';
import { copyExamples, people, root, runAiwb, type Finished } from './aiwb.ts';
import { Window } from './window.ts';

/** The hand-off's commands, as far as no registry has to answer. Each test goes on where the one before ended. */
describe('aiwb registry publish and pull', function () {
  this.timeout(120_000);
  let workspace: ReturnType<typeof copyExamples>;
  const aiwb = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder });
  const read = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await aiwb(...args, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  before(async () => {
    workspace = copyExamples();
    const port = await closedPort();
    appendFileSync(
      path.join(workspace.folder, 'workbench.yaml'),
      `\nregistries:\n  shared: {type: kubeflow, url: "http://127.0.0.1:${port}/api/model_registry/v1alpha3"}\n`,
    );
    assert.equal((await aiwb('tune', 'core.tune.yaml')).code, 0);
    const [run] = (await read<{ runs: [RunSummary] }>('runs', 'list')).runs;
    assert.equal((await aiwb('registry', 'register', run.id, '--model', 'triage')).code, 0);
  });
  after(() => workspace.remove());

  it('keeps what could not be published, with its reason, until it can be', async function () {
    const { code, stderr } = await aiwb('registry', 'publish', 'triage@1', '--to', 'shared');
    // Until there are registries that can be asked.
    if (stderr.includes('cannot be asked yet')) this.skip();
    assert.notEqual(code, 0);
    assert.match(stderr, /shared/);
    const { publications } = await read<VersionDetails>('registry', 'show', 'triage@1');
    assert.deepEqual(
      publications?.map(({ registry, model, kind, state }) => [registry, model, kind, state]),
      [['shared', 'triage', 'version', 'failed']],
    );
    assert.match((await aiwb('registry', 'show', 'triage@1')).stdout, /Published +shared\/triage@1 \(failed: /);
    const pending = await aiwb('registry', 'publish', '--pending', '--json');
    assert.equal(pending.code, 3);
    const again = JSON.parse(pending.stdout) as { publications: Publication[] };
    assert.deepEqual(
      again.publications.map(({ state }) => state),
      ['failed'],
    );
    assert.equal((await read<VersionDetails>('registry', 'show', 'triage@1')).publications?.[0]?.attempts, 2);
  });

  it("adds another tool's figures to the version that is named, marked as not verified", async () => {
    const fixtures = path.join(root, 'test/fixtures/imports');
    const results = readdirSync(fixtures, { recursive: true, encoding: 'utf8' }).find(name =>
      /(^|[/\\])results_.*\.json$/.test(name),
    );
    const { runs } = await read<{ runs: { id: string }[] }>('import', path.join(fixtures, results ?? ''));
    const id = runs[0]?.id ?? '';
    const { code, stderr, stdout } = await aiwb('registry', 'publish', id, '--version', 'triage@1', '--baseline');
    assert.equal(code, 0, stderr);
    assert.match(stderr, /identity unverified/);
    assert.match(stdout, /figures are with triage@1/);
    const { artifacts } = await read<VersionDetails>('registry', 'show', 'triage@1');
    const figures = artifacts.flatMap(one => (one.artifactType === 'metric' && one.runId === id ? [one] : []));
    assert.ok(figures.length > 0);
    for (const { scope, tool, customProperties } of figures)
      assert.deepEqual([scope, tool, customProperties], ['baseline', 'lm-eval', { 'aiw.identity': 'unverified' }]);
    const settings = artifacts.flatMap(one => (one.artifactType === 'parameter' && one.runId === id ? [one.name] : []));
    assert.ok(settings.includes(`${id}/few_shot`), settings.join(', '));
    const dataset = artifacts.find(one => one.artifactType === 'dataset-artifact' && one.runId === id);
    assert.equal(dataset !== undefined && 'uri' in dataset, false);
    assert.equal((await aiwb('audit', 'verify')).code, 0);
  });

  it('says what is wrong with what was asked for', async () => {
    const refused = async (message: RegExp, ...args: string[]): Promise<void> => {
      const { code, stdout, stderr } = await aiwb('registry', ...args);
      assert.equal(code, 2, stdout + stderr);
      assert.match(stderr, message);
    };
    await refused(/nothing named to publish/, 'publish');
    await refused(/is not said/, 'publish', 'triage@1');
    await refused(/already/, 'publish', 'triage@1', '--to', 'local');
    await refused(
      /No registry is called "shard", did you mean "shared"|No registry is called "shard"/,
      'publish',
      'triage@1',
      '--to',
      'shard',
    );
    await refused(/local versions alone/, 'publish', 'shared/triage@1', '--to', 'shared');
    await refused(/not both/, 'publish', 'x', '--baseline', '--use-case', 'claims');
    await refused(/--to says/, 'publish', 'x', '--to', 'shared', '--version', 'other/triage@1');
    await refused(/cannot be named beside/, 'publish', 'x', '--pending');
    await refused(/no version of another registry/, 'pull', 'triage@1');
  });

  it('serves the same to editors', async () => {
    const window = new Window(people.author);
    try {
      await window.request('workspace/open', { folder: workspace.folder, network: {} });
      const runs = await window.request('runs/list', {});
      const imported = runs.runs.find(({ origin }) => origin === 'import');
      const published = await window.request('registry/publishRun', {
        runId: imported?.id ?? '',
        model: 'triage',
        version: '1',
        useCase: 'editors',
      });
      assert.deepEqual(
        published.publications.map(({ registry, model, version, state }) => [registry, model, version, state]),
        [['local', 'triage', '1', 'done']],
      );
      assert.match(published.notes?.join(' ') ?? '', /identity unverified/);
      const version = { model: 'triage', version: '1' };
      assert.equal((await window.fail('registry/publish', { ...version, registry: 'local' })).code, 'usage');
      assert.equal((await window.fail('registry/pull', { ...version, registry: 'none' })).code, 'registry-unknown');
    } finally {
      window.close();
    }
  });

  it('still tells its own version', async () => {
    assert.match((await aiwb('--version')).stdout, /^\d+\.\d+\.\d+/);
  });
});

/** A port that nobody listens on. */
function closedPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
