import type { RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import { isEnded } from '../../schemas/run-states.ts';
import { toWorkbenchError } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';
import type { JobNamed, JobResult } from '../runs/job-result.ts';
import { reportSearch } from './search/report.ts';

/**
 * The run that a job stands for: its newest that has succeeded; where that is a trial, the best one of its search. A search counts once it has
 * ended, so that no name means one trial now and another a minute later. Runs that are archived are left out.
 * @param now milliseconds since the epoch
 */
export async function findJobResult(job: JobNamed, store: Store, now: number, signal: AbortSignal): Promise<JobResult> {
  const passed = new Set<string>();
  let newest: RunSummary | undefined;
  let underWay: SearchReport | undefined;
  let before: string | undefined;
  for (;;) {
    const page = await store.listRuns({ kind: 'tune', ...job, ...(before === undefined ? {} : { before }) });
    signal.throwIfAborted();
    newest ??= page[0];
    const told = { ...(newest === undefined ? {} : { newest }) };
    for (const run of page) {
      if (run.state !== 'succeeded') continue;
      const { trial } = (await store.getRun(run.id)).spec;
      if (trial === undefined) return { ...told, run };
      if (passed.has(trial.search)) continue;
      passed.add(trial.search);
      const search = await findSearch(run.id, store, now, signal);
      // A first trial that was deleted took the search with it: the others are runs of their own.
      if (search === undefined) return { ...told, run };
      if (isEnded(search.run.state)) return { ...told, ...(await bestOf(search, run, store)) };
      underWay ??= search;
    }
    before = page.at(-1)?.id;
    if (before === undefined) return { ...told, ...(underWay === undefined ? {} : { underWay }) };
  }
}

async function bestOf({ run, best }: SearchReport, met: RunSummary, store: Store): Promise<JobResult> {
  const chosen = best === undefined || best === met.id ? met : (await store.getRun(best)).summary;
  return { run: chosen, search: run.id };
}

async function findSearch(
  trial: string,
  store: Store,
  now: number,
  signal: AbortSignal,
): Promise<SearchReport | undefined> {
  try {
    return await reportSearch(trial, store, { now }, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (toWorkbenchError(error).code === 'run-not-found') return undefined;
    throw error;
  }
}
