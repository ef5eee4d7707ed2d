import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { budgetExceeded } from '../guards.ts';
import type { JobBundle } from '../platform.ts';
import type { JobStorage } from '../storage/storage.ts';
import { createBootstrap } from './bootstrap.ts';
import { Feed } from './feed.ts';
import { findMachine, settling, settlingLost } from './find-machine.ts';
import { keysOf, type JobDesk } from './job-desk.ts';
import type { Ledger } from './ledger.ts';
import { lifetimeOf } from './lifetime.ts';
import type { Machine, Machines } from './machine.ts';
import { addressMachine } from './sync.ts';
import { nounOf, productOf } from './words.ts';

export interface SourceSettings {
  readonly machines: Machines;
  readonly storage: JobStorage;
  readonly desk: JobDesk;
  readonly install: boolean;
  readonly python: string;
  readonly clock: Clock;
}

/** Where a job's one machine comes from: it is found, or made where there is none. */
export class MachineSource {
  readonly #with: SourceSettings;
  readonly #bundle: JobBundle;
  readonly #ledger: Ledger;
  readonly #budget: number | undefined;
  readonly #price: number | undefined;
  readonly #hasEarlier: boolean;

  /** `budget`: US dollars of the whole run; `price`: those of an hour; `hasEarlier`: an earlier attempt has asked the platform for something. */
  constructor(
    settings: SourceSettings,
    bundle: JobBundle,
    ledger: Ledger,
    budget: number | undefined,
    price: number | undefined,
    hasEarlier: boolean,
  ) {
    this.#with = settings;
    this.#bundle = bundle;
    this.#ledger = ledger;
    this.#budget = budget;
    this.#price = price;
    this.#hasEarlier = hasEarlier;
  }

  /**
   * The machine of an earlier attempt, or a new one, written down in the store before it is returned. Undefined where none is needed: an
   * earlier one has told the result, and it is still in the storage.
   */
  async obtain(isReplacement: boolean, signal: AbortSignal): Promise<Machine | undefined> {
    const { machines, storage, clock, desk } = this.#with;
    const { job } = this.#ledger;
    const keys = keysOf(this.#bundle);
    const mayBeMade = job.id !== undefined || job.state === 'intended';
    await this.#ledger.intend();
    signal.throwIfAborted();
    // A first attempt looks once; after a crash the platform's list may be behind what was made.
    const waits = mayBeMade && !isReplacement ? settling : [0];
    let { kept, others } = await findMachine(machines, job.tag, job.id, waits, clock, signal);
    await this.#ledger.count(others);
    if (job.state === 'created' && kept?.id !== job.id) {
      await this.#ledger.end(await this.#lastSign(signal));
      await this.#ledger.intend();
    }
    if (kept === undefined) {
      if (this.#hasEarlier && !isReplacement && (await this.#hasOutcome(signal))) return undefined;
      this.#requireBudget();
      await desk.upload(this.#bundle, signal);
      signal.throwIfAborted();
      ({ kept, others } = await findMachine(machines, job.tag, undefined, [0], clock, signal));
      await this.#ledger.count(others);
    }
    if (kept !== undefined) {
      await this.#ledger.hold(kept, this.#price);
      return kept;
    }
    await storage.remove(keys.made, signal);
    signal.throwIfAborted();
    const made = await this.#create(signal);
    signal.throwIfAborted();
    return made;
  }

  /** Not bound to the signal once it has asked: what it makes must become known. */
  async #create(signal: AbortSignal): Promise<Machine> {
    const { machines, storage, clock, install, python } = this.#with;
    const { tag } = this.#ledger.job;
    const left = this.#budget === undefined ? undefined : this.#budget - (this.#ledger.dollars ?? 0);
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
    await this.#ledger.hold(machine, this.#price, since);
    return machine;
  }

  /** Whether an earlier machine has already told how the job ended well, and what it made is still in the storage. */
  async #hasOutcome(signal: AbortSignal): Promise<boolean> {
    const probe = new Feed(this.#bundle, this.#with.storage, this.#with.desk, this.#with.clock);
    await probe.skim(signal);
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
    const budget = this.#budget;
    const { dollars } = this.#ledger;
    if (budget !== undefined && dollars !== undefined && dollars >= budget) throw budgetExceeded(budget, dollars);
  }
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
