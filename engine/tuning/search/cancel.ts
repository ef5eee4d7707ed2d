import type { RunSummary } from '../../../schemas/generated/messages.ts';
import { isEnded } from '../../../schemas/run-states.ts';
import { toWorkbenchError, WorkbenchError } from '../../base/errors.ts';
import type { RunRecord, Store } from '../../ports/store.ts';
import { findTrials } from './trials.ts';

/** Asks a run to stop; of a trial its whole search: the trials under way are cancelled and no further one begins. */
export async function cancelRun(runId: string, store: Store): Promise<RunSummary> {
  const { summary, spec } = await store.getRun(runId);
  const first = spec.trial === undefined ? undefined : await findFirst(spec.trial.search, store);
  if (first === undefined) return store.requestCancel(summary.id);
  // Before the trials are looked at: one that is recorded after that sees it before it begins.
  await store.requestCancel(first.summary.id);
  for (const { summary: trial } of (await findTrials(first, store)).values())
    if (trial.id !== first.summary.id && trial.endedAt === undefined) await store.requestCancel(trial.id);
  return (await store.getRun(summary.id)).summary;
}

/**
 * Takes back that the search of a run was asked to stop, for it is gone on with. Throws `run-active` while one of its trials waits or is under
 * way: the process at it begins the others.
 */
export async function allowToGoOn({ spec: { trial } }: Pick<RunRecord, 'spec'>, store: Store): Promise<void> {
  const first = trial === undefined ? undefined : await findFirst(trial.search, store);
  if (first === undefined) return;
  const { id } = first.summary;
  for (const [number, { summary }] of await findTrials(first, store))
    if (!isEnded(summary.state)) throw underWay(id, number, summary);
  await store.forgetCancel(id);
}

function underWay(search: string, number: number, { id, state }: RunSummary): WorkbenchError {
  return new WorkbenchError(
    'run-active',
    `The search ${search} goes on: its trial ${String(number)} (run ${id}) is ${state}.`,
    {
      remedy: `Wait for it, or stop it: aiwb runs cancel ${search}`,
    },
  );
}

/** Whether a search was asked to stop. */
export async function isStopped(search: string, store: Store): Promise<boolean> {
  return (await store.getRun(search)).cancelRequested === true;
}

/** The run that a search is known by; its first trial may have been deleted: the others are runs of their own then. */
export async function findFirst(search: string, store: Store): Promise<RunRecord | undefined> {
  try {
    return await store.getRun(search);
  } catch (error) {
    if (toWorkbenchError(error).code === 'run-not-found') return undefined;
    throw error;
  }
}
