import assert from 'node:assert/strict';
import { hostOf, type CloudServer } from '../../../../test/fakes/cloud-host.ts';
import { startDenvrServer, type DenvrServerOptions } from '../../../../test/fakes/denvr.ts';
import { makeBundle, MachineWorld, startProcess, type WorldOptions } from '../../../../test/fakes/machines.ts';
import { clientPorts } from '../../../../test/fakes/platform-ports.ts';
import type { DenvrPlatform } from '../../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import type { MachineRequest } from '../../machines/machine.ts';
import { createMachinePlatform, type MachinePorts } from '../../machines/machine-platform.ts';
import type { JobEvent } from '../../platform.ts';
import { applicationName, createDenvrMachines } from './machines.ts';

const never = new AbortController().signal;
const a100 = 'g-nvidia-1xa100-40gb-pcie-14vcpu-112gb';
const h100 = 'g-nvidia-1xh100-80gb-sxm-26vcpu-200gb';

interface Setting {
  readonly world: MachineWorld;
  readonly server: CloudServer;
  readonly machines: ReturnType<typeof createDenvrMachines>;
}

async function withDenvr(
  use: (setting: Setting) => Promise<void>,
  {
    world: worldOptions = {},
    secret = 'correct horse',
    ...options
  }: Partial<DenvrServerOptions> & { world?: WorldOptions; secret?: string } = {},
): Promise<void> {
  const world = new MachineWorld({ hourlyPrice: 1.15, ...worldOptions });
  const server = await startDenvrServer({ host: hostOf(world, makeBundle()), now: () => world.clock.now(), ...options });
  const platform: DenvrPlatform = {
    type: 'denvr',
    username: 'ada@example.com',
    password: { env: 'DENVR_PASSWORD' },
    url: server.origin,
    cluster: 'Msc1',
    configuration: a100,
    storage: { type: 'folder', path: '/mnt' },
  };
  const ports = clientPorts(world.clock, { DENVR_PASSWORD: secret });
  try {
    await use({ world, server, machines: createDenvrMachines('denvr', platform, ports) });
  } finally {
    await server.close();
  }
}

const request: MachineRequest = {
  tag: 'aiwb-01JZX',
  bundle: makeBundle(),
  argv: ['python3', '-c', 'exec(1)'],
  env: { AIWB_LIFETIME: '600' },
  lifetime: 600,
};

describe('applications of Denvr', () => {
  it('are made, found by their tag, looked at and destroyed', () =>
    withDenvr(async ({ world, server, machines }) => {
      const made = await machines.create(request, never);
      assert.equal(made.id, 'aiwb-01jzx');
      assert.equal(made.tag, 'aiwb-01JZX');
      const body = server.calls.find(({ route }) => route.endsWith('CreateCustomApplication'))?.body ?? {};
      assert.deepEqual(body['imageCmdOverride'], request.argv);
      const [found] = await machines.find('aiwb-01JZX', never);
      assert.equal(found?.state, 'provisioning');
      assert.equal(found.createdAt, world.clock.now());
      assert.equal(found.hourlyPrice, 1.15);
      assert.equal(found.hardware, '1 × NVIDIA A100');
      world.clock.advance(60_000);
      assert.equal((await machines.look(made.id, never))?.state, 'running');
      assert.equal(await machines.logs(made.id, never), 'aiwb: Installing');
      await machines.terminate(made.id, never);
      assert.equal(await machines.look(made.id, never), undefined);
      await machines.terminate(made.id, never);
      assert.equal(server.calls.filter(({ route }) => route.includes('Authenticate')).length, 1, 'one login');
    }));

  it('have names that the network takes', () => {
    assert.equal(applicationName('aiwb-2026-11-30T19_Ab'), 'aiwb-2026-11-30t19-ab');
  });

  it('are never made twice under one name', () =>
    withDenvr(async ({ world, machines }) => {
      await machines.create(request, never);
      await assert.rejects(machines.create(request, never), { code: 'platform-refused', message: /already exists/ });
      assert.equal(world.machines.length, 1);
    }));

  it('are asked for with a new token when the old one has expired', () =>
    withDenvr(
      async ({ world, server, machines }) => {
        await machines.find('aiwb-01JZX', never);
        world.clock.advance(240_000);
        await machines.find('aiwb-01JZX', never);
        world.clock.advance(600_000);
        await machines.find('aiwb-01JZX', never);
        assert.equal(server.calls.filter(({ route }) => route.includes('Authenticate')).length, 3);
        assert.equal(server.calls.filter(({ route }) => route.endsWith('GetApplications')).length, 3);
      },
      { tokenLife: 300 },
    ));

  it('renew a token that is refused before its time, once', () =>
    withDenvr(
      async ({ server, machines }) => {
        await machines.find('aiwb-01JZX', never);
        assert.equal(server.calls.filter(({ route }) => route.includes('Authenticate')).length, 2);
      },
      { fault: ({ route, earlier }) => (route.endsWith('GetApplications') && earlier === 0 ? { status: 401 } : undefined) },
    ));

  it('tell a wrong password and an unknown configuration before anything is paid, without the password', async () => {
    await withDenvr(
      async ({ machines }) => {
        const findings = await machines.preflight(makeBundle(), never);
        assert.deepEqual(findings.map(({ check, level }) => [check, level]), [['credentials', 'error']]);
        assert.match(findings[0]?.message ?? '', /Invalid user name or password/);
        assert.doesNotMatch(JSON.stringify(findings), /battery staple/);
      },
      { secret: 'battery staple' },
    );
    await withDenvr(async ({ machines }) => {
      const wished = makeBundle({ hardware: { gpus: ['A100_40GB'] } });
      const findings = await machines.preflight(wished, never);
      assert.match(findings[1]?.message ?? '', /Msc1 has no configuration "A100_40GB"/);
      const fine = await machines.preflight(makeBundle(), never);
      assert.deepEqual(fine.map(({ level }) => level), ['ok', 'ok']);
    });
    await withDenvr(
      async ({ machines }) => {
        const findings = await machines.preflight(makeBundle(), never);
        assert.match(findings[1]?.message ?? '', /Msc1 has none to give now/);
      },
      { stock: [] },
    );
  });

  it('run on the first of several configurations that is to be had', () =>
    withDenvr(
      async ({ server, machines }) => {
        const bundle = makeBundle({ hardware: { gpus: [a100, h100] } });
        await machines.create({ ...request, bundle }, never);
        const body = server.calls.find(({ route }) => route.endsWith('CreateCustomApplication'))?.body ?? {};
        assert.equal(body['hardwarePackageName'], h100);
        assert.equal(await machines.hourlyPrice?.(bundle, never), 2.3);
      },
      { stock: [h100] },
    ));

  const scenes: Readonly<Record<string, Parameters<typeof withDenvr>[1] & { code?: string; count?: number }>> = {
    'that all goes well': {},
    'that it never boots': { world: { boot: Infinity }, code: 'machine-not-started' },
    'that it fails to be made': {
      world: {
        fate: machine => {
          machine.state = 'failed';
        },
      },
      code: 'machine-not-started',
    },
    'that it stops midway': {
      world: {
        fate: (machine, n, seconds) => {
          if (n === 1 && seconds > 150) machine.state = 'lost';
        },
      },
      count: 2,
    },
    'that tokens last a minute and a half': { tokenLife: 90 },
    'that destroying fails for a while': {
      fault: ({ route, earlier }) => (route.endsWith('DestroyApplication') && earlier < 9 ? { status: 500 } : undefined),
    },
    'that the answer to create is lost': {
      fault: ({ route }) => (route.endsWith('CreateCustomApplication') ? { drop: 'after' } : undefined),
    },
  };

  for (const [name, { code, count = 1, ...options }] of Object.entries(scenes)) {
    it(`leave nothing behind: ${name}`, () =>
      withDenvr(async ({ world, machines }) => {
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
        assert.equal(world.machines.length, count);
        assert.ok(world.mostAlive <= 1);
        assert.equal(world.job?.state, 'ended');
      }, options));
  }
});
