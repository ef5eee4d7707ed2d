import type { HostToRenderer, RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import type { Disposable } from '../base/emitter.ts';
import { toFailure } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { followSearch, type FollowSearchParts } from '../runs/follow-search.ts';
import { isOfJob } from '../runs/run-items.ts';
import type { RunChange } from '../runs/run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';

export interface SearchFeedParts extends Pick<FollowSearchParts, 'book'> {
  post(message: HostToRenderer): void;
  /** A search is over, which an output may not have yet. */
  onEnded(engine: Engine, run: RunSummary): void;
  /** Whether an output waits for the search's end. */
  isAwaited(runId: string): boolean;
}

/** The searches that the outputs of one notebook show. */
export interface SearchFeed extends Disposable {
  /** Tells a search now, and as it changes until it is over; again when it is gone on with. */
  watch(engine: Engine, runId: string): void;
  /** Tells all that was told last, to outputs that may have missed it. */
  tellAgain(): void;
}

interface Watched {
  readonly engine: Engine;
  following: Disposable | undefined;
  told: SearchReport | undefined;
}

/** A trial of it is under way again, or a run of its job that is new here and may be its next trial. */
function mayGoOn({ engine, told }: Watched, { entry: { folder, run }, before }: RunChange): boolean {
  if (told === undefined || isEnded(run.state) || folder !== engine.folder) return false;
  if (before !== undefined) return told.trials.some(({ runId }) => runId === run.id);
  return isOfJob(run, told.run);
}

export function createSearchFeed(parts: SearchFeedParts): SearchFeed {
  const searches = new Map<string, Watched>();

  function follow(runId: string, watched: Watched): void {
    watched.following = followSearch(watched.engine, runId, {
      book: parts.book,
      onSearch(search) {
        watched.told = search;
        parts.post({ type: 'search', search });
        // A search that seems lost may yet show that it lives.
        if (!isEnded(search.run.state) || search.run.state === 'lost') return;
        watched.following?.dispose();
        watched.following = undefined;
        parts.onEnded(watched.engine, search.run);
      },
      onTrouble(error) {
        const failure = toFailure(error);
        if (failure.code !== 'cancelled' && parts.isAwaited(runId)) parts.post({ type: 'failure', runId, failure });
      },
    });
  }

  const changes = parts.book.onRunsChanged(changed => {
    for (const [id, watched] of searches)
      if (watched.following === undefined && changed.some(change => mayGoOn(watched, change))) follow(id, watched);
  });

  return {
    watch(engine, runId) {
      searches.get(runId)?.following?.dispose();
      const watched: Watched = { engine, following: undefined, told: undefined };
      searches.set(runId, watched);
      follow(runId, watched);
    },
    tellAgain() {
      for (const { told } of searches.values()) if (told !== undefined) parts.post({ type: 'search', search: told });
    },
    dispose() {
      changes.dispose();
      for (const { following } of searches.values()) following?.dispose();
      searches.clear();
    },
  };
}
