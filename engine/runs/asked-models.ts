import { parseDocument } from '../documents/parse.ts';
import { createMetrics } from '../metrics/benchmark-metrics.ts';
import type { Metric } from '../metrics/metric.ts';
import { trialModels } from '../prompts/trial.ts';
import { measuringConnections } from '../scoring/plan-measures.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { RunSpec } from './spec.ts';
import { isTrained } from './trained.ts';

/** Names of the models that a run opens: those it asks, or a tuning job's base. Empty for a text that cannot be read. */
export function modelsOf({ kind, text, models }: Pick<RunSpec, 'kind' | 'text' | 'models'>): readonly string[] {
  switch (kind) {
    case 'benchmark':
      return models ?? parseDocument('bench', text).value?.models ?? [];
    case 'prompt':
      return trialModels(parseDocument('trial', text).value ?? {});
    case 'tune': {
      const job = parseDocument('tune', text).value;
      return job === undefined ? [] : [job.base];
    }
  }
}

/** A run's metrics; none where it measures nothing outside the engine. */
export function metricsOf({ kind, text }: Pick<RunSpec, 'kind' | 'text'>): readonly Metric[] {
  const benchmark = kind === 'benchmark' ? parseDocument('bench', text).value : undefined;
  return benchmark === undefined ? [] : createMetrics(benchmark);
}

/** Names of the connections that a run sends something to, each once. A tuning job trains on its platform and has none. */
export function connectionsOf(spec: RunSpec, workspace: Workspace): readonly string[] {
  if (spec.kind === 'tune') return [];
  const asked = modelsOf(spec).filter(name => !name.startsWith('embedded:') && !isTrained(name));
  return [...new Set([...asked, ...measuringConnections(metricsOf(spec), workspace)])];
}
