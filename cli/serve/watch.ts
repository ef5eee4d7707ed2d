import type { RunsChanged, RunSummary } from '../../schemas/generated/messages.ts';
import type { Session } from './session.ts';

/** Milliseconds between two looks at the store; a look costs one PRAGMA unless something was written. */
const lookEvery = 250;
/** Lists hold at most this many runs. */
const watchedRuns = 500;
/** A lost run writes nothing: every so many looks the list is read anyway. */
const readAnyway = 20;

/**
 * Tells about new and changed runs, and that registry or ledger changed, whichever process wrote it. Returns a function that stops
 * the watch, and one that looks at once, for changes this process made itself. `onLook` is called whenever something may have changed.
 */
export function watchStore(
  session: Session,
  notifyRuns: (change: RunsChanged) => void,
  notifyRegistry: () => void,
  onLook: () => void,
  onError: (error: unknown) => void,
) {
  const known = new Map<string, string>();
  let auditHead = 0;
  let revision = 0;
  let version = -1;
  let looks = 0;
  let looking = false;
  let again = false;
  let first = true;

  const look = async (force: boolean): Promise<void> => {
    if (looking) {
      again ||= force;
      return;
    }
    looking = true;
    try {
      const current = await session.store.dataVersion();
      looks += 1;
      if (!force && current === version && looks % readAnyway !== 0) return;
      version = current;
      onLook();
      const changed = await findChanged();
      if (changed.length > 0 && !first) notifyRuns({ runs: changed });
      // Whatever changes registry or ledger leaves an entry in the audit log.
      const head = (await session.store.ledger.readAuditHead())?.sequence ?? 0;
      // What is known of registries elsewhere leaves none.
      const known = await session.store.catalogue.revision();
      if ((head !== auditHead || known !== revision) && !first) notifyRegistry();
      auditHead = head;
      revision = known;
      first = false;
    } finally {
      looking = false;
    }
    if (!again) return;
    again = false;
    await look(true);
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
