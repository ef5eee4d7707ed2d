import type { HostToPage, PageToHost, RunSummary } from '../../schemas/generated/messages.ts';
import { disposeAll, type Disposable } from '../base/emitter.ts';
import { FailureError, toFailure } from '../base/failure.ts';
import { createThrottle } from '../base/throttle.ts';
import { t } from '../base/translate.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunBook } from '../runs/run-book.ts';
import { isEnded } from '../runs/states.ts';

const progressIntervalMs = 100;
/** A running run's report is worked out anew at most this often. */
const reportIntervalMs = 2_000;

export interface PageSessionParts {
  readonly runIds: readonly string[];
  readonly book: RunBook;
  engineAt(folder: string): Engine | undefined;
  post(message: HostToPage): void;
  command(message: Extract<PageToHost, { type: 'command' }>): Promise<void>;
  onTitle(title: string): void;
}

export interface PageSession extends Disposable {
  /** Handles one validated message of the page. Failures are shown in the page. */
  receive(message: PageToHost): Promise<void>;
}

/** What a run or comparison page is told, and what it may ask. One folder's engine serves all of a page's runs. */
export function createPageSession(parts: PageSessionParts): PageSession {
  const { book, runIds } = parts;
  const closed = new AbortController();
  const progress = createThrottle<string, RunSummary>(progressIntervalMs, (_, run) => parts.post({ type: 'run', run }));
  const reports = createThrottle<'report', undefined>(reportIntervalMs, () => void sendReport());
  let ready = false;

  const changes = book.onRunsChanged(changed => {
    if (!ready) return;
    for (const { entry, before } of changed) {
      if (!runIds.includes(entry.run.id)) continue;
      progress.push(entry.run.id, entry.run);
      if (before?.state !== entry.run.state && isEnded(entry.run.state)) void sendReport();
      else if (before?.progress.done !== entry.run.progress.done) reports.push('report', undefined);
    }
  });

  async function engine(): Promise<Engine> {
    const [first] = runIds;
    const entry = first === undefined ? undefined : await book.find(first);
    const found = entry === undefined ? undefined : parts.engineAt(entry.folder);
    if (found !== undefined) return found;
    throw new FailureError({
      code: 'run-not-found',
      message: t('There is no run {0} in this workspace.', first ?? ''),
      remedy: t('It may lie in another store or folder, or have been removed.'),
    });
  }

  async function sendReport(): Promise<void> {
    try {
      const report = await (await engine()).request('runs/report', { runIds: [...runIds] }, closed.signal);
      parts.onTitle(report.title);
      parts.post({ type: 'report', report });
    } catch (error) {
      fail(error);
    }
  }

  function fail(error: unknown, request?: number): void {
    const failure = toFailure(error);
    if (failure.code === 'cancelled' || closed.signal.aborted) return;
    parts.post({ type: 'failure', failure, ...(request === undefined ? {} : { request }) });
  }

  async function answer(message: PageToHost): Promise<void> {
    switch (message.type) {
      case 'ready':
        ready = true;
        await sendReport();
        return;
      case 'samples': {
        const page = await (await engine()).request('samples/query', message.query, closed.signal);
        parts.post({ type: 'samples', request: message.request, page });
        return;
      }
      case 'disagreements': {
        const page = await (await engine()).request('samples/disagreements', message.query, closed.signal);
        parts.post({ type: 'disagreements', request: message.request, page });
        return;
      }
      case 'command':
        await parts.command(message);
    }
  }

  return {
    async receive(message) {
      try {
        await answer(message);
      } catch (error) {
        fail(error, 'request' in message ? message.request : undefined);
      }
    },
    dispose() {
      closed.abort();
      disposeAll(changes, progress, reports).dispose();
    },
  };
}
