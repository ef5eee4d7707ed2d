import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { createHost } from '../../cli/composition.ts';
import type { RayPlatform } from '../../schemas/generated/files.ts';
import type { PlatformJob } from '../../schemas/generated/messages.ts';
import type { PlatformPorts } from '../../engine/tuning/platform-ports.ts';
import type { TuningPlatform } from '../../engine/tuning/platform.ts';
import { createLocalPlatform } from '../../engine/tuning/platforms/local/local.ts';
import { createRayMachines } from '../../engine/tuning/platforms/ray/ray-machines.ts';
import { createRayPlatform } from '../../engine/tuning/platforms/ray/ray-platform.ts';
import { freePort } from './free-port.ts';
import type { Checks } from './main.ts';
import { pythonWith, runScript, startServer } from './server.ts';
import { createTold, hurried, makeBundle, portsOf, takeDown, trainerPython, type Told } from './tuning-job.ts';

const { signal } = new AbortController();
const steps = 400;

/**
 * A Ray cluster trains the bundle that this machine trains, through Ray Jobs and a shared folder; it is cancelled once midway and goes on.
 * `AIWB_REAL_RAY` names a Python that has Ray.
 */
export async function checkRay({ check }: Checks): Promise<void> {
  const ray = process.env['AIWB_REAL_RAY'] ?? pythonWith('ray', ['ray[default]==2.60.0']);
  const python = trainerPython();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-ray-'));
  try {
    const model = path.join(folder, 'tiny');
    runScript(python, 'tiny_llama.py', model);
    mkdirSync(path.join(folder, 'shared'));
    const host = createHost();
    const ports = await portsOf(host, folder, {}, signal);
    const local = createTold();
    await check('this machine trains the bundle', async () => {
      const platform = createLocalPlatform(
        'local',
        { type: 'local', python, device: 'cpu' },
        { ...ports, scratch: path.join(folder, 'local') },
      );
      await follow(platform, makeBundle('real', model, steps), local);
      assert.equal(local.states.at(-1), 'succeeded');
    });
    const [port, gcs] = [await freePort(), await freePort()];
    const url = `http://127.0.0.1:${port}`;
    const cluster = await startServer(
      [
        ...[
          path.join(path.dirname(ray), 'ray'),
          'start',
          '--head',
          '--block',
          '--disable-usage-stats',
          '--num-cpus',
          '2',
        ],
        ...['--dashboard-host', '127.0.0.1', '--dashboard-port', String(port), '--port', String(gcs)],
        ...[
          '--node-ip-address',
          '127.0.0.1',
          '--object-store-memory',
          '100000000',
          '--temp-dir',
          path.join(folder, 't'),
        ],
      ],
      { url, ready: '/api/version' },
    );
    try {
      const storage = { type: 'folder', path: path.join(folder, 'shared') } as const;
      const settings: RayPlatform = { type: 'ray', url, python, install: false, cpus: 1, storage };
      await checkCluster(settings, { ...ports, clock: hurried(host.clock) }, model, local, check);
    } finally {
      await cluster.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function checkCluster(
  settings: RayPlatform,
  ports: PlatformPorts,
  model: string,
  local: Told,
  check: Checks['check'],
): Promise<void> {
  const bundle = makeBundle('real', model, steps);
  const jobs: PlatformJob[] = [];
  const told = createTold();
  await check('the cluster says that it takes jobs', async () => {
    const findings = await createRayPlatform('ray', settings, ports).preflight?.(bundle, signal);
    assert.deepEqual(findings?.map(({ level }) => level).includes('error'), false, JSON.stringify(findings));
    // It tells of its resources some seconds after it has started.
    const platform = createRayPlatform('ray', { ...settings, gpus: 1 }, ports);
    let said = '';
    for (let tries = 0; tries < 60 && !said.includes('reserves 1 GPU, and the cluster has 0'); tries++) {
      said = JSON.stringify(await platform.preflight?.(bundle, signal));
      await ports.clock.sleep(5000, signal);
    }
    assert.match(said, /reserves 1 GPU, and the cluster has 0/);
  });
  await check('a job that waits for a GPU in vain is ended', async () => {
    const machines = createRayMachines('ray', { ...settings, gpus: 1 }, ports);
    const request = { tag: 'aiwb-waits', bundle, argv: ['true'], env: {}, lifetime: 60 };
    const { id } = await machines.create(request, signal);
    assert.equal((await machines.look(id, signal))?.raw, 'PENDING');
    await machines.terminate(id, signal);
    assert.equal((await machines.look(id, signal))?.ended, true);
  });
  await check('a job is cancelled midway, and none is left', async () => {
    const platform = createRayPlatform('ray', settings, ports);
    const handle = await platform.submit(bundle, undefined, async job => void jobs.push(job), signal);
    for await (const event of platform.events(handle, signal)) {
      takeDown(told, event);
      if (told.epochs.length >= 2) break;
    }
    assert.equal(told.result, undefined, 'it had ended before it could be cancelled');
    await platform.cancel(handle);
    assert.equal(jobs.at(-1)?.state, 'ended');
    const listed = await listOwn(platform);
    assert.deepEqual(
      listed.map(({ id, raw, ended }) => [id, raw, ended]),
      [['aiwb-real', 'STOPPED', true]],
    );
  });
  await check('it goes on from its saved state, in a process that knows only what was stored', async () => {
    const platform = createRayPlatform('ray', settings, ports);
    await follow(platform, bundle, told, jobs.at(-1));
    assert.equal(told.states.at(-1), 'succeeded');
    const resumed = told.phases.find(phase => phase.includes('going on after step'));
    console.log(`   ${resumed ?? ''}`);
    assert.ok(resumed !== undefined, told.phases.join('; '));
    const listed = await listOwn(platform);
    // The second one may be stopped in the moment between its result and its end.
    assert.deepEqual(listed.map(({ id, ended }) => [id, ended]).sort(), [
      ['aiwb-real', true],
      ['aiwb-real-2', true],
    ]);
  });
  await check('its figures, answers and weights are those of this machine', () => {
    const last = (side: Told) => side.epochs.at(-1)?.aspects[0]?.loss;
    console.log(
      `   loss ${String(local.epochs[0]?.aspects[0]?.loss)} → ${String(last(local))} here, → ${String(last(told))} on Ray`,
    );
    assert.deepEqual(withoutTimes(told), withoutTimes(local));
    return Promise.resolve();
  });
}

async function follow(
  platform: TuningPlatform,
  bundle: Parameters<TuningPlatform['submit']>[0],
  told: Told,
  earlier?: PlatformJob,
): Promise<void> {
  const handle = await platform.submit(bundle, earlier, () => Promise.resolve(), signal);
  for await (const event of platform.events(handle, signal)) takeDown(told, event);
}

async function listOwn(platform: TuningPlatform) {
  return ((await platform.inventory?.list(signal)) ?? []).filter(({ tag }) => tag === 'aiwb-real');
}

function withoutTimes({ losses, epochs, result }: Told): unknown {
  return {
    losses: [...losses.values()].map(({ step, loss }) => [step, loss]),
    epochs: epochs.map(({ epoch, aspects }) => ({ epoch, aspects })),
    answers: result?.answers,
    weights: result?.checkpoints.map(({ digest, step }) => [digest, step]),
  };
}
