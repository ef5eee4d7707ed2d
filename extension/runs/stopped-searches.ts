import type { SearchReport } from '../../schemas/generated/messages.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { createEmitter, disposeAll, type Disposable, type Event } from '../base/emitter.ts';
import { toFailure } from '../base/failure.ts';
import { createThrottle } from '../base/throttle.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunBook, RunChange, RunEntry } from './run-book.ts';
import { groupKey } from './run-items.ts';

/** How often at most the newest runs of jobs are looked at, in milliseconds. */
const intervalMs = 1_000;
/** How often, in milliseconds, a search that waits between two trials is asked for: whether its process still lives shows in time alone. */
const askEvery = 30_000;

export interface StoppedSearchesParts {
  readonly book: Pick<RunBook, 'entries' | 'onRunsChanged' | 'onReset'>;
  engineAt(folder: string): Pick<Engine, 'request'> | undefined;
  readonly interval?: number;
  readonly askEvery?: number;
}

/** Searches that stopped between two trials. All their runs have ended well: none of them says so. */
export interface StoppedSearches extends Disposable {
  /** The search that stopped after this run; absent for any other run. */
  after(runId: string): SearchReport | undefined;
  /** Fires the runs of which it is no more what it was. */
  readonly onChanged: Event<readonly string[]>;
}

/** Looks at the newest run of each tuning job: what has run again since nobody goes on with. */
export function createStoppedSearches(parts: StoppedSearchesParts): StoppedSearches {
  const { book, engineAt } = parts;
  const changed = createEmitter<readonly string[]>();
  const stopped = new Map<string, SearchReport>();
  /** Runs after which nothing comes. */
  const settled = new Set<string>();
  const pace = createThrottle<'look', undefined>(parts.interval ?? intervalMs, () => void look());
  let looking: Promise<void> | undefined;
  let isStale = false;
  let isClosed = false;
  let later: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    isStale = looking !== undefined;
    if (looking !== undefined) return;
    looking = lookAtAll();
    await looking;
    looking = undefined;
    if (isStale && !isClosed) pace.push('look', undefined);
  }

  async function lookAtAll(): Promise<void> {
    clearTimeout(later);
    const newest = newestOfJobs(book.entries());
    for (const runId of [...stopped.keys()]) if (!newest.some(({ run }) => run.id === runId)) set(runId, undefined);
    let waits = false;
    for (const { folder, run } of newest) {
      if (run.state !== 'succeeded' || settled.has(run.id)) continue;
      const search = await ask(folder, run.id);
      if (isClosed) return;
      if (search === undefined) continue;
      waits ||= !isEnded(search.run.state);
      if (search.run.state === 'succeeded' || search.run.state === 'failed') settled.add(run.id);
      set(run.id, isStopped(search) ? search : undefined);
    }
    if (waits) {
      later = setTimeout(() => pace.push('look', undefined), parts.askEvery ?? askEvery);
      later.unref();
    }
  }

  async function ask(folder: string, runId: string): Promise<SearchReport | undefined> {
    try {
      return await engineAt(folder)?.request('tuning/search', { runId });
    } catch (error) {
      const { code } = toFailure(error);
      // It is no trial, or the search's first one was deleted. An engine that is gone is asked again once it is back.
      if (code === 'usage' || code === 'run-not-found') settled.add(runId);
      return undefined;
    }
  }

  function set(runId: string, search: SearchReport | undefined): void {
    const before = stopped.get(runId);
    if (search === undefined) stopped.delete(runId);
    else stopped.set(runId, search);
    if (before?.run.state !== search?.run.state) changed.fire([runId]);
  }

  const again = (): void => pace.push('look', undefined);
  const changes = book.onRunsChanged(list => {
    if (list.some(isTurn)) again();
  });
  return {
    after: runId => stopped.get(runId),
    onChanged: changed.event,
    ...disposeAll(changes, book.onReset(again), pace, changed, {
      dispose() {
        isClosed = true;
        clearTimeout(later);
      },
    }),
  };
}

/** Whether more than a run's progress has changed. */
function isTurn({ entry: { run }, before }: RunChange): boolean {
  if (run.kind !== 'tune') return false;
  return before?.state !== run.state || before.archived !== run.archived || before.endedAt !== run.endedAt;
}

/** Newest first, as the entries are. */
function newestOfJobs(entries: readonly RunEntry[]): readonly RunEntry[] {
  const newest = new Map<string, RunEntry>();
  for (const entry of entries) {
    const { folder, run } = entry;
    if (run.kind !== 'tune' || run.archived) continue;
    const key = groupKey(folder, run);
    if (!newest.has(key)) newest.set(key, entry);
  }
  return [...newest.values()];
}

function isStopped({ run }: SearchReport): boolean {
  return (run.state === 'lost' || run.state === 'cancelled') && run.resumable === true;
}
