import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import { formatSeconds } from '../../reports/format.ts';
import type { Machine, Machines } from './machine.ts';
import { productOf } from './words.ts';

/** Milliseconds for which the end of a machine is asked for again and again. */
export const endingTime = 10 * 60_000;

/** Whether a machine still costs money: one that the platform does not know any more does not. */
export function isGone(machine: Machine | undefined): boolean {
  return machine === undefined || machine.ended === true;
}

/**
 * Ends a machine and waits until the platform says that it is gone, asking again with growing waits. Throws `machine-not-ended` after `time`
 * milliseconds: it may cost money then. Not bound to a run's signal, so that a cancelled run leaves nothing behind.
 */
export async function endMachine(
  machines: Machines,
  id: string,
  clock: Clock,
  time: number = endingTime,
): Promise<void> {
  const { signal } = new AbortController();
  const since = clock.monotonic();
  let failure: unknown;
  for (let wait = 2000; ; wait = Math.min(30_000, wait * 2)) {
    try {
      await machines.terminate(id, signal);
      if (isGone(await machines.look(id, signal))) return;
      failure = undefined;
    } catch (error) {
      failure = error;
    }
    if (clock.monotonic() - since + wait > time) throw notEnded(machines, id, time, failure);
    await clock.sleep(wait, signal);
  }
}

function notEnded(machines: Machines, id: string, time: number, failure: unknown): WorkbenchError {
  const why = failure === undefined ? 'it is still there' : toWorkbenchError(failure).message;
  return new WorkbenchError(
    'machine-not-ended',
    `${productOf(machines.type)} has not ended ${id} of ${machines.name} within ${formatSeconds(time / 1000)}: ${why} It may still cost money.`,
    {
      remedy: `Run \`aiwb tune sweep --platform ${machines.name} --terminate\`, and look at ${productOf(machines.type)}’s own console.`,
      cause: failure,
    },
  );
}
