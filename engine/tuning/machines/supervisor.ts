import type { PlatformJob } from '../../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { budgetExceeded } from '../guards.ts';
import type { JobBundle, JobEvent, RecordJob } from '../platform.ts';
import type { JobStorage } from '../storage/storage.ts';
import { createBootstrap } from './bootstrap.ts';
import { endMachine, endingTime, isGone } from './end-machine.ts';
import { Feed } from './feed.ts';
import { findMachine, settling, settlingLost } from './find-machine.ts';
import { judgeJob, lostTooOften, mostReplacements, type Limits, type Watched } from './guards.ts';
import { keysOf, type JobDesk } from './job-desk.ts';
import { Ledger } from './ledger.ts';
import { lifetimeOf } from './lifetime.ts';
import type { Machine, Machines } from './machine.ts';
import { addressMachine } from './sync.ts';
import { bootPhase, nounOf, productOf } from './words.ts';

export interface SupervisorSettings {
  readonly machines: Machines;
  readonly storage: JobStorage;
  readonly desk: JobDesk;
  readonly install: boolean;
  readonly python: string;
  readonly clock: Clock;
}

/** Milliseconds between two looks. */
const pause = 10_000;
/** Looks between two searches for machines that nobody knows of. */
const searchEvery = 6;
/** Looks that may fail before it is told. */
const patience = 3;
/** Lines of a machine's log that are told when a job fails. */
const logLines = 40;
/** Looks in a row that must miss a machine before it is taken to be gone: what was just made may not be shown yet. */
const confirmations = 3;

/**
 * One run's job on a rented machine: finds the machine that an earlier attempt has made, or makes one; follows what its trainer writes;
 * replaces it where it is lost; and ends it whatever happens. At most one machine is ever there.
 */
export class Supervisor {
  readonly #with: SupervisorSettings;
  readonly #bundle: JobBundle;
  readonly #ledger: Ledger;
  readonly #feed: Feed;
  readonly #limits: Limits;
  readonly #price: number | undefined;
  readonly #hasEarlier: boolean;
  #machine: Machine | undefined;
  #missed = 0;
  #replaced = 0;
  #failedToEnd = false;

  /** `price`: US dollars of an hour, as the platform says, else as workbench.yaml does. */
  constructor(
    settings: SupervisorSettings,
    bundle: JobBundle,
    earlier: PlatformJob | undefined,
    record: RecordJob,
    price: number | undefined,
  ) {
    const { machines, storage, desk, clock } = settings;
    const { bootDeadline, deadline, budget, counted = 0 } = bundle;
    this.#with = settings;
    this.#bundle = bundle;
    this.#hasEarlier = earlier !== undefined;
    this.#ledger = new Ledger(machines, bundle, earlier, record, clock);
    this.#feed = new Feed(bundle, storage, desk, clock);
    this.#price = price;
    this.#limits = {
      bootDeadline,
      deadline,
      until: deadline === undefined ? undefined : clock.monotonic() + deadline * 1000,
      budget: budget === undefined ? undefined : budget + counted,
    };
  }

  get tag(): string {
    return this.#ledger.job.tag;
  }

  /** There is exactly one machine when this returns, or none is needed because the result is there. Throws with none left behind. */
  async begin(signal: AbortSignal): Promise<void> {
    try {
      await this.#obtain(signal);
    } catch (error) {
      if (!isLeaseLost(error)) await this.#giveUp(error);
      throw error;
    }
  }

  /** The job's events until its end, as `TuningPlatform.events` tells them. */
  async *follow(signal: AbortSignal): AsyncIterable<JobEvent> {
    try {
      yield* this.#watch(signal);
    } catch (error) {
      if (signal.aborted || isLeaseLost(error)) throw error;
      yield* this.#tellLog(signal);
      await this.#end(error);
      throw error;
    }
    yield* this.#conclude(signal);
  }

  /** What the machine has printed last, before it is gone with its machine. */
  async *#tellLog(signal: AbortSignal): AsyncIterable<JobEvent> {
    const { machines } = this.#with;
    const id = this.#machine?.id;
    if (id === undefined) return;
    try {
      const lines = (await machines.logs(id, signal)).split('\n').filter(line => line.trim() !== '');
      for (const line of lines.slice(-logLines)) yield { type: 'log', line };
    } catch (error) {
      signal.throwIfAborted();
      yield { type: 'log', line: `Its log cannot be read: ${toWorkbenchError(error).message}` };
    }
  }

  /** Ends the machine. Nothing where it has ended, and where another process has taken the run over: the machine is its own then. */
  async cancel(): Promise<void> {
    if (this.#ledger.job.state === 'ended') return;
    try {
      await this.#ledger.require();
    } catch (error) {
      if (isLeaseLost(error)) return;
      throw error;
    }
    const isTold = this.#failedToEnd;
    try {
      await this.#end(undefined);
    } catch (error) {
      if (!isTold) throw error;
    }
  }

  async *#watch(signal: AbortSignal): AsyncIterable<JobEvent> {
    const { machines, clock } = this.#with;
    let told = '';
    let failures = 0;
    for (let look = 0; ; look++) {
      signal.throwIfAborted();
      const seen = await this.#look(look, signal);
      failures = seen.error === undefined ? 0 : failures + 1;
      if (seen.error !== undefined && failures % patience === 0) {
        yield { type: 'log', line: `${seen.error.message} The job goes on; what it costs is told as at least.` };
      }
      let canHear = true;
      try {
        for await (const event of this.#feed.poll(signal)) yield event;
      } catch (error) {
        signal.throwIfAborted();
        if (!isAway(error)) throw error;
        canHear = false;
      }
      if (this.#feed.heard !== undefined) await this.#ledger.start();
      yield* this.#tellCost();
      const { outcome } = this.#feed;
      if (outcome?.kind === 'failure') throw outcome.error;
      if (outcome?.kind === 'result') return;
      const judgement = judgeJob(machines, this.#watched(seen, canHear), this.#limits);
      if (judgement.kind === 'stop') throw judgement.error;
      if (judgement.kind === 'replace') yield* this.#replace(judgement.why, signal);
      else if (this.#feed.heard === undefined && this.#machine !== undefined) {
        const seconds = (clock.now() - (this.#ledger.job.createdAt ?? clock.now())) / 1000;
        const phase = bootPhase(machines.type, this.#machine.state, seconds);
        const state = this.#machine.state === 'queued' ? 'queued' : 'provisioning';
        if (phase !== told) yield { type: 'state', state, raw: this.#machine.raw, phase };
        told = phase;
      }
      if (this.#feed.outcome === undefined) await clock.sleep(pause, signal);
    }
  }

  /** Now and then all that carries the tag is looked for: an answer that came late may have made a second machine. */
  async #look(
    look: number,
    signal: AbortSignal,
  ): Promise<{ machine: Watched['machine']; error?: WorkbenchError }> {
    const { machines, clock } = this.#with;
    const id = this.#machine?.id;
    if (id === undefined) return { machine: 'gone' };
    try {
      if (look % searchEvery === 1) {
        const { others } = await findMachine(machines, this.#ledger.job.tag, id, [0], clock, signal);
        await this.#ledger.count(others);
      }
      const machine = await machines.look(id, signal);
      signal.throwIfAborted();
      this.#missed = machine === undefined ? this.#missed + 1 : 0;
      if (machine === undefined) return { machine: this.#missed < confirmations ? 'unknown' : 'gone' };
      this.#machine = machine;
      return { machine };
    } catch (error) {
      signal.throwIfAborted();
      return { machine: 'unknown', error: toWorkbenchError(error) };
    }
  }

  #watched({ machine }: { readonly machine: Watched['machine'] }, canHear: boolean): Watched {
    const { clock } = this.#with;
    const { createdAt = clock.now(), hourlyPrice } = this.#ledger.job;
    const now = clock.monotonic();
    return {
      now,
      since: now - Math.max(0, clock.now() - createdAt),
      heard: this.#feed.heard,
      machine,
      canHear,
      dollars: this.#ledger.dollars,
      hourlyPrice,
    };
  }

  async *#replace(why: string, signal: AbortSignal): AsyncIterable<JobEvent> {
    const { machines, clock } = this.#with;
    await this.#end(undefined);
    // The trainer may have told its end while its machine was being ended.
    for await (const event of this.#feed.poll(signal)) yield event;
    if (this.#feed.outcome !== undefined) return;
    if (this.#replaced >= mostReplacements) throw lostTooOften(machines.name, machines.type, why);
    this.#replaced += 1;
    const noun = nounOf(machines.type);
    const count = `${String(this.#replaced)} of at most ${String(mostReplacements)}`;
    const phase = `The ${noun} was lost (${why}). Going on from the saved state on another one, ${count}`;
    yield { type: 'log', line: `${phase}.` };
    yield { type: 'state', state: 'provisioning', raw: this.#machine?.raw ?? 'gone', phase };
    this.#feed.restart();
    this.#machine = undefined;
    this.#missed = 0;
    await clock.sleep(0, signal);
    await this.#obtain(signal);
    yield* this.#tellCost();
  }

  /** Ends the machine first: what the result names is in the storage. */
  async *#conclude(signal: AbortSignal): AsyncIterable<JobEvent> {
    const { machines, storage } = this.#with;
    let warning: string | undefined;
    yield { type: 'state', state: 'running', raw: 'result', phase: `Ending the ${nounOf(machines.type)}` };
    try {
      await this.#end(undefined);
    } catch (error) {
      if (!(error instanceof WorkbenchError) || error.code !== 'machine-not-ended') throw error;
      warning = `${error.message} ${error.remedy ?? ''}`.trim();
      yield { type: 'log', line: warning };
    }
    yield* this.#tellCost();
    yield { type: 'state', state: 'running', raw: 'result', phase: 'Fetching what was trained' };
    const result = await this.#feed.reader.collect(signal);
    yield { type: 'result', result: warning === undefined ? result : { ...result, notes: [warning, ...result.notes] } };
    yield { type: 'state', state: 'succeeded', raw: this.#machine?.raw ?? 'gone' };
    // Whoever took the result has stored it by now.
    try {
      await storage.remove(keysOf(this.#bundle).prefix, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { message } = toWorkbenchError(error);
      yield { type: 'log', line: `What the job left in the storage could not be removed: ${message}` };
    }
  }

  *#tellCost(): Iterable<JobEvent> {
    const { dollars } = this.#ledger;
    const { counted = 0 } = this.#bundle;
    if (dollars !== undefined) yield { type: 'cost', dollars: Math.max(0, dollars - counted) };
  }

  /** Finds the machine of an earlier attempt, or makes one. */
  async #obtain(signal: AbortSignal): Promise<void> {
    const { machines, storage, clock, desk } = this.#with;
    const { job } = this.#ledger;
    const keys = keysOf(this.#bundle);
    const mayBeMade = job.id !== undefined || job.state === 'intended';
    await this.#ledger.intend();
    signal.throwIfAborted();
    // A first attempt looks once; after a crash the platform's list may be behind what was made.
    const waits = mayBeMade && this.#replaced === 0 ? settling : [0];
    let { kept, others } = await findMachine(machines, job.tag, job.id, waits, clock, signal);
    await this.#ledger.count(others);
    if (job.state === 'created' && kept?.id !== job.id) {
      await this.#ledger.end(await this.#lastSign(signal));
      await this.#ledger.intend();
    }
    if (kept === undefined) {
      if (this.#hasEarlier && this.#replaced === 0 && (await this.#hasOutcome(signal))) return;
      this.#requireBudget();
      await desk.upload(this.#bundle, signal);
      signal.throwIfAborted();
      ({ kept, others } = await findMachine(machines, job.tag, undefined, [0], clock, signal));
      await this.#ledger.count(others);
    }
    if (kept !== undefined) {
      await this.#ledger.hold(kept, this.#price);
      this.#machine = kept;
      return;
    }
    await storage.remove(keys.made, signal);
    signal.throwIfAborted();
    await this.#create(signal);
    signal.throwIfAborted();
  }

  /** Not bound to the signal once it has asked: what it makes must become known. */
  async #create(signal: AbortSignal): Promise<void> {
    const { machines, storage, clock, install, python } = this.#with;
    const { tag } = this.#ledger.job;
    const left = this.#limits.budget === undefined ? undefined : this.#limits.budget - (this.#ledger.dollars ?? 0);
    const lifetime = lifetimeOf(this.#bundle, left, this.#price);
    const addresses = await addressMachine(storage, this.#bundle, lifetime, signal);
    const { argv, env } = createBootstrap({ addresses, lifetime, install, python, type: machines.type });
    await this.#ledger.require();
    signal.throwIfAborted();
    const since = clock.now();
    const unbound = new AbortController().signal;
    let machine: Machine | undefined;
    try {
      machine = await machines.create({ tag, bundle: this.#bundle, argv, env, lifetime }, unbound);
    } catch (error) {
      // A refusal has made nothing; but a name may be taken by what an earlier attempt made, unseen till now.
      const isRefused = error instanceof WorkbenchError && error.code === 'platform-refused';
      const waits = isRefused ? [0, 5000] : settlingLost;
      machine = (await findMachine(machines, tag, undefined, waits, clock, unbound)).kept;
      if (machine === undefined && isRefused) {
        await this.#ledger.end(since);
        throw error;
      }
      if (machine === undefined) throw unanswered(machines, error);
    }
    this.#machine = machine;
    await this.#ledger.hold(machine, this.#price, since);
  }

  /** Whether an earlier machine has already told how the job ended well, and what it made is still in the storage. */
  async #hasOutcome(signal: AbortSignal): Promise<boolean> {
    const probe = new Feed(this.#bundle, this.#with.storage, this.#with.desk, this.#with.clock);
    for await (const event of probe.poll(signal)) void event;
    return probe.outcome?.kind === 'result';
  }

  /** When a machine that vanished unseen gave its last sign of life, by its own clock; else when it should have begun. */
  async #lastSign(signal: AbortSignal): Promise<number | undefined> {
    const { createdAt } = this.#ledger.job;
    const text = new TextDecoder().decode(
      (await this.#with.storage.read(keysOf(this.#bundle).events, signal)) ?? new Uint8Array(0),
    );
    const at = [...text.matchAll(/"at": ?(\d{12,16}(?:\.\d+)?)/g)].at(-1)?.[1];
    if (at !== undefined) return Number(at) + 60_000;
    return createdAt === undefined ? undefined : createdAt + this.#bundle.bootDeadline * 1000;
  }

  #requireBudget(): void {
    const { budget } = this.#limits;
    const { dollars } = this.#ledger;
    if (budget !== undefined && dollars !== undefined && dollars >= budget) throw budgetExceeded(budget, dollars);
  }

  /** Ends the machine and says so in the store. `why` is what went wrong before, to be told together with what goes wrong now. */
  async #end(why: unknown): Promise<void> {
    const { machines, clock } = this.#with;
    const { job } = this.#ledger;
    if (job.state === 'ended') return;
    try {
      const time = this.#failedToEnd ? 0 : endingTime;
      if (job.id !== undefined) await endMachine(machines, job.id, clock, time);
      // What the platform showed late, or made twice.
      for (const machine of await machines.find(job.tag, new AbortController().signal))
        if (!isGone(machine)) await endMachine(machines, machine.id, clock, time);
    } catch (error) {
      this.#failedToEnd = true;
      throw why === undefined ? error : both(error, why);
    }
    await this.#ledger.end();
  }

  /** After a failure before the job was handed over: whatever was made is ended, as nobody else would. */
  async #giveUp(error: unknown): Promise<void> {
    if (this.#ledger.job.state === 'ended') return;
    // What came of a lost answer may still appear: the next attempt and the sweep look for it.
    if (error instanceof WorkbenchError && error.code === 'platform-unreachable' && this.#machine === undefined) return;
    await this.#end(error);
  }
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof WorkbenchError && error.code === 'run-lease-lost';
}

function isAway(error: unknown): boolean {
  return error instanceof WorkbenchError && error.code === 'storage-unreachable';
}

function both(error: unknown, why: unknown): WorkbenchError {
  const { code, message, remedy } = toWorkbenchError(error);
  const before = toWorkbenchError(why);
  return new WorkbenchError(code, `${message} Before that: ${before.message}`, {
    ...(remedy === undefined ? {} : { remedy }),
    cause: why,
  });
}

function unanswered(machines: Machines, cause: unknown): WorkbenchError {
  const product = productOf(machines.type);
  const noun = nounOf(machines.type);
  return new WorkbenchError(
    'platform-unreachable',
    `${product} has not said whether it made a ${noun} on ${machines.name}, and shows none: ${toWorkbenchError(cause).message}`,
    {
      remedy: `Resume the run: it looks for the ${noun} first. \`aiwb tune sweep\` finds it too.`,
      cause,
    },
  );
}
