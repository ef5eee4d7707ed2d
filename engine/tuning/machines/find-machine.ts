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

/**
 * The machine that goes on with a run, of all that carry its tag: the one that is known, else the one that is furthest, else the oldest.
 * Undefined where none is alive. All others that are still there are ended, so that no two ever train one job.
 */
export async function findMachine(
  machines: Machines,
  tag: string,
  known: string | undefined,
  waits: readonly number[],
  clock: Clock,
  signal: AbortSignal,
): Promise<Machine | undefined> {
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
    await endOthers(machines, found, kept?.id, clock);
    if (kept !== undefined) return kept;
  }
  return undefined;
}

/** Ends everything that was found but the one that goes on. */
async function endOthers(
  machines: Machines,
  found: readonly Machine[],
  kept: string | undefined,
  clock: Clock,
): Promise<void> {
  for (const { id } of found) if (id !== kept) await endMachine(machines, id, clock);
}
