import { planBenchmark, type RunPlan } from './plan.ts';
import { planTrial } from './plan-trial.ts';
import type { RunPorts } from './ports.ts';
import type { RunSpec } from '../ports/run-spec.ts';

/** Plans a run that asks models: a benchmark's, or the trial of a prompt. Sends nothing, needs no secret. */
export function planRun(spec: RunSpec, ports: RunPorts, signal: AbortSignal): Promise<RunPlan> {
  return spec.kind === 'prompt' ? planTrial(spec, ports, signal) : planBenchmark(spec, ports, signal);
}
