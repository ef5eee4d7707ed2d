import type { RunsChanged, RunSummary } from '../../schemas/generated/messages.ts';
import type { Session } from './session.ts';

/** Milliseconds between two looks at the store; a look costs one PRAGMA unless something was written. */
const lookEvery = 250;
/** Lists hold at most this many runs. */
const watchedRuns = 500;
/** A lost run writes nothing: every so many looks the list is read anyway. */
const readAnyway = 20;

/**
 * Tells about new and changed runs, whichever process wrote them. Returns a function that stops the watch, and one that looks at
 * once, for changes this process made itself.
 */
export function watchRuns(session: Session, notify: (change: RunsChanged) => void, onError: (error: unknown) => void) {
  const known = new Map<string, string>();
  let version = -1;
  let looks = 0;
  let looking = false;
  let first = true;

  const look = async (force: boolean): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      const current = await session.store.dataVersion();
      looks += 1;
      if (!force && current === version && looks % readAnyway !== 0) return;
      version = current;
      const changed = await findChanged();
      if (changed.length > 0 && !first) notify({ runs: changed });
      first = false;
    } finally {
      looking = false;
    }
  };

  const findChanged = async (): Promise<RunSummary[]> => {
    const runs = [
      ...(await session.store.listRuns({ limit: watchedRuns })),
      ...(await session.store.listRuns({ limit: watchedRuns, archived: true })),
    ];
    const changed = runs.filter(run => known.get(run.id) !== JSON.stringify(run));
    for (const run of changed) known.set(run.id, JSON.stringify(run));
    return changed;
  };

  const stop = session.host.clock.every(lookEvery, () => {
    look(false).catch(onError);
  });
  look(true).catch(onError);
  return {
    stop,
    lookNow: (): void => {
      look(true).catch(onError);
    },
  };
}
