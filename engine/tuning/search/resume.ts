import type { RunRecord, Store } from '../../ports/store.ts';
import type { RunPorts } from '../../runs/ports.ts';
import { createRun } from '../../runs/start.ts';
import { allowToGoOn, findFirst } from './cancel.ts';
import { findTrials, searchOf, trialOf } from './trials.ts';

/**
 * The run to go on with where this one is resumed. Of a search that stopped between two trials that is the next one, which is recorded here:
 * everybody sees at once that the search goes on, and nobody goes on with it a second time. Throws `run-active` while a trial of its search waits or is under way.
 */
export async function resumeFrom(
  of: RunRecord,
  store: Store,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<RunRecord> {
  await allowToGoOn(of, store);
  const { trial } = of.spec;
  const first = trial === undefined ? undefined : await findFirst(trial.search, store);
  const search = first === undefined ? undefined : searchOf(first.spec);
  if (first === undefined || search === undefined) return of;
  const known = await findTrials(first, store);
  // Trials that ended otherwise are gone on with before the next one begins.
  if ([...known.values()].some(({ summary }) => summary.state !== 'succeeded')) return of;
  const next = search.trials.findIndex((_, index) => !known.has(index + 1)) + 1;
  if (next === 0) return of;
  return createRun({ ...first.spec, trial: trialOf(search, next, first.summary.id) }, store, ports, signal);
}
