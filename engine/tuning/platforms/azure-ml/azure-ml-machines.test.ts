import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { startAzureMlServer, type AzureMlServer } from '../../../../test/fakes/azure-ml.ts';
import { makeTinyBundle } from '../../../../test/fakes/job-bundle.ts';
import { storagePorts } from '../../../../test/fakes/storage.ts';
import type { AzureMlPlatform } from '../../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import type { SecretReference } from '../../../ports/secrets.ts';
import type { MachineRequest, Machines } from '../../machines/machine.ts';
import { createAzureMlMachines } from './azure-ml-machines.ts';
import { armReference } from './workspace.ts';

const { signal } = new AbortController();
const bundle = makeTinyBundle();
const canary = 'https://storage.example/x?sig=canary-2b3c4d5e6f';

describe('Azure Machine Learning', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });

  async function start(): Promise<AzureMlServer> {
    const server = await startAzureMlServer();
    cleanups.push(() => server.close());
    return server;
  }

  const settingsOf = (server: AzureMlServer, more: Partial<AzureMlPlatform> = {}): AzureMlPlatform => ({
    type: 'azure-ml',
    subscription: 's1',
    resourceGroup: 'ml',
    workspace: 'tuning',
    compute: 'gpu-cluster',
    url: server.origin,
    storage: { type: 'folder', path: '/x' },
    ...more,
  });

  interface Opened {
    readonly machines: Machines;
    readonly asked: SecretReference[];
    readonly sleeps: number[];
  }

  /** `passes`: milliseconds that pass at each look at the clock. */
  function open(server: AzureMlServer, more: Partial<AzureMlPlatform> = {}, passes = 0): Opened {
    const ports = storagePorts({});
    const asked: SecretReference[] = [];
    const sleeps: number[] = [];
    let now = 0;
    const secrets = {
      resolve: async (reference: SecretReference) => {
        asked.push(reference);
        return [...server.tokens].at(-1) ?? 'none';
      },
    };
    const clock = {
      ...ports.clock,
      monotonic: () => (now += passes),
      sleep: async (milliseconds: number) => void sleeps.push(milliseconds),
    };
    return {
      machines: createAzureMlMachines('azure', settingsOf(server, more), { ...ports, secrets, clock }),
      asked,
      sleeps,
    };
  }

  const request = (more: Partial<MachineRequest> = {}): MachineRequest => ({
    tag: 'aiwb-run1',
    bundle,
    argv: ['python3', '-c', 'print("$AIWB_SYNC it\'s")'],
    env: { AIWB_SYNC: `{"bundle":"${canary}","it's":"$HOME"}` },
    lifetime: 3600.4,
    ...more,
  });

  it('makes one command job under the run’s name, ended by Azure after its lifetime', async () => {
    const server = await start();
    const { machines, asked } = open(server, { price: 3.5 });
    const machine = await machines.create(request(), signal);
    assert.deepEqual(
      { ...machine, createdAt: typeof machine.createdAt },
      {
        id: 'aiwb-run1',
        tag: 'aiwb-run1',
        state: 'queued',
        raw: 'NotStarted',
        ended: false,
        hourlyPrice: 3.5,
        createdAt: 'number',
      },
    );
    const { codeId, environmentId, ...rest } = server.jobs.get('aiwb-run1')?.properties ?? {};
    assert.deepEqual(rest, {
      jobType: 'Command',
      displayName: 'capitals',
      experimentName: 'ai-workbench',
      tags: { 'aiwb-tag': 'aiwb-run1' },
      command: 'sh ./aiwb-job.sh',
      computeId: `${server.workspace}/computes/gpu-cluster`,
      resources: { instanceCount: 1 },
      limits: { jobLimitsType: 'Command', timeout: 'PT3601S' },
    });
    assert.match(String(codeId), /\/codes\/aiwb-run1\/versions\/\d+$/);
    assert.match(String(environmentId), /\/environments\/aiwb-[0-9a-f]{12}\/versions\/1$/);
    assert.deepEqual(asked[0], { identity: 'entra', resource: 'management' });
  });

  it('keeps addresses out of everything that a reader of the workspace is shown', async () => {
    const server = await start();
    await open(server).machines.create(request(), signal);
    const shown = JSON.stringify([[...server.jobs.values()], [...server.assets], server.requests]);
    assert.ok(!shown.includes('canary') && !shown.includes('upload-signature'), shown);
    const [[path, script] = ['', '']] = [...server.uploads];
    assert.equal(path, '/container-7/job/aiwb-job.sh');
    assert.ok(script.includes(canary));
  });

  it('writes a script that a shell takes as it was meant', async () => {
    const server = await start();
    const shown = [
      'node',
      '-e',
      'process.stdout.write(JSON.stringify([process.env.AIWB_SYNC, process.argv[1]]))',
      "it's $HOME `x`",
    ];
    await open(server).machines.create(request({ argv: [process.execPath, ...shown.slice(1)] }), signal);
    const { stdout, stderr } = spawnSync('sh', { input: [...server.uploads.values()][0] ?? '', encoding: 'utf8' });
    assert.deepEqual(JSON.parse(stdout), [request().env['AIWB_SYNC'], "it's $HOME `x`"], stderr);
  });

  it('uses a named environment: its own before a curated one', async () => {
    const server = await start();
    server.assets.set('/environments/own/versions/3', {});
    const environmentOf = async (environment: string, tag: string) => {
      await open(server, { environment }).machines.create(request({ tag }), signal);
      return server.jobs.get(tag)?.properties['environmentId'];
    };
    assert.equal(await environmentOf('own:3', 'aiwb-a'), `${server.workspace}/environments/own/versions/3`);
    assert.equal(
      await environmentOf('azureml:acpt-pytorch-2.8-cuda12.6:1', 'aiwb-b'),
      'azureml://registries/azureml/environments/acpt-pytorch-2.8-cuda12.6/versions/1',
    );
    assert.equal(
      await environmentOf('/subscriptions/x/environments/e/versions/1', 'aiwb-c'),
      '/subscriptions/x/environments/e/versions/1',
    );
    const { machines } = open(server);
    await machines.create(request({ tag: 'aiwb-d' }), signal);
    await machines.create(request({ tag: 'aiwb-e' }), signal);
    assert.equal(
      server.requests.filter(({ method, path }) => method === 'PUT' && path.includes('/environments/')).length,
      1,
    );
  });

  it('takes the job’s own cluster before the platform’s', async () => {
    const server = await start();
    const wants = makeTinyBundle({ hardware: { gpus: [], cluster: 'big' } });
    await open(server).machines.create(request({ bundle: wants }), signal);
    assert.equal(server.jobs.get('aiwb-run1')?.properties['computeId'], `${server.workspace}/computes/big`);
  });

  it('makes one job where an answer was lost, and finds one that lists do not show yet', async () => {
    const server = await start();
    const { machines } = open(server);
    server.faults.push({
      on: 'PUT /subscriptions/s1/resourceGroups/ml/providers/Microsoft.MachineLearningServices/workspaces/tuning/jobs/aiwb-run1',
      lose: true,
    });
    const machine = await machines.create(request(), signal);
    assert.equal(machine.id, 'aiwb-run1');
    assert.equal(server.jobs.size, 1);
    server.unlisted.add('aiwb-run1');
    assert.deepEqual(
      (await machines.find('aiwb-run1', signal)).map(({ id }) => id),
      ['aiwb-run1'],
    );
  });

  it('gives a further job of the run the next name, over several pages of others', async () => {
    const server = await start();
    const { machines } = open(server);
    for (const tag of ['aiwb-run1', 'aiwb-run10', 'aiwb-run2']) await machines.create(request({ tag }), signal);
    server.jobs.get('aiwb-run1')!.status = 'Failed';
    assert.equal((await machines.create(request(), signal)).id, 'aiwb-run1-2');
    const found = await machines.find('aiwb-run1', signal);
    assert.deepEqual(
      found.map(({ id, state, ended }) => [id, state, ended]),
      [
        ['aiwb-run1', 'failed', true],
        ['aiwb-run1-2', 'queued', false],
      ],
    );
    assert.match(found[0]?.reason ?? '', /its log is at https:\/\/studio/);
    assert.equal((await machines.inventory.list(signal)).length, 4);
  });

  it('knows every state', async () => {
    const server = await start();
    const { machines } = open(server);
    await machines.create(request(), signal);
    const job = server.jobs.get('aiwb-run1')!;
    const states: string[] = [];
    for (const status of [
      'NotStarted',
      'Starting',
      'Provisioning',
      'Preparing',
      'Queued',
      'Running',
      'Finalizing',
      'NotResponding',
      'Paused',
      'Completed',
      'Failed',
      'Canceled',
      'SomethingNew',
    ]) {
      job.status = status;
      const seen = await machines.look('aiwb-run1', signal);
      states.push(`${status} ${String(seen?.state)}${seen?.ended === true ? ' ended' : ''}`);
    }
    assert.deepEqual(states, [
      ...[
        'NotStarted queued',
        'Starting provisioning',
        'Provisioning provisioning',
        'Preparing provisioning',
        'Queued queued',
      ],
      ...['Running running', 'Finalizing running', 'NotResponding running', 'Paused queued'],
      ...['Completed succeeded ended', 'Failed failed ended', 'Canceled cancelled ended', 'SomethingNew running'],
    ]);
    assert.equal(await machines.look('none', signal), undefined);
  });

  it('cancels a job and waits until Azure says that it has ended', async () => {
    const server = await start();
    const { machines } = open(server);
    await machines.create(request(), signal);
    await machines.terminate('aiwb-run1', signal);
    assert.equal(server.jobs.get('aiwb-run1')?.status, 'Canceled');
    const cancels = () => server.requests.filter(({ path }) => path.endsWith('/cancel')).length;
    await machines.terminate('aiwb-run1', signal);
    await machines.terminate('none', signal);
    assert.equal(cancels(), 1, 'what has ended is left alone');

    await machines.create(request({ tag: 'aiwb-run2' }), signal);
    server.faults.push({ on: '/cancel', status: 500 }, { on: '/cancel', status: 502 });
    await machines.terminate('aiwb-run2', signal);
    assert.equal(server.jobs.get('aiwb-run2')?.status, 'Canceled');

    const slow = open(server, {}, 10_000).machines;
    await slow.create(request({ tag: 'aiwb-run3' }), signal);
    server.cancelsTo = 'Running';
    await assert.rejects(slow.terminate('aiwb-run3', signal), { code: 'platform-unreachable' });
    for (let fault = 0; fault < 6; fault++) server.faults.push({ on: '/cancel', status: 500 });
    await assert.rejects(slow.terminate('aiwb-run3', signal), { code: 'platform-unreachable' });
  });

  it('sees a job that was preempted wait again, and one that is lost', async () => {
    const server = await start();
    const { machines } = open(server);
    await machines.create(request(), signal);
    const job = server.jobs.get('aiwb-run1')!;
    job.status = 'Running';
    assert.equal((await machines.look('aiwb-run1', signal))?.state, 'running');
    job.status = 'Queued';
    assert.equal((await machines.look('aiwb-run1', signal))?.state, 'queued');
    server.jobs.clear();
    assert.equal(await machines.look('aiwb-run1', signal), undefined);
    assert.deepEqual(await machines.find('aiwb-run1', signal), []);
  });

  it('renews a token that has expired, waits as long as it is told, and says what a refusal means', async () => {
    const server = await start();
    const { machines, asked, sleeps } = open(server);
    await machines.find('aiwb-run1', signal);
    server.tokens.clear();
    server.tokens.add('a-new-token');
    await machines.find('aiwb-run1', signal);
    assert.equal(asked.length, 2);
    server.faults.push({ on: '/jobs/aiwb-run1', status: 429, headers: { 'retry-after': '7' } });
    await machines.look('aiwb-run1', signal);
    assert.ok(
      sleeps.some(wait => wait >= 7000 && wait < 8100),
      String(sleeps),
    );
    server.faults.push({ on: '/jobs/aiwb-run1', status: 403 });
    await assert.rejects(machines.look('aiwb-run1', signal), (error: unknown) => {
      assert.ok(error instanceof WorkbenchError);
      assert.equal(error.code, 'platform-refused');
      assert.match(error.remedy ?? '', /AzureML Data Scientist/);
      assert.ok(!error.message.includes('a-new-token'));
      return true;
    });
  });

  it('does not take its token to a next page elsewhere', async () => {
    const server = await start();
    const elsewhere = await start();
    const { machines } = open(server);
    for (const tag of ['aiwb-1', 'aiwb-2', 'aiwb-3']) await machines.create(request({ tag }), signal);
    server.pagesAt = elsewhere.origin;
    assert.equal((await machines.inventory.list(signal)).length, 2);
    assert.deepEqual(elsewhere.requests, []);
  });

  it('asks for tokens of the cloud its address is in, and for none where one is named', () => {
    assert.deepEqual(armReference({}), { identity: 'entra', resource: 'management' });
    assert.deepEqual(armReference({ url: 'https://management.usgovcloudapi.net/' }), {
      identity: 'entra',
      resource: 'management-us-government',
    });
    assert.deepEqual(armReference({ url: 'https://management.chinacloudapi.cn' }), {
      identity: 'entra',
      resource: 'management-china',
    });
    assert.deepEqual(armReference({ token: { env: 'ARM_TOKEN' } }), { env: 'ARM_TOKEN' });
  });

  describe('before a job is made', () => {
    const check = async (machines: Machines, of = bundle) =>
      (await machines.preflight(of, signal)).map(({ check, level, message }) => `${check} ${level}: ${message}`);

    it('tells what it may read, the compute and the quota of its size', async () => {
      const server = await start();
      assert.deepEqual(await check(open(server).machines), [
        'credentials ok: You may read the workspace tuning.',
        'availability ok: The compute gpu-cluster (Standard_NC24ads_A100_v4) takes jobs, 1 of 2 nodes may be used.',
        'quota ok: 24 cores are needed and 24 of 48 of the family standardNCADSA100v4Family are free in westeurope.',
      ]);
    });

    it('tells a compute that cannot take jobs, or not now', async () => {
      const server = await start();
      const inner = server.compute['properties'] as Record<string, unknown>;
      const second = async () => (await check(open(server).machines))[1] ?? '';
      inner['nodeStateCounts'] = { runningNodeCount: 2 };
      assert.match(await second(), /^availability warning: All 2 nodes .* are in use/);
      inner['scaleSettings'] = { maxNodeCount: 0 };
      assert.match(await second(), /^availability error: .* may have no nodes/);
      server.compute = {
        computeType: 'ComputeInstance',
        provisioningState: 'Succeeded',
        properties: { vmSize: 'S', state: 'Stopped' },
      };
      assert.match(await second(), /^availability error: The compute gpu-cluster \(S\) is stopped/);
      server.compute = { computeType: 'AmlCompute', provisioningState: 'Failed' };
      assert.match(await second(), /^availability error: .* is failed/);
      const elsewhere = makeTinyBundle({ hardware: { gpus: [], cluster: 'none' } });
      assert.match(
        (await check(open(server).machines, elsewhere))[1] ?? '',
        /^availability error: The workspace has no compute none/,
      );
    });

    it('tells nodes that may be taken away', async () => {
      const server = await start();
      (server.compute['properties'] as Record<string, unknown>)['vmPriority'] = 'LowPriority';
      assert.match((await check(open(server).machines))[2] ?? '', /^availability warning: .* low priority/);
    });

    it('tells who may not ask, and a workspace that is not there', async () => {
      const server = await start();
      server.faults.push({ on: '/tuning', status: 403 });
      assert.match(
        (await check(open(server).machines))[0] ?? '',
        /^credentials error: Azure ML does not accept who asks/,
      );
      assert.match(
        (await check(open(server, { workspace: 'none' }).machines))[0] ?? '',
        /^scope error: There is no workspace none/,
      );
      await server.close();
      assert.match((await check(open(server).machines))[0] ?? '', /^availability error: .*could not be asked/);
    });
  });
});
