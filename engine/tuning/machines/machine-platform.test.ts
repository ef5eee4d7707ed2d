import assert from 'node:assert/strict';
import {
  Killed,
  MachineWorld,
  makeBundle,
  startProcess,
  type FakeMachine,
  type WorldOptions,
  type WorldProcess,
} from '../../../test/fakes/machines.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { JobBundle, JobEvent, TuningPlatform } from '../platform.ts';
import { dollarsOf } from './ledger.ts';
import { createMachinePlatform, type MachinePorts } from './machine-platform.ts';

const never = new AbortController().signal;
const price = 3.6;

/** The part of a run that watches a job: what it has stored outlives it, as the world does. */
interface Attempt {
  readonly events: readonly JobEvent[];
  readonly error: unknown;
  readonly process: WorldProcess;
}

interface Stored {
  /** US dollars that the run knows of, as its progress in the store. */
  cost: number;
  results: number;
}

function platformOf(process: WorldProcess): TuningPlatform {
  const { machines, storage, desk, clock } = process;
  return createMachinePlatform({ machines, storage, desk }, { clock } as unknown as MachinePorts);
}

/** What a run does with a job, as the training loop does it. */
async function attempt(
  world: MachineWorld,
  stored: Stored,
  {
    killAt = Infinity,
    budget,
    deadline,
    signal = never,
    bundle: changes = {},
    onEvent,
  }: {
    killAt?: number;
    budget?: number;
    deadline?: number;
    signal?: AbortSignal;
    bundle?: Partial<JobBundle>;
    onEvent?: (event: JobEvent, process: WorldProcess) => void;
  } = {},
): Promise<Attempt> {
  const process = startProcess(world, killAt);
  const before = stored.cost;
  const bundle = makeBundle({
    ...(before === 0 ? {} : { counted: before }),
    ...(budget === undefined ? {} : { budget: Math.max(0, budget - before) }),
    ...(deadline === undefined ? {} : { deadline }),
    ...changes,
  });
  const events: JobEvent[] = [];
  const platform = platformOf(process);
  try {
    const handle = await platform.submit(bundle, world.job, process.record, signal);
    try {
      for await (const event of platform.events(handle, signal)) {
        if (process.isDead) throw new Killed();
        events.push(event);
        if (event.type === 'cost') stored.cost = before + event.dollars;
        if (event.type === 'result') stored.results += 1;
        onEvent?.(event, process);
      }
    } finally {
      await platform.cancel(handle);
    }
    return { events, error: undefined, process };
  } catch (error) {
    return { events, error, process };
  }
}

function newStored(): Stored {
  return { cost: 0, results: 0 };
}

function requireSafe(world: MachineWorld, stored: Stored, what: string): void {
  assert.ok(world.mostAlive <= 1, `${what}: ${String(world.mostAlive)} machines at once`);
  assert.deepEqual(world.alive, [], `${what}: a machine was left behind`);
  assert.equal(world.job?.state, 'ended', what);
  const known = dollarsOf(world.job, world.clock.now()) ?? 0;
  // What a process did not live to see is counted up to the next one's look.
  const slack = (price / 3600) * 120 * world.machines.length;
  // Where the platform's clock is ahead and the record was lost, nobody knows how long ago a machine was made.
  const unknown = world.options.skew === undefined ? 1e-6 : (price / 3600) * 60;
  assert.ok(known >= world.billed - unknown, `${what}: ${String(known)} known, ${String(world.billed)} billed`);
  assert.ok(known <= world.billed + slack, `${what}: ${String(known)} known, ${String(world.billed)} billed`);
  assert.ok(Math.abs(stored.cost - known) < 0.05, `${what}: the run tells ${String(stored.cost)} of ${String(known)}`);
}

function codeOf(error: unknown): string {
  return error instanceof WorkbenchError ? error.code : String(error);
}

describe('a job on a rented machine', () => {
  it('is uploaded, trained, fetched, and its machine is ended before the result is told', async () => {
    const world = new MachineWorld({ hourlyPrice: price });
    const stored = newStored();
    const aliveAtResult: number[] = [];
    const { events, error } = await attempt(world, stored, {
      onEvent: event => {
        if (event.type === 'result') aliveAtResult.push(world.alive.length);
      },
    });
    assert.equal(error, undefined);
    assert.deepEqual(aliveAtResult, [0]);
    assert.equal(stored.results, 1);
    assert.deepEqual(events.at(-1), { type: 'state', state: 'succeeded', raw: 'RUNNING' });
    requireSafe(world, stored, 'plain');
    assert.equal(world.machines.length, 1);
    assert.ok(
      events.some(event => event.type === 'state' && event.phase === 'Waiting for RunPod to start a pod, 30 s'),
    );
    assert.deepEqual(
      [...world.objects.keys()].filter(key => key.startsWith('runs/')),
      [],
      'the storage is empty again',
    );
    const env = world.machines[0]?.request.env ?? {};
    assert.match(env['AIWB_SYNC'] ?? '', /runs\/aiwb-01JZX\/bundle\.tar/);
    assert.equal(env['AIWB_ENDING'], 'remove');
  });

  it('records what it is about to make before it makes it', async () => {
    const world = new MachineWorld({ hourlyPrice: price });
    await attempt(world, newStored());
    const create = world.calls.indexOf('create');
    assert.ok(world.calls.slice(0, create).includes('record'));
    assert.equal(world.records[0]?.state, 'intended');
    assert.deepEqual([...new Set(world.records.map(({ state }) => state))], ['intended', 'created', 'ended']);
  });

  const worlds: Readonly<Record<string, WorldOptions>> = {
    'a plain platform': {},
    'a list that is behind': { listLag: 8000 },
    'a clock that is an hour ahead': { skew: 3_600_000 },
    'a machine that is taken away midway': {
      fate: (machine, n, seconds) => {
        if (n === 1 && seconds > 200) machine.goneAt ??= machine.createdAt + 200_000;
      },
    },
    'an end that fails at first': {
      fault: (call, count) =>
        call === 'terminate' && count <= 2
          ? { error: new WorkbenchError('platform-unreachable', 'HTTP 500') }
          : undefined,
    },
    'ends that take a while': { endLag: 50_000 },
    'an answer to create that is lost': {
      fault: (call, count) =>
        call === 'create' && count === 1
          ? { after: true, error: new WorkbenchError('platform-unreachable', 'The connection broke.') }
          : undefined,
    },
  };

  for (const [name, options] of Object.entries(worlds)) {
    it(`survives being killed at any point, with ${name}`, async () => {
      const whole = new MachineWorld({ hourlyPrice: price, ...options });
      const first = await attempt(whole, newStored());
      assert.equal(first.error, undefined);
      const { steps } = first.process;
      assert.ok(steps > 60);
      for (let killAt = 1; killAt <= steps; killAt++) {
        const world = new MachineWorld({ hourlyPrice: price, ...options });
        const stored = newStored();
        const what = `${name}, killed at ${String(killAt)} of ${String(steps)}`;
        const killed = await attempt(world, stored, { killAt });
        assert.ok(killed.process.isDead && killed.error !== undefined, what);
        // Shorter than a list may be behind: the next attempt has to wait for what was made.
        world.clock.advance(options.listLag === undefined ? 45_000 : 1000);
        world.turn();
        if (stored.results > 0) {
          // The result was stored: the run goes on without asking the platform again, whose machine ended before.
          assert.deepEqual(world.alive, [], what);
          continue;
        }
        const second = await attempt(world, stored);
        assert.equal(second.error, undefined, `${what}: ${String(second.error)}`);
        assert.equal(stored.results, 1, what);
        requireSafe(world, stored, what);
      }
    }).timeout(120_000);
  }

  it('survives being killed again and again', async () => {
    for (let seed = 1; seed <= 60; seed++) {
      const world = new MachineWorld({ hourlyPrice: price, listLag: 4000 });
      const stored = newStored();
      let state = seed;
      for (let round = 0; round < 5 && stored.results === 0; round++) {
        state = (state * 48_271) % 2_147_483_647;
        await attempt(world, stored, { killAt: 1 + (state % 60) });
        world.clock.advance((state % 90) * 1000);
        world.turn();
      }
      if (stored.results === 0) assert.equal((await attempt(world, stored)).error, undefined);
      assert.equal(stored.results, 1);
      assert.ok(world.mostAlive <= 1);
      assert.deepEqual(world.alive, []);
    }
  });

  it('ends a machine that never boots, and tells that it was billed', async () => {
    const world = new MachineWorld({ hourlyPrice: price, boot: Infinity });
    const stored = newStored();
    const { error } = await attempt(world, stored, { bundle: { bootDeadline: 600 } });
    assert.equal(codeOf(error), 'machine-not-started');
    assert.match(String(error), /within 10 min 0 s \(limits\.bootDeadline\)/);
    requireSafe(world, stored, 'never boots');
    assert.ok(stored.cost >= 0.6 && stored.cost < 0.65, String(stored.cost));
  });

  it('goes on from the saved state on another machine when one is lost, and counts both', async () => {
    const world = new MachineWorld({
      hourlyPrice: price,
      fate: (machine, n, seconds) => {
        if (n === 1 && seconds >= 250) machine.goneAt ??= world.clock.now();
      },
    });
    const stored = newStored();
    const { events, error } = await attempt(world, stored);
    assert.equal(error, undefined);
    assert.equal(world.machines.length, 2);
    requireSafe(world, stored, 'lost once');
    assert.ok(events.some(event => event.type === 'log' && event.line.includes('1 of at most 3')));
    assert.ok(
      world.machines[1]?.goneAt !== undefined && world.machines[1].goneAt - world.machines[1].createdAt < 300_000,
    );
  });

  it('replaces a machine that has fallen silent, and ends it first', async () => {
    const world = new MachineWorld({
      hourlyPrice: price,
      fate: (machine, n, seconds) => {
        if (n === 1 && seconds > 120) machine.isMute = true;
      },
    });
    const stored = newStored();
    assert.equal((await attempt(world, stored)).error, undefined);
    assert.equal(world.machines.length, 2);
    requireSafe(world, stored, 'silent');
  });

  it('gives up after four machines', async () => {
    const world = new MachineWorld({
      hourlyPrice: price,
      training: 10_000,
      fate: (machine, _n, seconds) => {
        if (seconds > 100) machine.goneAt ??= world.clock.now();
      },
    });
    const stored = newStored();
    const { error } = await attempt(world, stored);
    assert.equal(codeOf(error), 'machine-lost');
    assert.equal(world.machines.length, 4);
    requireSafe(world, stored, 'lost too often');
  });

  it('stops before the budget is exceeded, over all machines and attempts', async () => {
    const world = new MachineWorld({ hourlyPrice: price, training: 100_000, endLag: 60_000 });
    const stored = newStored();
    await attempt(world, stored, { killAt: 120, budget: 1 });
    assert.ok(stored.cost > 0);
    world.clock.advance(120_000);
    const { error } = await attempt(world, stored, { budget: 1 });
    assert.equal(codeOf(error), 'budget-exceeded');
    requireSafe(world, stored, 'budget');
    assert.ok(world.billed <= 1, `${String(world.billed)} USD of 1`);
    assert.ok(world.billed > 0.8);
    const again = await attempt(world, stored, { budget: 1 });
    assert.equal(codeOf(again.error), 'budget-exceeded');
    assert.ok(world.billed <= 1, 'not a second machine for what is left');
  });

  it('gives a machine no longer life than the budget', async () => {
    const world = new MachineWorld({ hourlyPrice: price });
    await attempt(world, newStored(), { budget: 1 });
    const { request } = world.machines[0] ?? assert.fail();
    assert.equal(request.lifetime, 1000);
    assert.equal(request.env['AIWB_LIFETIME'], '1000');
  });

  it('is over at its deadline, with time to save', async () => {
    const world = new MachineWorld({ hourlyPrice: price, training: 100_000 });
    const stored = newStored();
    const { error } = await attempt(world, stored, { deadline: 600 });
    assert.equal(codeOf(error), 'deadline-exceeded');
    requireSafe(world, stored, 'deadline');
  });

  it('ends the machine when the person cancels, whatever is going on', async () => {
    for (const when of [1, 3, 8, 14, 20, 30]) {
      const world = new MachineWorld({ hourlyPrice: price });
      const stored = newStored();
      const stop = new AbortController();
      let count = 0;
      const unwatched = { ...world.clock };
      const original = unwatched.sleep.bind(world.clock);
      world.clock.sleep = async (milliseconds, signal) => {
        count += 1;
        if (count === when) stop.abort(new WorkbenchError('cancelled', 'Cancelled.'));
        await original(milliseconds, signal);
      };
      const { error } = await attempt(world, stored, { signal: stop.signal });
      assert.equal(codeOf(error), 'cancelled', `cancelled at sleep ${String(when)}`);
      assert.deepEqual(world.alive, [], `cancelled at sleep ${String(when)}`);
      assert.equal(world.job?.state, 'ended');
    }
  });

  it('finds what a lost answer has made, and does not make a second one', async () => {
    const world = new MachineWorld({
      hourlyPrice: price,
      listLag: 12_000,
      fault: (call, count) =>
        call === 'create' && count === 1
          ? { after: true, error: new WorkbenchError('platform-unreachable', 'The connection broke.') }
          : undefined,
    });
    const stored = newStored();
    assert.equal((await attempt(world, stored)).error, undefined);
    assert.equal(world.machines.length, 1);
    requireSafe(world, stored, 'lost answer');
  });

  it('makes none where nobody knows whether there is one, and finds it at the next attempt', async () => {
    const world = new MachineWorld({
      hourlyPrice: price,
      listLag: 300_000,
      fault: (call, count) =>
        call === 'create' && count === 1
          ? { after: true, error: new WorkbenchError('platform-unreachable', 'The connection broke.') }
          : undefined,
    });
    const stored = newStored();
    const { error } = await attempt(world, stored);
    assert.equal(codeOf(error), 'platform-unreachable');
    assert.equal(world.job?.state, 'intended');
    world.clock.advance(300_000);
    assert.equal((await attempt(world, stored)).error, undefined);
    assert.equal(world.machines.length, 1);
  });

  it('knows that a refusal has made nothing', async () => {
    const world = new MachineWorld({
      fault: call =>
        call === 'create' ? { error: new WorkbenchError('platform-refused', 'No such GPU.') } : undefined,
    });
    const { error } = await attempt(world, newStored());
    assert.match(String(error), /No such GPU/);
    assert.equal(world.job?.state, 'ended');
  });

  it('ends a second machine that appears, and keeps the one that goes on', async () => {
    let twin: FakeMachine | undefined;
    let isMade = false;
    const world = new MachineWorld({
      hourlyPrice: price,
      fate: (machine, n, seconds) => {
        if (n !== 1 || seconds <= 90 || isMade) return;
        isMade = true;
        twin = world.make(machine.request);
      },
    });
    const stored = newStored();
    const { error } = await attempt(world, stored);
    assert.equal(error, undefined);
    assert.ok(twin?.goneAt !== undefined);
    assert.ok(twin.goneAt - twin.createdAt <= 70_000, 'within a minute or so');
    assert.deepEqual(world.alive, []);
    assert.ok(Math.abs((dollarsOf(world.job ?? assert.fail(), 0) ?? 0) - world.billed) < 0.05, 'both are counted');
  });

  it('goes on while the platform cannot be asked, and says so', async () => {
    const world = new MachineWorld({
      hourlyPrice: price,
      fault: (call, count) =>
        call === 'look' && count > 5 && count < 30
          ? { error: new WorkbenchError('platform-unreachable', 'RunPod failed.') }
          : undefined,
    });
    const stored = newStored();
    const { events, error } = await attempt(world, stored);
    assert.equal(error, undefined);
    assert.equal(world.machines.length, 1);
    assert.ok(events.some(event => event.type === 'log' && event.line.includes('The job goes on')));
    requireSafe(world, stored, 'away');
  });

  it('tells loudly when a machine cannot be ended, keeps the result, and leaves it for the sweep', async () => {
    const world = new MachineWorld({
      hourlyPrice: price,
      fault: call =>
        call === 'terminate' ? { error: new WorkbenchError('platform-unreachable', 'HTTP 500.') } : undefined,
    });
    const stored = newStored();
    const { events, error } = await attempt(world, stored);
    assert.equal(error, undefined);
    assert.equal(stored.results, 1);
    const result = events.find(event => event.type === 'result');
    assert.match(result?.result.notes[0] ?? '', /may still cost money.*aiwb tune sweep --platform pods --terminate/);
    assert.equal(world.job?.state, 'created');
  });

  it('tells both what failed and that the machine is still there', async () => {
    const world = new MachineWorld({
      hourlyPrice: price,
      boot: Infinity,
      fault: call =>
        call === 'terminate' ? { error: new WorkbenchError('platform-unreachable', 'HTTP 500.') } : undefined,
    });
    const { error } = await attempt(world, newStored());
    assert.equal(codeOf(error), 'machine-not-ended');
    assert.match(String(error), /may still cost money\. Before that: Training on pods \(RunPod\) did not start/);
  });

  it('leaves the machine to the process that has taken the run over', async () => {
    const world = new MachineWorld({ hourlyPrice: price });
    const stored = newStored();
    let isFenced = false;
    const process = startProcess(world);
    const platform = platformOf(process);
    const record = (job: Parameters<WorldProcess['record']>[0]): Promise<void> =>
      isFenced ? Promise.reject(new WorkbenchError('run-lease-lost', 'Taken over.')) : process.record(job);
    const handle = await platform.submit(makeBundle(), undefined, record, never);
    isFenced = true;
    await platform.cancel(handle);
    assert.equal(world.alive.length, 1, 'it is not this process’s to end');
    assert.equal((await attempt(world, stored)).error, undefined);
    assert.equal(world.machines.length, 1, 'the other one has taken it over');
    requireSafe(world, stored, 'fenced');
  });

  it('fails as the trainer says, with the machine ended and what was saved kept', async () => {
    const world = new MachineWorld({ hourlyPrice: price, last: { event: 'failure', message: 'Out of memory.' } });
    const stored = newStored();
    const { error } = await attempt(world, stored);
    assert.match(String(error), /Out of memory/);
    requireSafe(world, stored, 'failure');
    assert.ok(world.objects.has('runs/aiwb-01JZX/state.json'));
  });

  it('takes the result of a machine that has ended while nobody watched', async () => {
    const world = new MachineWorld({
      hourlyPrice: price,
      fate: (machine, _n, seconds) => {
        if (seconds > 500) machine.goneAt ??= machine.createdAt + 500_000;
      },
    });
    const stored = newStored();
    await attempt(world, stored, { killAt: 60 });
    for (let minute = 0; minute < 60; minute++) {
      world.clock.advance(10_000);
      world.turn();
    }
    assert.deepEqual(world.alive, []);
    assert.equal((await attempt(world, stored)).error, undefined);
    assert.equal(stored.results, 1);
    assert.equal(world.machines.length, 1, 'no second machine for a job that is done');
  });

  it('refuses a budget that it cannot hold', async () => {
    const world = new MachineWorld();
    const { error } = await attempt(world, newStored(), { budget: 5 });
    assert.match(String(error), /does not tell what a pod of pods costs/);
    assert.equal(world.machines.length, 0);
    const findings = await platformOf(startProcess(world)).preflight?.(makeBundle({ budget: 5 }), never);
    assert.deepEqual(
      findings?.map(({ check, level }) => [check, level]),
      [['price', 'error']],
    );
  });
});
