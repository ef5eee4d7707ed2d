import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Orphans, RunSummary } from '../../schemas/generated/messages.ts';
import type { CloudServer } from '../fakes/cloud-host.ts';
import { createPodHost } from '../fakes/pod-host.ts';
import { startRunPodServer } from '../fakes/runpod.ts';
import { makeJob, makeTickets, toJsonLines } from '../fakes/tuning.ts';
import { createWorkspace, runAiwb, type Finished } from './aiwb.ts';
import { Window } from './window.ts';

const key = 'rpa_0123456789';

describe('aiwb tune sweep', function () {
  this.timeout(60_000);
  let host: ReturnType<typeof createPodHost>;
  let server: CloudServer;
  let workspace: ReturnType<typeof createWorkspace>;

  beforeEach(async () => {
    host = createPodHost();
    server = await startRunPodServer({ host, key });
    workspace = createWorkspace({
      'tickets.jsonl': toJsonLines(makeTickets(60)),
      'a.tune.yaml': makeJob('hyperparameters: {epochs: 2}\n'),
      'b.tune.yaml': makeJob('platform: pods\n').replace('embedded:linear', 'hub:acme/tiny'),
      'workbench.yaml': `compute:
  pods:
    type: runpod
    apiKey: {env: RUNPOD_API_KEY}
    url: ${server.origin}/v2
    gpu: NVIDIA L40S
    storage: {type: folder, path: shared}
`,
    });
  });

  afterEach(async () => {
    workspace.remove();
    await server.close();
  });

  const run = (...args: string[]): Promise<Finished> =>
    runAiwb(args, { cwd: workspace.folder, env: { RUNPOD_API_KEY: key } });
  const sweep = (...args: string[]): Promise<Finished> =>
    run('tune', 'sweep', '--allow-origin', server.origin, ...args);

  /** A pod as this tool makes them. */
  async function leavePod(name: string): Promise<void> {
    const answer = await fetch(`${server.origin}/v2/pods`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name, image: 'pytorch', gpu: { id: 'NVIDIA L40S', count: 1 } }),
    });
    assert.equal(answer.status, 201);
  }

  it('finds what ended runs have left, and ends it when it is told to', async () => {
    assert.equal((await run('tune', 'a.tune.yaml')).code, 0);
    const listed = await run('runs', 'list', '--json');
    const [summary] = (JSON.parse(listed.stdout) as { runs: RunSummary[] }).runs;
    await leavePod(`aiwb-${summary?.id ?? ''}`);
    await leavePod('aiwb-20200101-000000-zzzzz');
    await leavePod('somebody-elses');

    const found = await sweep();
    assert.equal(found.code, 1, found.stderr);
    assert.match(found.stdout, /orphan\s+pods\s+pod1\s+aiwb-\S+\s+RUNNING\s+0\.99 USD\/h/);
    assert.match(found.stdout, /foreign\s+pods\s+pod2/);
    assert.match(found.stdout, /1 orphan left, at 0\.99 USD an hour/);
    assert.doesNotMatch(found.stdout, /somebody-elses/);
    assert.equal(host.pods.length, 3, 'looking ends nothing');
    assert.doesNotMatch(found.stdout + found.stderr, new RegExp(key));

    const ended = await sweep('--platform', 'pods', '--terminate', '--json');
    assert.equal(ended.code, 0, ended.stderr);
    const { jobs } = JSON.parse(ended.stdout) as Orphans;
    assert.deepEqual(
      jobs.map(({ id, terminated }) => [id, terminated ?? false]),
      [
        ['pod1', true],
        ['pod2', false],
      ],
    );
    assert.deepEqual(
      host.pods.map(({ id }) => id),
      ['pod2', 'pod3'],
    );

    assert.equal((await sweep('--foreign', 'pod2')).code, 2, '--terminate is missing');
    assert.equal((await sweep('--terminate', '--foreign', 'pod3')).code, 2, 'not with our tag');
    assert.equal((await sweep('--terminate', '--foreign', 'pod2')).code, 0);
    assert.deepEqual(
      host.pods.map(({ id }) => id),
      ['pod3'],
    );
    assert.match((await sweep()).stdout, /Nothing of ours is left on pods/);
  });

  it('removes what a run that succeeded has left in the storage, and what others go on from where that is said', async () => {
    assert.equal((await run('tune', 'a.tune.yaml')).code, 0);
    const refused = await run('tune', 'b.tune.yaml', '--allow-origin', server.origin);
    assert.notEqual(refused.code, 0);
    const { runs } = JSON.parse((await run('runs', 'list', '--json')).stdout) as { runs: RunSummary[] };
    const tagOf = (state: string): string => `aiwb-${runs.find(one => one.state === state)?.id ?? assert.fail()}`;
    const left = [tagOf('succeeded'), tagOf('failed'), 'aiwb-20200101-000000-zzzzz'];
    for (const tag of left) workspace.write(`shared/runs/${tag}/state-a.tar.0001`, 'state');
    const found = await sweep();
    assert.equal(found.code, 1, found.stderr);
    assert.match(found.stdout, /orphan +pods \(storage\) +runs\/aiwb-\S+ +aiwb-\S+ +1 MiB in 1 object/);
    assert.match(found.stdout, /saved +pods \(storage\) +runs\/aiwb/);
    const remaining = (): boolean[] => left.map(tag => existsSync(path.join(workspace.folder, 'shared/runs', tag)));
    assert.equal((await sweep('--saved')).code, 2, '--terminate is missing');
    assert.equal((await sweep('--terminate')).code, 0);
    assert.deepEqual(remaining(), [false, true, true]);
    assert.equal((await sweep('--terminate', '--saved')).code, 0);
    assert.deepEqual(remaining(), [false, false, true]);
  });

  it('fails where a platform cannot be asked', async () => {
    await server.close();
    const { code, stderr } = await sweep();
    assert.equal(code, 1);
    assert.match(stderr, /pods: RunPod \(pods\) at .* could not be asked/);
  });

  it('sends the key nowhere that nobody has allowed', async () => {
    const { code, stderr } = await run('tune', 'sweep');
    assert.equal(code, 1);
    assert.match(stderr, /RUNPOD_API_KEY|allow-origin/);
    assert.equal(server.calls.length, 0);
  });
});

describe('tuning/orphans', function () {
  this.timeout(60_000);

  it('asks nobody where no platform costs money', async () => {
    const workspace = createWorkspace({ 'workbench.yaml': '{}\n' });
    const window = new Window();
    try {
      await window.open(workspace.folder);
      assert.deepEqual(await window.request('tuning/orphans', {}), { jobs: [], platforms: [], failures: [] });
    } finally {
      window.close();
      workspace.remove();
    }
  });
});
