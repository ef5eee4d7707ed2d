import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import {
  createMessageConnection,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type {
  AuditEntry,
  AuditVerification,
  Failure,
  ModelRow,
  ModelVersion,
  RegistryList,
  RunSummary,
  VersionComparison,
  VersionDetails,
  VersionRow,
  WaiverList,
} from '../../schemas/generated/messages.ts';
import { databaseName } from '../../platform/store/names.ts';
import type { EngineRequests } from '../../schemas/methods.ts';
import { copyExamples, people, root, runAiwb, type Finished } from './aiwb.ts';

/** The registry's commands over one store. Each test goes on where the one before ended. */
describe('aiwb registry', function () {
  this.timeout(120_000);
  let workspace: ReturnType<typeof copyExamples>;
  let run: RunSummary;
  const aiwb = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder });
  const aiwbAs = (env: NodeJS.ProcessEnv, ...args: string[]): Promise<Finished> =>
    runAiwb(args, { cwd: workspace.folder, env });
  const read = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await aiwb(...args, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  const refused = async (message: RegExp, ...args: string[]): Promise<void> => {
    const { code, stdout, stderr } = await aiwb(...args);
    assert.equal(code, 2, stdout + stderr);
    assert.match(stderr, message);
  };
  before(async () => {
    workspace = copyExamples();
    assert.equal((await aiwb('tune', 'core.tune.yaml')).code, 0);
    [run] = (await read<{ runs: [RunSummary] }>('runs', 'list')).runs;
  });
  after(() => workspace.remove());

  it('has nothing at first, and says what to do', async () => {
    const { code, stdout, stderr } = await aiwb('registry', 'list');
    assert.deepEqual([code, stdout], [0, '']);
    assert.match(stderr, /aiwb registry register/);
    await refused(/no model "none"/, 'registry', 'show', 'none');
    await refused(/under which model/, 'registry', 'register', run.id);
    assert.match((await aiwb('audit', 'verify')).stdout, /empty/);
  });

  it('registers a run with a card, once', async () => {
    const register = [
      'registry',
      'register',
      run.id.slice(0, -2),
      '--model',
      'triage',
      '--card',
      'cards/ticket-triage.md',
    ];
    const first = await read<ModelVersion>(...register);
    assert.deepEqual([first.version, first.aliases, first.status], ['1', ['candidate'], 'candidate']);
    assert.deepEqual((await read<ModelVersion>(...register)).version, '1');
    const { artifacts } = await read<VersionDetails>('registry', 'show', 'triage@1');
    assert.ok(artifacts.some(item => item.artifactType === 'doc-artifact' && item.path === 'cards/ticket-triage.md'));
    await refused(/another model card/, 'registry', 'register', run.id, '-m', 'triage', '--card', 'README.md');
    await refused(/no checkpoint of epoch 999/, 'registry', 'register', run.id, '-m', 'triage', '--epoch', '999');
    await refused(/governance only/, 'registry', 'register', run.id, '-m', 'triage', '--alias', 'approved');
    const shown = await aiwb('registry', 'show', 'triage@1');
    assert.match(shown.stdout, /Ada Author \(ada@author\.example, self-asserted\)/);
  });

  it('moves and removes aliases, but not those of governance', async () => {
    assert.match((await aiwb('registry', 'alias', 'triage@1', 'fallback')).stdout, /fallback is triage@1/);
    assert.equal((await read<VersionDetails>('registry', 'show', 'triage@fallback')).version.version, '1');
    assert.equal((await aiwb('registry', 'alias', 'triage', 'fallback', '--delete')).code, 0);
    await refused(/fallback/, 'registry', 'show', 'triage@fallback');
    await refused(/governance only/, 'registry', 'alias', 'triage@1', 'production');
    await refused(/no version of it/, 'registry', 'alias', 'triage', 'fallback');
  });

  it('adds the figures of a benchmark run to the version it asked, by itself and on request', async () => {
    workspace.write(
      'data/few.jsonl',
      '{"text": "The reader shows error E4 and restarts", "label": "bug", "split": "test"}\n',
    );
    workspace.write(
      'few.bench.yaml',
      'name: few\ndataset: {path: data/few.jsonl, input: text, target: label}\nmodels: ["registry:triage@1"]\nmetrics: [accuracy]\n',
    );
    const ran = await aiwb('run', 'few.bench.yaml');
    assert.equal(ran.code, 0, ran.stderr);
    const figures = async (): Promise<number> =>
      (await read<VersionDetails>('registry', 'show', 'triage@1')).artifacts.filter(
        item => item.artifactType === 'metric' && item.task === 'few',
      ).length;
    const published = await figures();
    assert.ok(published > 0);
    const [newest] = (await read<{ runs: [RunSummary] }>('runs', 'list')).runs;
    assert.match((await aiwb('registry', 'publish', newest.id)).stdout, /triage@1/);
    assert.equal(await figures(), published, 'a run is published once');
    await refused(/tuning run/, 'registry', 'publish', run.id);
  });

  it('compares versions on the same rows', async () => {
    assert.equal((await aiwb('tune', 'core.tune.yaml')).code, 0);
    const [again] = (await read<{ runs: [RunSummary] }>('runs', 'list')).runs;
    assert.equal((await read<ModelVersion>('registry', 'register', again.id, '-m', 'triage')).version, '2');
    const { figures, settings } = await read<VersionComparison>('registry', 'compare', 'triage@1', 'triage@2');
    const tuned = figures.find(({ task, metric }) => task.includes('core-performance') && metric === 'accuracy');
    assert.equal(tuned?.values[0], tuned?.values[1], 'the same seed gives the same figure');
    assert.deepEqual(figures.find(({ task }) => task === 'few')?.values[1], null);
    assert.deepEqual(
      settings.map(({ name }) => name),
      ['run'],
    );
    assert.match((await aiwb('registry', 'compare', 'triage@1', 'triage@2')).stdout, /triage@2/);
    await refused(/two versions/, 'registry', 'compare', 'triage@1');
  });

  it('asks for waivers with an end and two approvals', async () => {
    const request = ['waiver', 'request', 'FAIR-01', 'triage@1', '--reason', 'Mended in the next version'];
    await refused(/no date/, ...request, '--until', 'soon');
    await refused(/at most a year/, ...request, '--until', '2999-01-01');
    const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    assert.equal((await aiwb(...request, '--until', until)).code, 0);
    await refused(/ada@author\.example/, 'waiver', 'approve', 'waiver-');
    assert.match((await aiwbAs(people.reviewer, 'waiver', 'approve', 'waiver-')).stdout, /1 of 2 approvals/);
    assert.match((await aiwbAs(people.second, 'waiver', 'approve', 'waiver-')).stdout, /in force until/);
    assert.equal((await read<WaiverList>('waiver', 'list')).waivers[0]?.approvals.length, 2);
    await refused(/one model/, 'waiver', 'request', 'FAIR-01', 'triage@1', 'b@1', '--reason', 'x', '--until', until);
  });

  it('needs to know who acts', async () => {
    const nobody = {
      GIT_AUTHOR_NAME: '',
      GIT_AUTHOR_EMAIL: '',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      HOME: workspace.folder,
    };
    const { code, stderr } = await aiwbAs(nobody, 'registry', 'alias', 'triage@1', 'fallback');
    assert.equal(code, 2);
    assert.match(stderr, /e-mail/);
  });

  it('tells windows when another process changes the registry, and serves what the commands do', async () => {
    const window = new Window({ ...process.env, ...people.author });
    try {
      await window.request('workspace/open', { folder: workspace.folder, network: {} });
      assert.equal((await window.request('identity/get', {})).identity?.email, people.author.GIT_AUTHOR_EMAIL);
      const { models } = await window.request('registry/list', {});
      assert.deepEqual(
        models[0]?.versions.map(({ version }) => version.version),
        ['2', '1'],
      );
      assert.equal((await aiwb('registry', 'alias', 'triage@1', 'spare')).code, 0);
      await window.untilChanged(1);
      const moved = await window.request('registry/setAlias', { model: 'triage', alias: 'spare' });
      assert.ok(!Object.hasOwn(moved.aliases, 'spare'));
      await window.untilChanged(2);
      assert.equal((await window.request('registry/version', { model: 'triage' })).version.version, '2');
      const references = [
        { model: 'triage', version: '1' },
        { model: 'triage', version: '2' },
      ];
      assert.equal((await window.request('registry/compare', { references })).versions.length, 2);
      const step = { model: 'triage', version: '1' };
      assert.equal((await window.fail('registry/requestApproval', step)).code, 'gate-not-met');
      assert.equal((await window.fail('registry/approve', step)).code, 'approval-missing');
      assert.equal((await window.fail('registry/promote', step)).code, 'approval-missing');
      assert.equal((await window.fail('governance/attest', { ...step, control: 'X' })).code, 'usage');
      assert.equal((await window.request('governance/waivers', {})).waivers.length, 1);
      assert.equal((await window.request('audit/verify', {})).intact, true);
    } finally {
      window.close();
    }
  });

  it('finds models by what a filter says, in text and as JSON', async () => {
    const { stdout } = await aiwb('registry', 'list', 'status:candidate,evaluated,assessed', 'triage');
    assert.match(stdout, /^triage +2/m);
    assert.match(stdout, /Dataset +Hardware/);
    type Listed = { readonly models: readonly ModelRow[]; readonly registries: readonly { readonly total: number }[] };
    const listed = await read<Listed>('registry', 'search', 'name:triage', 'tested<9');
    assert.deepEqual([listed.models, listed.registries[0]?.total], [[], 0]);
    assert.equal((await read<Listed>('registry', 'list', 'name:triage', '--all')).models[0]?.versions, 2);
    type Versions = { readonly versions: readonly VersionRow[] };
    assert.equal((await read<Versions>('registry', 'list', '--versions', '--limit', '1')).versions[0]?.version, '2');
    assert.match((await aiwb('registry', 'list', 'colour:red')).stderr, /colour:red/);
    await refused(/No registry is called "elsewhere"/, 'registry', 'list', '--registry', 'elsewhere');
    await refused(/no number of rows/, 'registry', 'list', '--limit', '0');
    assert.match((await aiwb('registry', 'registries')).stdout, /local +local +1 +2 +always current/);
    assert.match((await aiwb('registry', 'sync')).stderr, /No registry is declared/);
  });

  it('edits descriptions and properties, and archives single versions', async () => {
    await aiwb('registry', 'edit', 'triage@1', '--description', 'The first', '--set', 'team=a', '--set', 'tier=2');
    const { version } = await read<VersionDetails>('registry', 'show', 'triage@1');
    assert.deepEqual([version.description, version.customProperties['tier']], ['The first', 2]);
    await aiwb('registry', 'edit', 'triage@1', '--unset', 'tier');
    assert.ok(!('tier' in (await read<VersionDetails>('registry', 'show', 'triage@1')).version.customProperties));
    await refused(/cannot be edited/, 'registry', 'edit', 'triage@1', '--set', 'aiw.weights_digest=x');
    await refused(/Nothing is to be changed/, 'registry', 'edit', 'triage@1');
    assert.match((await aiwb('registry', 'archive', 'triage@1')).stdout, /triage@1 is archived/);
    type Versions = { readonly versions: readonly VersionRow[] };
    assert.equal((await read<Versions>('registry', 'list', '--versions')).versions.length, 1);
    assert.match((await aiwb('registry', 'archive', 'triage@1', '--undo')).stdout, /triage@1 is in use/);
    assert.equal((await aiwb('audit', 'verify')).code, 0);
  });

  it('serves lists, their filters and what they can go on with', async () => {
    const window = new Window({ ...process.env, ...people.author });
    try {
      await window.request('workspace/open', { folder: workspace.folder, network: {} });
      const { registries } = await window.request('registries/list', {});
      assert.deepEqual(
        registries.map(({ name, cache }) => [name, cache.models, cache.versions]),
        [['local', 1, 2]],
      );
      const first = await window.request('registry/versions', { registry: 'local', model: 'triage', limit: 1 });
      assert.deepEqual([first.versions[0]?.version, first.total], ['2', 2]);
      const after = first.next ?? '';
      const second = await window.request('registry/versions', { registry: 'local', model: 'triage', limit: 1, after });
      assert.deepEqual([second.versions[0]?.version, second.next], ['1', undefined]);
      const found = await window.request('registry/models', { registry: 'local', filter: 'name:triage colour:red' });
      assert.deepEqual([found.models, found.unmatched], [[], ['colour:red']]);
      const words = { registry: 'local', filter: 'status:cand', offset: 11 };
      const { suggestions } = await window.request('registry/suggest', words);
      assert.deepEqual(
        suggestions.map(({ insert }) => insert),
        ['status:candidate'],
      );
      const step = { model: 'triage', version: '1' };
      await window.request('registry/archive', { ...step, archived: true });
      assert.equal((await window.request('registry/version', step)).version.state, 'ARCHIVED');
      await window.request('registry/archive', { ...step, archived: false });
      assert.equal((await window.fail('registry/models', { registry: 'elsewhere' })).code, 'registry-unknown');
      assert.equal((await window.request('registries/sync', {})).registries.length, 1);
    } finally {
      window.close();
    }
  });

  it('archives a model, and brings it back', async () => {
    assert.equal((await aiwb('registry', 'archive', 'triage')).code, 0);
    assert.deepEqual((await read<RegistryList>('registry', 'list')).models, []);
    assert.equal((await read<RegistryList>('registry', 'list', '--archived')).models.length, 1);
    await refused(/archived/, 'registry', 'promote', 'triage@1');
    assert.equal((await aiwb('registry', 'archive', 'triage', '--undo')).code, 0);
    assert.match((await aiwb('registry', 'list')).stdout, /triage/);
  });

  it('lists the log of it all, and finds a store that was edited', async () => {
    const { entries } = await read<{ entries: AuditEntry[] }>('audit', 'list', '-n', '2');
    assert.deepEqual(
      entries.map(({ action }) => action),
      ['model.archived', 'model.restored'],
    );
    assert.equal((await aiwb('audit', 'verify')).code, 0);
    const database = new DatabaseSync(path.join(workspace.folder, '.aiwb', databaseName));
    database.exec(`UPDATE audit_payloads SET payload = replace(payload, 'robin@', 'nobody@')`);
    database.close();
    const { code, stdout } = await aiwb('audit', 'verify', '--json');
    assert.equal(code, 1);
    const { intact, faults } = JSON.parse(stdout) as AuditVerification;
    assert.ok(!intact && faults.some(({ sentence }) => /changed after it was written/.test(sentence)));
    assert.match((await aiwb('audit', 'verify')).stdout, /does not hold[\s\S]*entry \d+:/);
  });
});

/** A window's side of the engine process, as far as the registry goes. */
class Window {
  readonly #child: ChildProcess;
  readonly #connection: MessageConnection;
  #changes = 0;

  constructor(env: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [path.join(root, 'dist/aiwb.mjs'), 'serve', '--stdio'], {
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#connection = createMessageConnection(
      new StreamMessageReader(this.#child.stdout!),
      new StreamMessageWriter(this.#child.stdin!),
    );
    this.#connection.onNotification('registry/changed', () => void (this.#changes += 1));
    this.#connection.listen();
  }

  request<M extends keyof EngineRequests>(method: M, parameters: EngineRequests[M][0]): Promise<EngineRequests[M][1]> {
    return this.#connection.sendRequest(method, parameters);
  }

  async fail(method: keyof EngineRequests, parameters: unknown): Promise<Failure> {
    try {
      await this.#connection.sendRequest(method, parameters);
    } catch (error) {
      assert.ok(error instanceof ResponseError);
      return error.data as Failure;
    }
    assert.fail(`${method} should have failed`);
  }

  async untilChanged(times: number): Promise<void> {
    for (let tries = 0; tries < 400; tries += 1) {
      if (this.#changes >= times) return;
      await wait(25);
    }
    assert.fail(`The registry's change was told ${this.#changes} times, not ${times}.`);
  }

  close(): void {
    this.#connection.dispose();
    this.#child.kill();
  }
}
