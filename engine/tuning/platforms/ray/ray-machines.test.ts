import assert from 'node:assert/strict';
import { makeTinyBundle } from '../../../../test/fakes/job-bundle.ts';
import { startRayServer, type RayServer } from '../../../../test/fakes/ray.ts';
import { storagePorts } from '../../../../test/fakes/storage.ts';
import type { RayPlatform } from '../../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../../base/errors.ts';
import type { MachineRequest, Machines } from '../../machines/machine.ts';
import { createRayMachines } from './ray-machines.ts';

const { signal } = new AbortController();
const token = 'canary-ray-token-5d4c3b2a';
const bundle = makeTinyBundle();

describe('Ray Jobs', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0).reverse()) await clean();
  });

  async function start(options: Parameters<typeof startRayServer>[0] = {}): Promise<RayServer> {
    const server = await startRayServer(options);
    cleanups.push(() => server.close());
    return server;
  }

  function open(server: RayServer, more: Partial<RayPlatform> = {}): Machines {
    const settings: RayPlatform = {
      type: 'ray',
      url: `${server.origin}/`,
      storage: { type: 'folder', path: '/x' },
      ...more,
    };
    return createRayMachines('cluster', settings, storagePorts({ RAY_TOKEN: token, WRONG: 'another-token' }));
  }

  const request = (more: Partial<MachineRequest> = {}): MachineRequest => ({
    tag: 'aiwb-run1',
    bundle,
    argv: ['python3', '-c', "print('it''s')"],
    env: { AIWB_SYNC: '{"bundle":1}' },
    lifetime: 60,
    ...more,
  });

  it('submits one job under the run’s name, with its program quoted and its environment apart', async () => {
    const server = await start({ gpus: 4 });
    const machine = await open(server, { cpus: 2, gpus: 1, price: 3 }).create(request(), signal);
    assert.deepEqual(
      { ...machine, createdAt: typeof machine.createdAt },
      {
        id: 'aiwb-run1',
        tag: 'aiwb-run1',
        state: 'running',
        raw: 'RUNNING',
        ended: false,
        hourlyPrice: 3,
        createdAt: 'number',
      },
    );
    const job = server.jobs.get('aiwb-run1');
    assert.equal(job?.entrypoint, `python3 -c 'print('\\''it'\\'''\\''s'\\'')'`);
    assert.deepEqual(job.runtime_env, { env_vars: { AIWB_SYNC: '{"bundle":1}' } });
    assert.deepEqual([job.cpus, job.gpus], [2, 1]);
  });

  it('reserves the job’s own number of GPUs before the platform’s', async () => {
    const server = await start({ gpus: 4 });
    const wants = makeTinyBundle({ hardware: { gpus: [], count: 2 } });
    await open(server, { gpus: 1 }).create(request({ bundle: wants }), signal);
    assert.equal(server.jobs.get('aiwb-run1')?.gpus, 2);
  });

  it('finds a job whose answer was lost, and never makes a second one by itself', async () => {
    const server = await start();
    const machines = open(server);
    server.faults.set('POST /api/jobs/', 'lose');
    await assert.rejects(machines.create(request(), signal), { code: 'platform-unreachable' });
    assert.deepEqual(
      (await machines.find('aiwb-run1', signal)).map(({ id }) => id),
      ['aiwb-run1'],
    );
    assert.equal(server.requests.filter(({ method }) => method === 'POST').length, 1);
  });

  it('takes a job over that somebody submitted under its name in the meantime', async () => {
    const server = await start();
    const [one, two] = [open(server), open(server)];
    const [first, second] = await Promise.all([one.create(request(), signal), two.create(request(), signal)]);
    assert.equal(server.jobs.size, 1);
    assert.deepEqual(first.id, second.id);
  });

  it('gives a further job of the run the next name: Ray keeps those that have ended', async () => {
    const server = await start();
    const machines = open(server);
    await machines.create(request(), signal);
    await machines.terminate('aiwb-run1', signal);
    assert.equal((await machines.create(request(), signal)).id, 'aiwb-run1-2');
    await machines.create(request({ tag: 'aiwb-run10' }), signal);
    const found = await machines.find('aiwb-run1', signal);
    assert.deepEqual(
      found.map(({ id, ended }) => [id, ended]),
      [
        ['aiwb-run1', true],
        ['aiwb-run1-2', false],
      ],
    );
  });

  it('stops a job and says so only once it has ended', async () => {
    const server = await start();
    const machines = open(server);
    await machines.create(request(), signal);
    await machines.terminate('aiwb-run1', signal);
    assert.equal(server.jobs.get('aiwb-run1')?.status, 'STOPPED');
    await machines.terminate('aiwb-run1', signal);
    await machines.terminate('none', signal);

    await machines.create(request(), signal);
    server.faults.set('stop', 'stuck');
    const late = createLateMachines(server);
    await assert.rejects(late.terminate('aiwb-run1-2', signal), { code: 'platform-unreachable' });
  });

  /** The same with a clock that passes a second at each look. */
  function createLateMachines(server: RayServer): Machines {
    const ports = storagePorts({});
    let now = 0;
    const clock = { ...ports.clock, monotonic: () => (now += 1000) };
    const settings: RayPlatform = { type: 'ray', url: server.origin, storage: { type: 'folder', path: '/x' } };
    return createRayMachines('cluster', settings, { ...ports, clock });
  }

  it('takes a job that waits for resources as ended once Ray has agreed to stop it', async () => {
    const server = await start();
    const machines = createLateMachines(server);
    await machines.create(request({ bundle: makeTinyBundle({ hardware: { gpus: [], count: 1 } }) }), signal);
    assert.equal((await machines.look('aiwb-run1', signal))?.state, 'provisioning');
    await machines.terminate('aiwb-run1', signal);
    assert.equal((await machines.look('aiwb-run1', signal))?.ended, true);
  });

  it('repeats a stop that failed, and tells why a job failed', async () => {
    const server = await start();
    const machines = open(server);
    await machines.create(request(), signal);
    server.faults.set('POST /api/jobs/aiwb-run1/stop', 'fail');
    await machines.terminate('aiwb-run1', signal);
    Object.assign(server.jobs.get('aiwb-run1') ?? {}, {
      status: 'FAILED',
      message: 'Job entrypoint command failed with exit code 3, last available logs (truncated):\nsecret log',
    });
    const job = await machines.look('aiwb-run1', signal);
    assert.equal(job?.reason, 'Job entrypoint command failed with exit code 3');
    assert.equal(await machines.logs('aiwb-run1', signal), 'log of aiwb-run1\n');
    assert.equal(await machines.look('none', signal), undefined);
  });

  it('lists its own jobs for the sweep, with what they cost', async () => {
    const server = await start();
    const machines = open(server, { price: 2 });
    await machines.create(request(), signal);
    server.jobs.set('other', { ...server.jobs.get('aiwb-run1')!, submission_id: 'other', metadata: undefined });
    const listed = await machines.inventory.list(signal);
    assert.deepEqual(
      listed.map(({ id, tag, hourlyPrice, ended }) => [id, tag, hourlyPrice, ended]),
      [['aiwb-run1', 'aiwb-run1', 2, false]],
    );
    await machines.inventory.terminate('aiwb-run1', signal);
    assert.equal(server.jobs.get('aiwb-run1')?.status, 'STOPPED');
  });

  describe('before a job is submitted', () => {
    const check = async (machines: Machines, of = bundle) =>
      (await machines.preflight(of, signal)).map(({ check, level, message }) => `${check} ${level}: ${message}`);

    it('tells the version and what is free', async () => {
      const server = await start();
      assert.deepEqual(await check(open(server)), [
        `credentials ok: Ray 2.60.0 at ${server.origin} takes jobs.`,
        'availability ok: The job reserves 1 CPU; 2 are free.',
      ]);
      await open(server, { cpus: 2 }).create(request(), signal);
      assert.match((await check(open(server)))[1] ?? '', /^availability warning: .* 0 of 2 are free now/);
      assert.match(
        (await check(open(server, { gpus: 1 })))[2] ?? '',
        /^availability warning: .* reserves 1 GPU, and the cluster has 0 now/,
      );
    });

    it('tells a token that is missing or wrong, and never shows it', async () => {
      const server = await start({ token });
      assert.match((await check(open(server)))[0] ?? '', /^credentials error: Ray does not accept who asks/);
      const wrong = await check(open(server, { token: { env: 'WRONG' } }));
      assert.match(wrong[0] ?? '', /^credentials error: .*HTTP 403/);
      const right = await check(open(server, { token: { env: 'RAY_TOKEN' } }));
      assert.match(right[0] ?? '', /^credentials ok/);
      assert.ok(![...wrong, ...right].join().includes(token));
    });

    it('tells what is no Ray cluster, and one that is away', async () => {
      const server = await start();
      assert.match(
        (
          await check(
            createRayMachines(
              'cluster',
              { type: 'ray', url: `${server.origin}/elsewhere`, storage: { type: 'folder', path: '/x' } },
              storagePorts({}),
            ),
          )
        )[0] ?? '',
        /error/,
      );
      await server.close();
      assert.match((await check(open(server)))[0] ?? '', /^availability error: .*could not be asked/);
    });
  });

  it('tells apart what was refused for certain and what it does not know', async () => {
    const server = await start();
    const machines = open(server);
    server.faults.set('POST /api/jobs/', 'refuse');
    await assert.rejects(machines.create(request(), signal), (error: unknown) => {
      assert.ok(error instanceof WorkbenchError);
      assert.equal(error.code, 'platform-refused');
      assert.match(error.message, /HTTP 400, ValueError: runtime_env is invalid/);
      return true;
    });
    server.faults.set('POST /api/jobs/', 'fail');
    await assert.rejects(machines.create(request(), signal), { code: 'platform-unreachable' });
    assert.equal(server.jobs.size, 0);
  });
});
