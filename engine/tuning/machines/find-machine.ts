import type { Clock } from '../../ports/clock.ts';
import { endMachine, isGone } from './end-machine.ts';
import type { Machine, Machines } from './machine.ts';

/** Milliseconds before each look for a machine that may have been made: a platform's list may be behind. */
export const settling: readonly number[] = [0, 5000, 15_000];
/** The same after an answer to `create` was lost. */
export const settlingLost: readonly number[] = [2000, 5000, 10_000, 20_000, 30_000, 60_000];

const standing: Readonly<Record<Machine['state'], number>> = {
  running: 0,
  provisioning: 1,
  queued: 2,
  cancelling: 3,
  succeeded: 4,
  lost: 5,
  failed: 6,
  cancelled: 7,
};

/** Whether a job may still be under way on it. */
export function isAlive(machine: Machine): boolean {
  return !isGone(machine) && standing[machine.state] <= 2;
}

export interface FoundMachines {
  /** The machine that goes on; undefined where none is alive. */
  readonly kept: Machine | undefined;
  /** All others that were still there. They are ended. */
  readonly others: readonly Machine[];
}

/**
 * The machine that goes on with a run, of all that carry its tag: the one that is known, else the one that is furthest, else the oldest.
 * All others are ended, so that no two ever train one job.
 */
export async function findMachine(
  machines: Machines,
  tag: string,
  known: string | undefined,
  waits: readonly number[],
  clock: Clock,
  signal: AbortSignal,
): Promise<FoundMachines> {
  const others: Machine[] = [];
  for (const wait of waits) {
    if (wait > 0) await clock.sleep(wait, signal);
    const found = (await machines.find(tag, signal)).filter(machine => !isGone(machine));
    signal.throwIfAborted();
    const [kept] = found
      .filter(isAlive)
      .sort(
        (a, b) =>
          Number(b.id === known) - Number(a.id === known) ||
          standing[a.state] - standing[b.state] ||
          (a.createdAt ?? Infinity) - (b.createdAt ?? Infinity) ||
          (a.id < b.id ? -1 : 1),
      );
    for (const machine of found) {
      if (machine === kept) continue;
      await endMachine(machines, machine.id, clock);
      if (!others.some(({ id }) => id === machine.id)) others.push(machine);
    }
    if (kept !== undefined) return { kept, others };
  }
  return { kept: undefined, others };
}
