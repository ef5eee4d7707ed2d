import type { RunRecord, Store } from '../engine/ports/store.ts';
import { executeRun } from '../engine/runs/execute.ts';
import type { RunPorts } from '../engine/runs/ports.ts';
import { executeTuning, type TuningOptions } from '../engine/tuning/execute.ts';

/** Executes a created run of either kind to its end. */
export function executeCreated(
  { summary }: RunRecord,
  store: Store,
  ports: RunPorts,
  options: TuningOptions,
  signal: AbortSignal,
): Promise<RunRecord> {
  const execute = summary.kind === 'tune' ? executeTuning : executeRun;
  return execute(summary.id, store, ports, options, signal);
}
