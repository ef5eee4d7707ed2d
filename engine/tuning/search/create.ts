import { createRunId } from '../../base/run-id.ts';
import type { RunSpec } from '../../ports/run-spec.ts';
import type { RunRecord, Store } from '../../ports/store.ts';
import type { RunPorts } from '../../runs/ports.ts';
import { createRun } from '../../runs/start.ts';
import { searchOf, trialOf } from './trials.ts';

/** Records the run of a tuning job, or the first trial where the job searches: its id is the search's. Further trials are recorded when their turn comes. */
export async function createTuningRun(
  spec: RunSpec,
  store: Store,
  ports: RunPorts,
  signal: AbortSignal,
): Promise<RunRecord> {
  const search = spec.trial === undefined ? searchOf(spec) : undefined;
  if (search === undefined) return createRun(spec, store, ports, signal);
  const id = createRunId(ports.clock, ports.random);
  return createRun({ ...spec, trial: trialOf(search, 1, id) }, store, ports, signal, id);
}
