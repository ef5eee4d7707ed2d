import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { startAzureMlServer, type AzureMlServer } from '../../../test/fakes/azure-ml.ts';
import { createStepClock, LineReader, makeBundle, type StepClock } from '../../../test/fakes/machines.ts';
import { startRayServer, type RayServer } from '../../../test/fakes/ray.ts';
import { storagePorts } from '../../../test/fakes/storage.ts';
import type { PlatformJob } from '../../../schemas/generated/messages.ts';
import type { JobDesk } from '../machines/job-desk.ts';
import { keysOf } from '../machines/job-desk.ts';
import { createMachinePlatform, type MachinePorts } from '../machines/machine-platform.ts';
import type { Machines } from '../machines/machine.ts';
import type { JobEvent, TuningPlatform } from '../platform.ts';
import { createFolderStorage } from '../storage/folder.ts';
import type { JobStorage } from '../storage/storage.ts';
import { createAzureMlMachines } from './azure-ml/azure-ml-machines.ts';
import { createRayMachines } from './ray/ray-machines.ts';

const { signal } = new AbortController();
const bundle = makeBundle();
const tag = 'aiwb-01JZX';
const running = ['NotStarted', 'Queued', 'Running', 'RUNNING', 'PENDING', 'CancelRequested'];

/** A job as its server keeps it. */
interface ServedJob {
  readonly name: string;
  readonly status: string;
  set(status: string): void;
}

/** A cluster whose jobs train while the clock is moved: a minute to start, five of training, its state saved each minute. */
class Cluster {
  readonly clock: StepClock;
  readonly #folder: string;
  readonly #jobs: () => ServedJob[];
  readonly #words: { readonly running: string; readonly done: string };
  /** When each job was seen first, and how far its state was then. */
  readonly #seen = new Map<string, { readonly since: number; readonly from: number }>();
  /** Called at each turn. */
  onTurn: ((seconds: number) => void) | undefined;
  mostAlive = 0;

  constructor(
    clock: StepClock,
    folder: string,
    jobs: () => ServedJob[],
    words: { readonly running: string; readonly done: string },
  ) {
    this.clock = clock;
    this.#folder = folder;
    this.#jobs = jobs;
    this.#words = words;
  }

  jobs(): ServedJob[] {
    return this.#jobs();
  }

  get alive(): string[] {
    return this.#jobs()
      .filter(({ status }) => running.includes(status))
      .map(({ name }) => name);
  }

  turn(): void {
    const now = this.clock.now();
    this.mostAlive = Math.max(this.mostAlive, this.alive.length);
    for (const { name, status, set } of this.#jobs()) {
      const seen = this.#seen.get(name) ?? { since: now, from: this.#saved() };
      this.#seen.set(name, seen);
      const seconds = (now - seen.since) / 1000;
      if (!running.includes(status) || status === 'CancelRequested') continue;
      this.onTurn?.(seconds);
      if (seconds < 60) continue;
      if (status === 'NotStarted') set(this.#words.running);
      if (status === this.#words.running) this.#train(seen.from, seconds - 60, () => set(this.#words.done));
    }
  }

  #saved(): number {
    try {
      return Number(readFileSync(path.join(this.#folder, keysOf(bundle).state), 'utf8'));
    } catch {
      return 0;
    }
  }

  #train(from: number, ran: number, end: () => void): void {
    const done = Math.min(300, Math.floor(from + ran));
    const lines: object[] = [{ event: 'phase', phase: 'training', resumedStep: from }];
    for (let step = 15; step <= done; step += 15) lines.push({ event: 'loss', step });
    lines.push({ event: done === 300 ? 'result' : 'heartbeat', at: this.clock.now() });
    this.#write(keysOf(bundle).state, String(Math.max(this.#saved(), Math.floor(done / 60) * 60)));
    this.#write(keysOf(bundle).events, lines.map(line => `${JSON.stringify(line)}\n`).join(''));
    if (done === 300) end();
  }

  #write(key: string, text: string): void {
    const file = path.join(this.#folder, key);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

interface World {
  readonly cluster: Cluster;
  readonly storage: JobStorage;
  readonly folder: string;
  open(): Machines;
  /** Breaks the next cancellations. */
  breakCancel(times: number): void;
  loseCreate(): void;
  fail(name: string): void;
  job: PlatformJob | undefined;
}

type Kind = 'Azure ML' | 'Ray';

for (const kind of ['Azure ML', 'Ray'] as const) {
  describe(`a supervised job of ${kind}`, () => {
    const cleanups: (() => unknown)[] = [];
    afterEach(async () => {
      for (const clean of cleanups.splice(0).reverse()) await clean();
    });

    async function start(): Promise<World> {
      const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-cluster-'));
      cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
      const world = await startWorld(kind, folder);
      cleanups.push(() => world.close());
      return world;
    }

    it('is made once, trained, and ended before its result is told', async () => {
      const world = await start();
      const told = await attempt(world);
      assert.equal(told.error, undefined);
      assert.deepEqual(told.aliveAtResult, []);
      requireSafe(world, 1);
      assert.deepEqual(told.events.at(-1)?.type, 'state');
      assert.ok(
        told.events.some(
          event => event.type === 'state' && /^Waiting for (the trainer|Azure ML) to start/.test(event.phase ?? ''),
        ),
      );
    });

    it('is found again by a process that starts after one was killed between making it and storing its id', async () => {
      const world = await start();
      const first = await attempt(world, { dieAt: 'created' });
      assert.match(String(first.error), /killed/);
      assert.equal(world.job?.state, 'intended');
      assert.equal(world.cluster.alive.length, 1);
      assert.equal((await attempt(world)).error, undefined);
      requireSafe(world, 1);
    });

    it('is made once where the answer to making it was lost', async () => {
      const world = await start();
      world.loseCreate();
      assert.equal((await attempt(world)).error, undefined);
      requireSafe(world, 1);
    });

    it('that fails midway is replaced by one that goes on from its saved state', async () => {
      const world = await start();
      let failed = false;
      world.cluster.onTurn = seconds => {
        if (failed || seconds < 200) return;
        failed = true;
        world.fail(tag);
      };
      const { events, error } = await attempt(world);
      assert.equal(error, undefined);
      requireSafe(world, 2);
      assert.deepEqual(
        world.cluster.jobs().map(({ name }) => name),
        [tag, `${tag}-2`],
      );
      assert.ok(events.some(({ type }) => type === 'loss'));
    });

    it('is ended although its platform fails again and again when it is asked to', async () => {
      const world = await start();
      world.breakCancel(12);
      const { events } = await attempt(world, { cancelAfter: 'loss' });
      assert.ok(events.length > 0);
      requireSafe(world, 1, false);
    });
  });
}

interface Attempted {
  readonly events: JobEvent[];
  readonly error: unknown;
  readonly aliveAtResult: string[];
}

/** One process that trains the run: killed when it stores a state, or cancelled after an event of a type. */
async function attempt(
  world: World,
  { dieAt, cancelAfter }: { dieAt?: PlatformJob['state']; cancelAfter?: JobEvent['type'] } = {},
): Promise<Attempted> {
  const events: JobEvent[] = [];
  let aliveAtResult: string[] = [];
  let isDead = false;
  const clock = {
    ...world.cluster.clock,
    async sleep(milliseconds: number, until: AbortSignal) {
      if (isDead) throw new Error('The process was killed.');
      await world.cluster.clock.sleep(milliseconds, until);
      world.cluster.turn();
    },
  };
  const desk: JobDesk = {
    upload: (job, until) => world.storage.put(keysOf(job).bundle, new Uint8Array([1]), until),
    read: () => new LineReader(() => Promise.resolve()),
  };
  const ports = { ...storagePorts({}), clock, blobs: undefined, scratch: world.folder, trainerFolder: world.folder };
  const platform: TuningPlatform = createMachinePlatform(
    { machines: mortal(world.open(), () => isDead), storage: world.storage, desk, price: 3 },
    ports as unknown as MachinePorts,
  );
  const record = (job: PlatformJob): Promise<void> => {
    if (isDead || job.state === dieAt) {
      isDead = true;
      return Promise.reject(new Error('The process was killed.'));
    }
    world.job = job;
    return Promise.resolve();
  };
  try {
    const handle = await platform.submit(bundle, world.job, record, signal);
    for await (const event of platform.events(handle, signal)) {
      events.push(event);
      if (event.type === 'result') aliveAtResult = world.cluster.alive;
      if (event.type === cancelAfter) break;
    }
    await platform.cancel(handle);
    return { events, error: undefined, aliveAtResult };
  } catch (error) {
    return { events, error, aliveAtResult };
  }
}

/** Nothing that a killed process does has any effect. */
function mortal(machines: Machines, isDead: () => boolean): Machines {
  const guard = () => (isDead() ? Promise.reject(new Error('The process was killed.')) : undefined);
  return {
    ...machines,
    find: (of, until) => guard() ?? machines.find(of, until),
    create: (request, until) => guard() ?? machines.create(request, until),
    look: (id, until) => guard() ?? machines.look(id, until),
    terminate: (id, until) => guard() ?? machines.terminate(id, until),
  };
}

/** No job is left, never two were there at once, and what is stored says so. */
function requireSafe(world: World, jobs: number, isDone = true): void {
  assert.deepEqual(world.cluster.alive, [], 'a job was left behind');
  assert.ok(world.cluster.mostAlive <= 1, `${String(world.cluster.mostAlive)} jobs at once`);
  assert.equal(world.cluster.jobs().length, jobs);
  assert.equal(world.job?.state, 'ended');
  if (isDone)
    assert.deepEqual(
      readdirSync(world.folder).filter(
        name => name === 'runs' && readdirSync(path.join(world.folder, name)).length > 0,
      ),
      [],
    );
}

async function startWorld(kind: Kind, folder: string): Promise<World & { close(): Promise<void> }> {
  const storage = createFolderStorage({ type: 'folder', path: folder }, storagePorts({}));
  const clock = createStepClock();
  if (kind === 'Ray') return rayWorld(await startRayServer({ now: clock.now }), clock, folder, storage);
  return azureWorld(await startAzureMlServer(clock.now), clock, folder, storage);
}

const secrets = { resolve: () => Promise.resolve('entra-token') };

function azureWorld(
  server: AzureMlServer,
  clock: StepClock,
  folder: string,
  storage: JobStorage,
): World & { close(): Promise<void> } {
  const jobs = () =>
    [...server.jobs.values()].map(job => ({
      name: job.name,
      status: job.status,
      set: (status: string) => (job.status = status),
    }));
  const cluster = new Cluster(clock, folder, jobs, { running: 'Running', done: 'Completed' });
  return {
    cluster,
    storage,
    folder,
    job: undefined,
    open: () =>
      createAzureMlMachines(
        'azure',
        {
          type: 'azure-ml',
          subscription: 's1',
          resourceGroup: 'ml',
          workspace: 'tuning',
          compute: 'gpu-cluster',
          url: server.origin,
          storage: { type: 'folder', path: folder },
        },
        { ...storagePorts({}), secrets, clock: cluster.clock },
      ),
    breakCancel(times) {
      for (let fault = 0; fault < times; fault++) server.faults.push({ on: '/cancel', status: 500 });
    },
    loseCreate: () => void server.faults.push({ on: `PUT ${server.workspace}/jobs/${tag}`, lose: true }),
    fail: name => Object.assign(server.jobs.get(name) ?? {}, { status: 'Failed' }),
    close: () => server.close(),
  };
}

function rayWorld(
  server: RayServer,
  clock: StepClock,
  folder: string,
  storage: JobStorage,
): World & { close(): Promise<void> } {
  const jobs = () =>
    [...server.jobs.values()].map(job => ({
      name: job.submission_id,
      status: job.status,
      set: (status: string) => (job.status = status as typeof job.status),
    }));
  const cluster = new Cluster(clock, folder, jobs, { running: 'RUNNING', done: 'SUCCEEDED' });
  return {
    cluster,
    storage,
    folder,
    job: undefined,
    open: () =>
      createRayMachines(
        'cluster',
        { type: 'ray', url: server.origin, storage: { type: 'folder', path: folder } },
        { ...storagePorts({}), clock: cluster.clock },
      ),
    breakCancel: times => void server.faults.set(`POST /api/jobs/${tag}/stop`, times > 0 ? 'fail' : 'lose'),
    loseCreate: () => void server.faults.set('POST /api/jobs/', 'lose'),
    fail: name => Object.assign(server.jobs.get(name) ?? {}, { status: 'FAILED', message: 'The node is gone' }),
    close: () => server.close(),
  };
}
