import type { PlatformJob } from '../../../schemas/generated/messages.ts';
import type { Clock } from '../../ports/clock.ts';
import { tagOf, type JobBundle, type RecordJob } from '../platform.ts';
import type { Machine, Machines } from './machine.ts';

const hour = 3_600_000;

/**
 * US dollars of all machines of a run, as its record tells: those before, and the one there is now, by the second from when it was asked
 * for. Undefined where no price is known.
 */
export function dollarsOf({ spent, createdAt, endedAt, hourlyPrice }: PlatformJob, now: number): number | undefined {
  if (createdAt === undefined || hourlyPrice === undefined) return spent;
  return (spent ?? 0) + (Math.max(0, (endedAt ?? now) - createdAt) / hour) * hourlyPrice;
}

/**
 * What was asked of the platform for one run, kept in the store before each step that costs money: which machine there is, and what the
 * ones before it have cost. Each machine is counted once, whenever the process that watches it dies.
 */
export class Ledger {
  readonly #clock: Clock;
  readonly #record: RecordJob;
  #job: PlatformJob;

  constructor(
    { name, type }: Pick<Machines, 'name' | 'type'>,
    { runId }: JobBundle,
    earlier: PlatformJob | undefined,
    record: RecordJob,
    clock: Clock,
  ) {
    this.#clock = clock;
    this.#record = record;
    this.#job = earlier ?? { platform: name, type, tag: tagOf(runId), state: 'intended' };
  }

  get job(): PlatformJob {
    return this.#job;
  }

  get dollars(): number | undefined {
    return dollarsOf(this.#job, this.#clock.now());
  }

  /** A machine is about to be asked for, or looked for. What an ended one has cost is added to what was spent; one that may be there is kept. */
  async intend(): Promise<void> {
    const { platform, type, tag, state } = this.#job;
    if (state === 'created') return this.#record(this.#job);
    const spent = dollarsOf(this.#job, this.#clock.now());
    this.#job = { platform, type, tag, state: 'intended', ...(spent === undefined ? {} : { spent }) };
    return this.#record(this.#job);
  }

  /** There is a machine: a new one, asked for at `since`, or one that an earlier attempt has made. */
  async hold({ id, raw, createdAt, hourlyPrice, hardware }: Machine, price: number | undefined, since?: number) {
    const now = this.#clock.now();
    const { platform, type, tag, spent, id: known, createdAt: knownSince, startedAt } = this.#job;
    // The platform's clock may be ahead of ours.
    const begun = id === known ? knownSince : (since ?? createdAt);
    const dollars = hourlyPrice ?? price;
    this.#job = {
      platform,
      type,
      tag,
      state: 'created',
      id,
      raw,
      createdAt: Math.min(now, begun ?? now),
      ...(id === known && startedAt !== undefined ? { startedAt } : {}),
      ...(dollars === undefined ? {} : { hourlyPrice: dollars }),
      ...(hardware === undefined ? {} : { hardware }),
      ...(spent === undefined ? {} : { spent }),
    };
    await this.#record(this.#job);
  }

  /** Machines that were found beside the one that goes on, and ended: what they have cost is spent. The known one is counted by itself. */
  async count(others: readonly Machine[]): Promise<void> {
    const now = this.#clock.now();
    const dollars = others
      .filter(({ id }) => id !== this.#job.id)
      .map(({ createdAt = now, hourlyPrice = 0 }) => (Math.max(0, now - createdAt) / hour) * hourlyPrice)
      .reduce((sum, each) => sum + each, 0);
    if (dollars === 0) return;
    this.#job = { ...this.#job, spent: (this.#job.spent ?? 0) + dollars };
    await this.#record(this.#job);
  }

  /** Training has begun on the machine. */
  async start(): Promise<void> {
    if (this.#job.startedAt !== undefined || this.#job.state !== 'created') return;
    this.#job = { ...this.#job, startedAt: this.#clock.now() };
    await this.#record(this.#job);
  }

  /** It is gone and costs nothing more, since `at` where that is known to be earlier than now. */
  async end(at?: number): Promise<void> {
    if (this.#job.state === 'ended') return;
    const now = this.#clock.now();
    const endedAt = Math.max(this.#job.createdAt ?? now, Math.min(now, at ?? now));
    this.#job = { ...this.#job, state: 'ended', endedAt };
    await this.#record(this.#job);
  }

  /** Whether this process may still write for the run. Throws `run-lease-lost` where another one has taken it over. */
  async require(): Promise<void> {
    await this.#record(this.#job);
  }
}
