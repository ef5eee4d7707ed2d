import assert from 'node:assert/strict';
import { hostOf, type CloudServer } from '../../../../test/fakes/cloud-host.ts';
import { makeBundle, MachineWorld, startProcess, type WorldOptions } from '../../../../test/fakes/machines.ts';
import { clientPorts } from '../../../../test/fakes/platform-ports.ts';
import { startRunPodServer, type RunPodServerOptions } from '../../../../test/fakes/runpod.ts';
import type { RunPodPlatform } from '../../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import type { MachineRequest } from '../../machines/machine.ts';
import { createMachinePlatform, type MachinePorts } from '../../machines/machine-platform.ts';
import type { JobBundle, JobEvent } from '../../platform.ts';
import { createRunPodMachines } from './machines.ts';

const never = new AbortController().signal;
const key = 'rpa_0123456789';

interface Setting {
  readonly world: MachineWorld;
  readonly server: CloudServer;
  readonly machines: ReturnType<typeof createRunPodMachines>;
  readonly asked: readonly string[];
}

async function withRunPod(
  use: (setting: Setting) => Promise<void>,
  {
    world: worldOptions = {},
    settings = {},
    secret = key,
    bundle = makeBundle(),
    ...options
  }: Partial<RunPodServerOptions> & {
    world?: WorldOptions;
    settings?: Partial<RunPodPlatform>;
    secret?: string;
    bundle?: JobBundle;
  } = {},
): Promise<void> {
  const world = new MachineWorld({ hourlyPrice: 0.99, ...worldOptions });
  const server = await startRunPodServer({ host: hostOf(world, bundle), ...options });
  const { asked, ...ports } = clientPorts(world.clock, { RUNPOD_API_KEY: secret });
  const platform: RunPodPlatform = {
    type: 'runpod',
    apiKey: { env: 'RUNPOD_API_KEY' },
    url: `${server.origin}/v2/`,
    gpu: 'NVIDIA L40S',
    storage: { type: 'folder', path: '/mnt' },
    ...settings,
  };
  try {
    await use({ world, server, machines: createRunPodMachines('runpod', platform, ports), asked });
  } finally {
    await server.close();
  }
}

const request: MachineRequest = {
  tag: 'aiwb-01JZX',
  bundle: makeBundle(),
  argv: ['python3', '-c', 'exec(__import__("os").name)'],
  env: { AIWB_LIFETIME: '600' },
  lifetime: 600,
};

describe('pods of RunPod', () => {
  it('are made, found by their tag, looked at and terminated', () =>
    withRunPod(async ({ world, server, machines, asked }) => {
      const pod = await machines.create(request, never);
      assert.equal(pod.tag, 'aiwb-01JZX');
      assert.equal(pod.state, 'provisioning');
      assert.equal(pod.raw, 'PROVISIONING');
      assert.equal(pod.hourlyPrice, 0.99);
      assert.equal(pod.hardware, '1 × NVIDIA L40S');
      assert.equal(pod.createdAt, world.clock.now());
      const body = server.calls[0]?.body ?? {};
      assert.equal(body['args'], `python3 -c 'exec(__import__("os").name)'`);
      assert.deepEqual(body['env'], { AIWB_LIFETIME: '600', AIWB_RUNPOD_URL: `${server.origin}/v2` });
      assert.deepEqual(await machines.find('aiwb-01JZX', never), [pod]);
      assert.deepEqual(await machines.find('aiwb-OTHER', never), []);
      world.clock.advance(60_000);
      assert.equal((await machines.look(pod.id, never))?.state, 'running');
      assert.equal(await machines.logs(pod.id, never), 'aiwb: Installing\nplain');
      await machines.terminate(pod.id, never);
      assert.equal(await machines.look(pod.id, never), undefined);
      await machines.terminate(pod.id, never);
      assert.deepEqual(asked, [`RUNPOD_API_KEY for ${server.origin}`]);
    }));

  it('are taken from the first GPU in the list that is in stock', () =>
    withRunPod(
      async ({ world, machines }) => {
        const pod = await machines.create(request, never);
        assert.equal(pod.hardware, '1 × NVIDIA H100 80GB HBM3');
        assert.equal(world.machines.length, 1);
        assert.equal(await machines.hourlyPrice?.(request.bundle, never), 2.99, 'the dearest bounds the cost');
      },
      { stock: ['NVIDIA H100 80GB HBM3'], settings: { gpu: ['NVIDIA L40S', 'NVIDIA H100 80GB HBM3'] } },
    ));

  it('are refused for certain where nothing is in stock', () =>
    withRunPod(
      async ({ world, machines }) => {
        await assert.rejects(machines.create(request, never), { code: 'platform-refused', message: /none of these to give now: 1 × NVIDIA L40S/ });
        assert.equal(world.machines.length, 0);
      },
      { stock: [] },
    ));

  it('are asked for once, also where the answer is lost or the server fails', async () => {
    for (const fault of [{ drop: 'after' } as const, { status: 502 } as const, { status: 504 } as const]) {
      await withRunPod(
        async ({ server, machines }) => {
          await assert.rejects(machines.create(request, never), { code: 'platform-unreachable' });
          assert.equal(server.calls.filter(({ route }) => route === 'POST /v2/pods').length, 1);
        },
        { fault: ({ route }) => (route === 'POST /v2/pods' ? fault : undefined) },
      );
    }
  });

  it('are asked for again after a limit on requests, which has made nothing', () =>
    withRunPod(
      async ({ world, machines }) => {
        await machines.create(request, never);
        assert.equal(world.machines.length, 1);
        assert.ok(world.clock.now() >= 1_800_000_012_000, 'it waits as long as it is asked to');
      },
      {
        fault: ({ route, earlier }) =>
          route === 'POST /v2/pods' && earlier === 0
            ? { status: 429, headers: { 'retry-after': '12' }, body: { title: 'Too Many Requests', status: 429, detail: 'rate limit exceeded' } }
            : undefined,
      },
    ));

  it('are terminated although the server fails at first', () =>
    withRunPod(
      async ({ world, machines }) => {
        const pod = await machines.create(request, never);
        await machines.terminate(pod.id, never);
        assert.deepEqual(world.alive, []);
      },
      { fault: ({ route, earlier }) => (route === 'DELETE /v2/pods/:id' && earlier < 2 ? { status: 500 } : undefined) },
    ));

  it('tell a wrong key, an unknown GPU and an empty stock before anything is paid', async () => {
    await withRunPod(
      async ({ machines }) => {
        const findings = await machines.preflight(makeBundle(), never);
        assert.deepEqual(findings.map(({ check, level }) => [check, level]), [['credentials', 'error']]);
        assert.match(findings[0]?.message ?? "", /does not accept who asks .*HTTP 401/);
        assert.doesNotMatch(JSON.stringify(findings), /rpa_wrong/);
      },
      { secret: 'rpa_wrong_key' },
    );
    await withRunPod(
      async ({ machines }) => {
        const findings = await machines.preflight(makeBundle(), never);
        assert.match(findings[1]?.message ?? '', /knows no GPU "NVIDIA L40X"; did you mean|knows no GPU "NVIDIA L40X"/);
      },
      { settings: { gpu: 'NVIDIA L40X' } },
    );
    await withRunPod(
      async ({ machines }) => {
        const findings = await machines.preflight(makeBundle(), never);
        assert.deepEqual(findings.map(({ check, level }) => [check, level]), [['credentials', 'ok'], ['availability', 'error']]);
      },
      { stock: [] },
    );
    await withRunPod(
      async ({ machines }) => {
        const findings = await machines.preflight(makeBundle(), never);
        assert.deepEqual(findings.map(({ level }) => level), ['ok', 'ok']);
        assert.match(findings[1]?.message ?? '', /NVIDIA L40S \(low\)/);
      },
      { settings: { dataCenters: ['EU-RO-1'] } },
    );
  });

  it('refuse a key that may not list pods, and never show it', () =>
    withRunPod(
      async ({ machines }) => {
        const findings = await machines.preflight(makeBundle(), never);
        assert.deepEqual(findings.map(({ check, level }) => [check, level]), [['scope', 'error']]);
        assert.doesNotMatch(JSON.stringify(findings), new RegExp(key));
      },
      { fault: () => ({ status: 403, body: { title: 'Forbidden', status: 403, detail: `access denied for ${key}` } }) },
    ));

  it('are told with what they cost, ours alone', () =>
    withRunPod(async ({ machines }) => {
      await machines.create(request, never);
      await machines.create({ ...request, tag: 'somebody-elses' }, never);
      const listed = await machines.inventory.list(never);
      assert.deepEqual(listed.map(({ tag, hourlyPrice, ended }) => ({ tag, hourlyPrice, ended })), [
        { tag: 'aiwb-01JZX', hourlyPrice: 0.99, ended: false },
      ]);
    }));

  const scenes: Readonly<Record<string, Parameters<typeof withRunPod>[1] & { code?: string; pods?: number }>> = {
    'that all goes well': {},
    'that the pod never boots': { world: { boot: Infinity }, code: 'machine-not-started' },
    'that the pod is preempted midway': {
      world: {
        fate: (machine, n, seconds) => {
          if (n === 1 && seconds > 150) machine.state = 'lost';
        },
      },
      pods: 2,
    },
    'that the pod is billed but lost': {
      world: {
        fate: (machine, n, seconds) => {
          if (n === 1 && seconds > 150) machine.isMute = true;
        },
      },
      pods: 2,
    },
    'that terminating fails with 500 for a while': {
      fault: ({ route, earlier }) => (route === 'DELETE /v2/pods/:id' && earlier < 12 ? { status: 500 } : undefined),
    },
    'that the answer to create is lost': {
      fault: ({ route }) => (route === 'POST /v2/pods' ? { drop: 'after' } : undefined),
    },
    'that the list is behind and the answer is lost': {
      world: { listLag: 40_000 },
      fault: ({ route }) => (route === 'POST /v2/pods' ? { drop: 'after' } : undefined),
    },
    'that requests are limited': {
      fault: ({ earlier }) => (earlier % 3 === 1 ? { status: 429, headers: { 'retry-after': '5' } } : undefined),
    },
  };

  for (const [name, { code, pods = 1, ...options }] of Object.entries(scenes)) {
    it(`leave nothing behind: ${name}`, () =>
      withRunPod(async ({ world, machines }) => {
        const { storage, desk, clock, record } = startProcess(world);
        const platform = createMachinePlatform({ machines, storage, desk }, { clock } as unknown as MachinePorts);
        const events: JobEvent[] = [];
        const outcome = await (async () => {
          const handle = await platform.submit(makeBundle(), undefined, record, never);
          try {
            for await (const event of platform.events(handle, never)) events.push(event);
          } finally {
            await platform.cancel(handle);
          }
        })().then(
          () => undefined,
          (error: unknown) => (error instanceof WorkbenchError ? error.code : String(error)),
        );
        assert.equal(outcome, code);
        assert.equal(events.filter(({ type }) => type === 'result').length, code === undefined ? 1 : 0);
        assert.deepEqual(world.alive, []);
        assert.equal(world.machines.length, pods);
        assert.ok(world.mostAlive <= 1);
        assert.equal(world.job?.state, 'ended');
      }, options));
  }
});
