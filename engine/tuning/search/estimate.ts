import type { DryRunEstimate } from '../../../schemas/generated/messages.ts';
import { countOf } from '../../reports/format.ts';
import type { RunPorts } from '../../runs/ports.ts';
import type { RunSpec } from '../../ports/run-spec.ts';
import { estimateTuning, type EstimateStore } from '../estimate.ts';
import { foreseeTrial } from './trials.ts';
import { parameterWords } from './text.ts';

/** What a tuning run would do, and where it searches how often: the figures are of one trial. Trains nothing. */
export async function estimateSearch(
  spec: RunSpec,
  ports: RunPorts,
  store: EstimateStore | undefined,
  signal: AbortSignal,
): Promise<DryRunEstimate> {
  const foreseen = foreseeTrial(spec);
  const estimate = await estimateTuning(foreseen, ports, store, signal);
  const { trial } = foreseen;
  if (trial === undefined || spec.trial !== undefined) return estimate;
  const note = `${countOf(trial.trials, 'trial')}, one after another; the figures are of the first (${parameterWords(trial)}). The best on the validation rows is kept.`;
  return { ...estimate, notes: [note, ...estimate.notes] };
}
