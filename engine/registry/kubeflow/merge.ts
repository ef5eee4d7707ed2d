import { WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KubeflowApi } from './api.ts';
import { decodeValue, hasStructs, mergeProperties, type PropertyChanges } from './properties.ts';
import { isUnreachable } from './repeat.ts';
import { propertiesIn, type Resource } from './wire.ts';

export interface Change {
  /** Fields of the resource itself, such as `description`. */
  readonly fields?: Resource;
  readonly properties?: PropertyChanges;
}

export interface Merger {
  /** The resource as it is afterwards. Throws `registry-not-found` and `registry-conflict`. */
  change(path: string, what: string, change: Change, signal: AbortSignal): Promise<Resource>;
}

const rounds = 8;
const shortestRest = 150;
const longestRest = 2000;

/**
 * Changes properties among those of others. The API replaces the whole map and knows no conditions, so a change is read, merged, written
 * and read again. Somebody who had read before that and writes after it undoes the change without knowing; therefore it is looked at once
 * more after a rest, and merged again where it is gone. Changes of one resource in this process follow one another.
 */
export function createMerger(name: string, api: KubeflowApi, clock: Clock): Merger {
  const tails = new Map<string, Promise<unknown>>();

  async function inTurn<Result>(path: string, action: () => Promise<Result>): Promise<Result> {
    const before = tails.get(path) ?? Promise.resolve();
    const turn = before.then(action, action);
    tails.set(path, turn);
    try {
      return await turn;
    } finally {
      if (tails.get(path) === turn) tails.delete(path);
    }
  }

  async function read(path: string, what: string, signal: AbortSignal): Promise<Resource> {
    const found = await api.get(path, signal);
    if (found !== undefined) return found;
    throw new WorkbenchError('registry-not-found', `The registry ${name} has no ${what} any more.`);
  }

  async function merge(path: string, what: string, change: Change, signal: AbortSignal): Promise<Resource> {
    const { fields = {}, properties = {} } = change;
    let before = await read(path, what, signal);
    const first = before;
    for (let round = 1; round <= rounds; round += 1) {
      if (isKept(before, fields, properties)) return before;
      const started = clock.monotonic();
      // The server cannot keep structures that it is not sent again.
      const wholeMap = Object.keys(properties).length > 0 || hasStructs(propertiesIn(before));
      const body = wholeMap
        ? { ...fields, customProperties: mergeProperties(propertiesIn(before), properties) }
        : fields;
      const wait = await tryUpdate(path, body, round, signal);
      if (wait === undefined) {
        const rest = Math.min(longestRest, shortestRest + 2 * (clock.monotonic() - started));
        const now = await read(path, what, signal);
        refuseContested(what, first, before, now, properties);
        if (isKept(now, fields, properties)) {
          await clock.sleep(rest, signal);
          const later = await read(path, what, signal);
          if (isKept(later, fields, properties)) return later;
          refuseContested(what, first, before, later, properties);
          before = later;
          continue;
        }
      } else {
        await clock.sleep(wait, signal);
      }
      before = await read(path, what, signal);
    }
    throw new WorkbenchError('registry-conflict', `Others keep changing ${what} in ${name} at the same time.`, {
      remedy: 'Try again when they are done: nothing of theirs was kept back.',
    });
  }

  /** How long to wait where it was not done, or where only reading will tell whether it was. */
  async function tryUpdate(
    path: string,
    body: Resource,
    round: number,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    try {
      return await api.update(path, body, signal);
    } catch (error) {
      if (!isUnreachable(error) || round === rounds) throw error;
      return shortestRest * round;
    }
  }

  function refuseContested(
    what: string,
    first: Resource,
    before: Resource,
    now: Resource,
    properties: PropertyChanges,
  ): void {
    for (const [key, value] of Object.entries(properties)) {
      const there = decodeValue(propertiesIn(now)[key]);
      const earlier = [decodeValue(propertiesIn(first)[key]), decodeValue(propertiesIn(before)[key])];
      if (there === value || there === undefined || earlier.includes(there)) continue;
      const shown = String(there).slice(0, 80);
      throw new WorkbenchError(
        'registry-conflict',
        `Somebody set ${key} of ${what} in ${name} to "${shown}" meanwhile.`,
        {
          remedy: 'Look at it, and set it again if it should be different.',
        },
      );
    }
  }

  return { change: (path, what, change, signal) => inTurn(path, () => merge(path, what, change, signal)) };
}

function isKept(resource: Resource, fields: Resource, properties: PropertyChanges): boolean {
  const there = propertiesIn(resource);
  return (
    Object.entries(properties).every(([key, value]) => decodeValue(there[key]) === value) &&
    // What was never said is not sent: an empty text may come back as nothing.
    Object.entries(fields).every(([key, value]) => (resource[key] ?? '') === value)
  );
}
