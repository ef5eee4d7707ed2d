import type { PlatformJob } from '../../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import type { JobBundle, JobEvent, RecordJob } from '../platform.ts';
import { endMachine, endingTime, isGone } from './end-machine.ts';
import { Feed } from './feed.ts';
import { findMachine } from './find-machine.ts';
import { judgeJob, lostTooOften, mostReplacements, type Limits, type Watched } from './guards.ts';
import { keysOf } from './job-desk.ts';
import { Ledger } from './ledger.ts';
import { MachineSource, type SourceSettings } from './machine-source.ts';
import type { Machine } from './machine.ts';
import { bootPhase, nounOf } from './words.ts';

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
  readonly #with: SourceSettings;
  readonly #bundle: JobBundle;
  readonly #ledger: Ledger;
  readonly #feed: Feed;
  readonly #limits: Limits;
  readonly #source: MachineSource;
  #machine: Machine | undefined;
  #missed = 0;
  #replaced = 0;
  #failedToEnd = false;

  /** `price`: US dollars of an hour, as the platform says, else as workbench.yaml does. */
  constructor(
    settings: SourceSettings,
    bundle: JobBundle,
    earlier: PlatformJob | undefined,
    record: RecordJob,
    price: number | undefined,
  ) {
    const { machines, storage, desk, clock } = settings;
    const { bootDeadline, deadline, budget, counted = 0 } = bundle;
    this.#with = settings;
    this.#bundle = bundle;
    this.#ledger = new Ledger(machines, bundle, earlier, record, clock);
    this.#feed = new Feed(bundle, storage, desk, clock);
    this.#limits = {
      bootDeadline,
      deadline,
      until: deadline === undefined ? undefined : clock.monotonic() + deadline * 1000,
      budget: budget === undefined ? undefined : budget + counted,
    };
    this.#source = new MachineSource(settings, bundle, this.#ledger, this.#limits.budget, price, earlier !== undefined);
  }

  get tag(): string {
    return this.#ledger.job.tag;
  }

  /** There is exactly one machine when this returns, or none is needed because the result is there. Throws with none left behind. */
  async begin(signal: AbortSignal): Promise<void> {
    try {
      this.#machine = await this.#source.obtain(false, signal);
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
      yield* this.#tellCost();
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
  async #look(look: number, signal: AbortSignal): Promise<{ machine: Watched['machine']; error?: WorkbenchError }> {
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
    this.#machine = await this.#source.obtain(true, signal);
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
    if (error instanceof WorkbenchError && error.code === 'platform-unreachable' && this.#ledger.job.id === undefined)
      return;
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
