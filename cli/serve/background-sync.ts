import process from 'node:process';
import { toWorkbenchError } from '../../engine/base/errors.ts';
import { syncRegistry } from '../../engine/registry/sync.ts';
import type { Session } from './session.ts';
import { withRegistries } from './with-registries.ts';

/** Milliseconds between two looks at a reading that goes on. */
const tellEvery = 1_000;
const told = new WeakMap<Session, number>();

/** Tells that a reading goes on, now and then: every look costs a few lists. */
export function tellReading(session: Session): void {
  const now = session.host.clock.monotonic();
  if (now - (told.get(session) ?? -tellEvery) < tellEvery) return;
  told.set(session, now);
  watchers.get(session)?.();
}

/** Readings that a session began by itself. */
interface Readings {
  readonly stop: AbortController;
  readonly running: Map<string, Promise<void>>;
}

const sessions = new WeakMap<Session, Readings>();
const watchers = new WeakMap<Session, () => void>();

/** Calls back when a reading begins and when it ends: what this process writes itself, the store's version does not tell. */
export function watchReadings(session: Session, onChange: () => void): void {
  watchers.set(session, onChange);
}

/** Begins to read a registry beside the requests, unless that is under way. Its failure is kept with what is known of the registry. */
export function beginReading(session: Session, registry: string): void {
  const readings = sessions.get(session) ?? { stop: new AbortController(), running: new Map<string, Promise<void>>() };
  sessions.set(session, readings);
  const { stop, running } = readings;
  if (running.has(registry) || stop.signal.aborted) return;
  const reading = read(session, registry, stop.signal)
    .catch((error: unknown) => {
      if (!stop.signal.aborted)
        process.stderr.write(`${registry} could not be read: ${toWorkbenchError(error).message}\n`);
    })
    .finally(() => {
      running.delete(registry);
      if (!stop.signal.aborted) watchers.get(session)?.();
    });
  running.set(registry, reading);
  watchers.get(session)?.();
}

async function read(session: Session, name: string, signal: AbortSignal): Promise<void> {
  const { store, host } = session;
  await withRegistries(session, signal, async registries => {
    const ports = { catalogue: store.catalogue, clock: host.clock };
    await syncRegistry(registries.open(name), ports, { onProgress: () => tellReading(session) }, signal);
  });
}

/** Ends what was begun, before the store is closed. */
export async function stopReadings(session: Session): Promise<void> {
  const readings = sessions.get(session);
  if (readings === undefined) return;
  readings.stop.abort();
  await Promise.all(readings.running.values());
}
