import type { RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import { disposeAll, type Disposable } from '../base/emitter.ts';
import { toFailure } from '../base/failure.ts';
import { createThrottle } from '../base/throttle.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunBook } from './run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';

/** A search is asked for at most this often, in milliseconds. */
const intervalMs = 1_000;
/** How often, in milliseconds, it is asked for though nothing was heard: whether its process still lives shows in time alone. */
const askEvery = 30_000;
/** How long a search that seems lost has to show that it lives, in milliseconds: longer than between two heartbeats. */
const wakeMs = 6_000;

export interface FollowSearchParts {
  readonly book: Pick<RunBook, 'onRunsChanged' | 'onReset'>;
  onSearch(search: SearchReport): void;
  /** The engine cannot be asked now; the search may well go on, and is asked for again. */
  onTrouble(error: unknown): void;
  readonly askEvery?: number;
}

/** Tells a search at once, and anew whenever a tuning run of its folder has changed, until disposed. */
export function followSearch(engine: Engine, runId: string, parts: FollowSearchParts): Disposable {
  const closed = new AbortController();
  let isAsking = false;
  let isStale = false;
  const pace = createThrottle<'ask', undefined>(intervalMs, () => void ask());
  const again = (): void => pace.push('ask', undefined);

  async function ask(): Promise<void> {
    isStale = isAsking;
    if (isAsking) return;
    isAsking = true;
    try {
      const search = await engine.request('tuning/search', { runId }, closed.signal);
      if (!closed.signal.aborted) parts.onSearch(search);
    } catch (error) {
      if (!closed.signal.aborted) parts.onTrouble(error);
    } finally {
      isAsking = false;
      if (isStale && !closed.signal.aborted) again();
    }
  }

  const changes = parts.book.onRunsChanged(changed => {
    if (changed.some(({ entry }) => entry.folder === engine.folder && entry.run.kind === 'tune')) again();
  });
  const timer = setInterval(again, parts.askEvery ?? askEvery);
  timer.unref();
  again();
  return disposeAll(changes, parts.book.onReset(again), pace, {
    dispose() {
      closed.abort();
      clearInterval(timer);
    },
  });
}

/**
 * Resolves with a search, as one run, once no trial of it is under way and none will begin. Throws `run-not-found` once the store has no such
 * run, and the signal's reason.
 */
export function awaitSearchEnd(
  engine: Engine,
  runId: string,
  parts: Omit<FollowSearchParts, 'onSearch'>,
  signal: AbortSignal,
): Promise<RunSummary> {
  return new Promise((resolve, reject) => {
    let lostSince: number | undefined;
    let wake: NodeJS.Timeout | undefined;
    const settle = (end: () => void): void => {
      clearTimeout(wake);
      following.dispose();
      signal.removeEventListener('abort', onAbort);
      end();
    };
    const onAbort = (): void => settle(() => reject(signal.reason as Error));
    const following = followSearch(engine, runId, {
      ...parts,
      onSearch({ run }) {
        // A machine that wakes sees trials whose lease ran out in its sleep; those that live renew it shortly.
        if (run.state === 'lost' && (lostSince === undefined || Date.now() - lostSince < wakeMs)) {
          lostSince ??= Date.now();
          wake ??= setTimeout(() => {
            wake = undefined;
            void engine.request('tuning/search', { runId }, signal).then(
              ({ run: later }) => {
                if (later.state === 'lost') settle(() => resolve(later));
                else lostSince = undefined;
              },
              () => undefined,
            );
          }, wakeMs);
          return;
        }
        lostSince = undefined;
        if (isEnded(run.state)) settle(() => resolve(run));
      },
      onTrouble(error) {
        if (toFailure(error).code === 'run-not-found') settle(() => reject(error));
        else if (toFailure(error).code !== 'cancelled') parts.onTrouble(error);
      },
    });
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
