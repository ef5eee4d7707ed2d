import { WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Resource } from './wire.ts';

const attempts = 4;
const wait = 250;

export interface Creation {
  /** What is there already. */
  readonly find: () => Promise<Resource | undefined>;
  /** Undefined where the server says that there is one. */
  readonly create: () => Promise<Resource | undefined>;
}

/**
 * Makes something once: a request whose fate is unknown, since the connection broke or the server failed, is only sent again when what
 * it was to make is not there. Undefined where the server says that there is one and it is not found: another one stands in its way.
 */
export async function createOnce(
  { find, create }: Creation,
  clock: Clock,
  signal: AbortSignal,
): Promise<{ readonly resource: Resource; readonly made: boolean } | undefined> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const made = await create();
      if (made !== undefined) return { resource: made, made: true };
      const there = await find();
      return there === undefined ? undefined : { resource: there, made: false };
    } catch (error) {
      if (!isUnreachable(error) || attempt === attempts) throw error;
    }
    await clock.sleep(wait * 2 ** (attempt - 1), signal);
    const there = await find();
    if (there !== undefined) return { resource: there, made: true };
  }
}

export function isUnreachable(error: unknown): boolean {
  return error instanceof WorkbenchError && error.code === 'registry-unreachable';
}
