import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import type { JobDesk, JobOutcome, JobReader } from '../../engine/tuning/machines/job-desk.ts';
import { keysOf } from '../../engine/tuning/machines/job-desk.ts';
import type { Machine, MachineRequest, Machines } from '../../engine/tuning/machines/machine.ts';
import type { JobBundle, JobEvent, TaggedJob } from '../../engine/tuning/platform.ts';
import type { JobStorage } from '../../engine/tuning/storage/storage.ts';
import type { PlatformJob } from '../../schemas/generated/messages.ts';

/** Thrown where a process is killed: nothing it does afterwards has any effect. */
export class Killed extends Error {}

/** A clock that only sleeping moves, at once. */
export interface StepClock extends Clock {
  advance(milliseconds: number): void;
}

export function createStepClock(start = 1_800_000_000_000): StepClock {
  let now = start;
  return {
    now: () => now,
    monotonic: () => now,
    async sleep(milliseconds, signal) {
      signal.throwIfAborted();
      now += milliseconds;
      // A test that waits for ever fails by this, and does not hang.
      if (now - start > 60 * 86_400_000) throw new Error('Sixty days have passed.');
      await Promise.resolve();
      signal.throwIfAborted();
    },
    every: () => () => undefined,
    after: () => () => undefined,
    advance(milliseconds) {
      now += milliseconds;
    },
  };
}

export interface FakeMachine {
  readonly id: string;
  readonly tag: string;
  readonly createdAt: number;
  readonly request: MachineRequest;
  /** It no longer exists. */
  goneAt: number | undefined;
  /** Overrides what it says of itself. */
  state: Machine['state'] | undefined;
  /** Writes nothing any more. */
  isMute: boolean;
}

export interface WorldOptions {
  /** Seconds from being asked for to the trainer's first word. Infinity: it never boots. */
  readonly boot?: number;
  /** Seconds of training. */
  readonly training?: number;
  /** Milliseconds by which the platform's list is behind. */
  readonly listLag?: number;
  readonly hourlyPrice?: number | undefined;
  /** The trainer's last event. */
  readonly last?: Readonly<Record<string, unknown>>;
  /** What happens to machine number `n` (from 1), asked at every look at the world. */
  readonly fate?: (machine: FakeMachine, n: number, seconds: number) => void;
  /** Thrown by calls of the platform: `create`, `look`, `find`, `terminate`, before (or after) they had their effect. */
  readonly fault?: (call: string, count: number) => { readonly after?: boolean; readonly error: Error } | undefined;
  /** Milliseconds for which a machine is still there, and billed, after its end was accepted. */
  readonly endLag?: number;
  /** Milliseconds by which the platform's clock is ahead. */
  readonly skew?: number;
}

const encoder = new TextEncoder();

/** A platform with machines that boot, train and end, and the storage they write into; all of it outlives processes. */
export class MachineWorld {
  readonly clock: StepClock = createStepClock();
  readonly machines: FakeMachine[] = [];
  readonly objects = new Map<string, Uint8Array>();
  readonly calls: string[] = [];
  /** What the store holds of the run. */
  job: PlatformJob | undefined;
  readonly records: PlatformJob[] = [];
  mostAlive = 0;
  readonly options: WorldOptions;
  readonly #counts = new Map<string, number>();

  constructor(options: WorldOptions = {}) {
    this.options = options;
  }

  get alive(): readonly FakeMachine[] {
    return this.machines.filter(machine => !this.isGone(machine));
  }

  isGone({ goneAt }: FakeMachine): boolean {
    return goneAt !== undefined && goneAt <= this.clock.now();
  }

  /** US dollars that the platform charges in truth. */
  get billed(): number {
    const price = this.options.hourlyPrice ?? 0;
    return this.machines.reduce(
      (sum, { createdAt, goneAt }) =>
        sum + ((Math.min(goneAt ?? Infinity, this.clock.now()) - createdAt) / 3_600_000) * price,
      0,
    );
  }

  /** Lets the machines do what they have done by now. */
  turn(): void {
    const { boot = 60, training = 300, fate } = this.options;
    this.machines.forEach((machine, index) => {
      if (this.isGone(machine)) return;
      const seconds = (this.clock.now() - machine.createdAt) / 1000;
      fate?.(machine, index + 1, seconds);
      if (machine.isMute || this.isGone(machine) || seconds < boot) return;
      this.#write(machine, seconds - boot, training);
    });
    this.mostAlive = Math.max(this.mostAlive, this.alive.length);
  }

  /** A trainer that goes on from its saved state, a second of training at a time. */
  #write(machine: FakeMachine, ran: number, training: number): void {
    const { bundle } = machine.request;
    const keys = keysOf(bundle);
    const startKey = `started ${machine.id}`;
    const state = this.objects.get(keys.state);
    const saved = state === undefined ? 0 : Number(new TextDecoder().decode(state));
    const from = this.objects.has(startKey) ? Number(new TextDecoder().decode(this.objects.get(startKey))) : saved;
    if (!this.objects.has(startKey)) this.objects.set(startKey, encoder.encode(String(from)));
    const done = Math.min(training, Math.floor(from + ran));
    const lines: object[] = [{ event: 'phase', at: machine.createdAt, phase: 'training', resumedStep: from }];
    for (let step = 15; step <= done; step += 15)
      lines.push({ event: 'loss', at: machine.createdAt + step * 1000, step });
    if (done >= training) lines.push({ event: 'result', at: this.clock.now(), ...this.options.last });
    else lines.push({ event: 'heartbeat', at: this.clock.now() });
    // A saved state each minute; the file is whole at each change.
    this.objects.set(keys.state, encoder.encode(String(Math.max(saved, Math.floor(done / 60) * 60))));
    this.objects.set(keys.events, encoder.encode(lines.map(line => `${JSON.stringify(line)}\n`).join('')));
  }

  make(request: MachineRequest): FakeMachine {
    const id = `m${String(this.machines.length + 1)}`;
    const createdAt = this.clock.now();
    const machine: FakeMachine = {
      id,
      tag: request.tag,
      createdAt,
      request,
      goneAt: undefined,
      state: undefined,
      isMute: false,
    };
    this.machines.push(machine);
    this.turn();
    return machine;
  }

  describe(machine: FakeMachine): Machine {
    const { hourlyPrice, boot = 60, skew = 0 } = this.options;
    const booted = this.clock.now() - machine.createdAt >= boot * 1000;
    const state = machine.state ?? (booted ? 'running' : 'provisioning');
    return {
      id: machine.id,
      tag: machine.tag,
      state,
      raw: state.toUpperCase(),
      createdAt: machine.createdAt + skew,
      ...(hourlyPrice === undefined ? {} : { hourlyPrice }),
    };
  }

  /** The fault of one call. */
  faultOf(call: string) {
    const count = (this.#counts.get(call) ?? 0) + 1;
    this.#counts.set(call, count);
    return this.options.fault?.(call, count);
  }
}

/** One process that watches over a job: it can be killed before or after each thing it does. */
export interface WorldProcess {
  readonly machines: Machines;
  readonly storage: JobStorage;
  readonly desk: JobDesk;
  readonly clock: Clock;
  readonly record: (job: PlatformJob) => Promise<void>;
  /** Points at which it could have been killed so far. */
  readonly steps: number;
  readonly isDead: boolean;
  kill(): void;
}

export function startProcess(world: MachineWorld, killAt = Infinity): WorldProcess {
  let steps = 0;
  let isDead = false;

  function step(): void {
    if (isDead) throw new Killed('The process is dead.');
    steps += 1;
    if (steps < killAt) return;
    isDead = true;
    throw new Killed('The process was killed.');
  }

  async function act<T>(call: string, effect: () => T): Promise<T> {
    step();
    await Promise.resolve();
    world.turn();
    world.calls.push(call);
    const fault = world.faultOf(call);
    if (fault !== undefined && fault.after !== true) throw fault.error;
    const result = effect();
    world.turn();
    if (fault !== undefined) throw fault.error;
    step();
    return result;
  }

  const clock: Clock = {
    ...world.clock,
    async sleep(milliseconds, signal) {
      step();
      await world.clock.sleep(milliseconds, signal);
      world.turn();
    },
  };

  const listed = (): readonly FakeMachine[] => {
    const { listLag = 0 } = world.options;
    const now = world.clock.now();
    return world.machines.filter(
      ({ createdAt, goneAt }) =>
        now - createdAt >= listLag && (goneAt === undefined || now < goneAt || now - goneAt < listLag),
    );
  };

  const machines: Machines = {
    name: 'pods',
    type: 'runpod',
    preflight: () => Promise.resolve([]),
    hourlyPrice: () => Promise.resolve(world.options.hourlyPrice),
    find: tag =>
      act('find', () =>
        listed()
          .filter(machine => machine.tag === tag)
          .map(machine => world.describe(machine)),
      ),
    create: request => act('create', () => world.describe(world.make(request))),
    look: id =>
      act('look', () => {
        const machine = world.alive.find(one => one.id === id);
        return machine === undefined ? undefined : world.describe(machine);
      }),
    logs: () => Promise.resolve(''),
    terminate: id =>
      act('terminate', () => {
        const machine = world.alive.find(one => one.id === id);
        if (machine !== undefined) machine.goneAt ??= world.clock.now() + (world.options.endLag ?? 0);
      }),
    inventory: {
      list: () =>
        act('list', () =>
          listed().map((machine): TaggedJob => ({ id: machine.id, tag: machine.tag, raw: 'RUNNING', ended: false })),
        ),
      terminate: (id, signal) => machines.terminate(id, signal),
    },
  };

  const storage: JobStorage = {
    preflight: () => Promise.resolve([]),
    put: (key, content) =>
      act('put', () => {
        world.objects.set(key, content instanceof Uint8Array ? content : encoder.encode(content.path));
      }),
    read: (key, _signal, from = 0) => act('read', () => world.objects.get(key)?.subarray(from)),
    stream: () => act('stream', () => undefined),
    list: prefix =>
      act('list objects', () =>
        [...world.objects]
          .filter(([key]) => key.startsWith(`${prefix}/`))
          .map(([key, { length }]) => ({ key, bytes: length })),
      ),
    unfinished: () => Promise.resolve([]),
    remove: prefix =>
      act('remove', () => {
        for (const key of [...world.objects.keys()]) if (key.startsWith(`${prefix}/`)) world.objects.delete(key);
      }),
    address: key => Promise.resolve({ url: `https://storage.example/${key}?signature=1`, headers: {} }),
    addressParts: (key, _use, count) =>
      Promise.resolve({ url: `https://storage.example/${key}.{part}?signature=1`, headers: {}, count }),
  };

  const desk: JobDesk = {
    upload: (bundle, signal) => storage.put(keysOf(bundle).bundle, encoder.encode('bundle'), signal),
    read: () => new LineReader(() => act('collect', () => undefined)),
  };

  return {
    machines,
    storage,
    desk,
    clock,
    record: job =>
      act('record', () => {
        world.job = job;
        world.records.push(job);
      }),
    get steps() {
      return steps;
    },
    get isDead() {
      return isDead;
    },
    kill() {
      isDead = true;
    },
  };
}

export class LineReader implements JobReader {
  readonly #fetch: () => Promise<void>;
  #text = '';
  outcome: JobOutcome | undefined;

  constructor(fetch: () => Promise<void>) {
    this.#fetch = fetch;
  }

  async *take(bytes: Uint8Array): AsyncIterable<JobEvent> {
    await Promise.resolve();
    this.#text += new TextDecoder().decode(bytes);
    const lines = this.#text.split('\n');
    this.#text = lines.pop() ?? '';
    for (const line of lines) {
      const event = JSON.parse(line) as { event: string; step?: number; phase?: string; message?: string };
      if (event.event === 'phase') yield { type: 'state', state: 'running', raw: 'training', phase: 'Training' };
      if (event.event === 'loss') yield { type: 'loss', point: { step: event.step ?? 0, epoch: 0, loss: 1 } };
      if (event.event === 'result') this.outcome = { kind: 'result' };
      if (event.message !== undefined)
        this.outcome = { kind: 'failure', error: new WorkbenchError('run-failed', event.message) };
    }
  }

  async collect() {
    await this.#fetch();
    return { checkpoints: [], answers: { tuned: {} }, stoppedEarly: false, notes: [] };
  }
}

/** A bundle as far as a supervisor reads it. */
export function makeBundle(changes: Partial<JobBundle> = {}): JobBundle {
  return {
    runId: '01JZX',
    name: 'triage',
    task: 'text-generation',
    base: { kind: 'hub', id: 'acme/tiny' },
    method: { name: 'full' },
    inputs: [],
    output: 'runs/aiwb-01JZX',
    labels: [],
    hyperparameters: { epochs: 1, learningRate: 0.1, l2: 0 },
    seed: 7,
    evaluation: {
      metrics: ['exact-match'],
      every: { epochs: 1 },
      select: { aspect: 'core-performance', metric: 'loss', label: 'Loss', direction: 'lower' },
      limit: 200,
      maxTokens: 256,
    },
    bootDeadline: 1200,
    trainingDigest: '0'.repeat(64),
    ...changes,
  };
}
