import { parseDocument } from '../documents/parse.ts';
import { createMetrics } from '../metrics/benchmark-metrics.ts';
import { isBaseName } from '../models/transformers/names.ts';
import type { Metric } from '../metrics/metric.ts';
import { trialModels } from '../documents/trial.ts';
import { measuringConnections } from '../scoring/plan-measures.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { RegisteredModelReference, RunSpec } from '../ports/run-spec.ts';
import { isTrained } from '../registry/trained-name.ts';

/** Names of the models that a run opens: those it asks, or a tuning job's base. Empty for a text that cannot be read. */
export function modelsOf({
  kind,
  text,
  models,
  askModels,
}: Pick<RunSpec, 'kind' | 'text' | 'models' | 'askModels'>): readonly string[] {
  switch (kind) {
    case 'benchmark':
      return askModels ?? models ?? parseDocument('bench', text).value?.models ?? [];
    case 'prompt':
      return trialModels(parseDocument('trial', text).value ?? {});
    case 'tune': {
      const job = parseDocument('tune', text).value;
      return job === undefined ? [] : [job.base];
    }
  }
}

/** The registered version that a name stands for, where others serve it; absent for any other model, and before the run was created. */
export function registeredIn(
  { registered }: Pick<RunSpec, 'registered'>,
  name: string,
): RegisteredModelReference | undefined {
  return registered !== undefined && Object.hasOwn(registered, name) ? registered[name] : undefined;
}

/** A run's metrics; none where it measures nothing outside the engine. */
export function metricsOf({ kind, text }: Pick<RunSpec, 'kind' | 'text'>): readonly Metric[] {
  const benchmark = kind === 'benchmark' ? parseDocument('bench', text).value : undefined;
  return benchmark === undefined ? [] : createMetrics(benchmark);
}

/** The connection that serves a trained model which a service keeps; absent for any other model, and before the run was created. */
function keptBy({ trained = {} }: RunSpec, name: string): string | undefined {
  return Object.hasOwn(trained, name) ? trained[name]?.service?.connection : undefined;
}

/** Names of the connections that a run sends something to, each once. */
export function connectionsOf(spec: RunSpec, workspace: Workspace): readonly string[] {
  if (spec.kind === 'tune') return tunedBy(spec, workspace);
  const asked = modelsOf(spec).flatMap(name => {
    if (name.startsWith('embedded:') || isBaseName(name)) return [];
    if (!isTrained(name)) return [name];
    const connection = registeredIn(spec, name)?.connection ?? keptBy(spec, name);
    return connection === undefined ? [] : [connection];
  });
  return [...new Set([...asked, ...measuringConnections(metricsOf(spec), workspace)])];
}

/** The connection of a tuning job's platform, where that is a service. */
function tunedBy({ text, platform }: RunSpec, { config }: Workspace): readonly string[] {
  const name = platform ?? parseDocument('tune', text).value?.platform;
  const { compute = {} } = config;
  const settings = name !== undefined && Object.hasOwn(compute, name) ? compute[name] : undefined;
  return settings?.type === 'openai' ? [settings.connection] : [];
}
