import type { HostToRenderer, RunSummary } from '../../schemas/generated/messages.ts';
import { createThrottle } from '../base/throttle.ts';
import type { Disposable } from '../base/emitter.ts';

/** Milliseconds between two messages. */
const intervalMs = 100;

/** The progress of the runs that one notebook editor shows. */
export interface ProgressFeed extends Disposable {
  /** Sends progress from now on; the first message of a run has all there is. */
  watch(runId: string): void;
  watches(runId: string): boolean;
  watched(): readonly string[];
  push(run: RunSummary): void;
}

/**
 * Sends at most ten messages a second whatever the number of runs, of each run the latest and in turn; and of a long tuning run only the
 * epochs that were not sent before.
 */
export function createProgressFeed(post: (message: HostToRenderer) => void): ProgressFeed {
  /** Of each watched run, how many of its epochs were sent; undefined before the first message. */
  const sent = new Map<string, number | undefined>();
  const latest = new Map<string, RunSummary>();
  const pace = createThrottle<'next', undefined>(intervalMs, sendNext);

  function sendNext(): void {
    const [run] = latest.values();
    if (run === undefined) return;
    latest.delete(run.id);
    send(run);
    if (latest.size > 0) pace.push('next', undefined);
  }

  function send(run: RunSummary): void {
    const { epochs } = run.progress;
    const known = sent.get(run.id);
    sent.set(run.id, epochs?.length ?? 0);
    // A resumed run may begin anew: then all of it is sent again.
    if (epochs === undefined || known === undefined || known === 0 || known > epochs.length) {
      post({ type: 'run', run });
      return;
    }
    const progress = { ...run.progress, epochs: epochs.slice(known) };
    post({ type: 'run', run: { ...run, progress }, epochsBefore: known });
  }

  return {
    watch: runId => sent.set(runId, undefined),
    watches: runId => sent.has(runId),
    watched: () => [...sent.keys()],
    push(run) {
      if (!sent.has(run.id)) return;
      latest.set(run.id, run);
      pace.push('next', undefined);
    },
    dispose() {
      pace.dispose();
      latest.clear();
    },
  };
}
