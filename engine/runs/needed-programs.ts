import { connectionNamed, type Workspace } from '../workspace/workspace.ts';
import { parseDocument } from '../documents/parse.ts';
import { isBaseName } from '../models/transformers/names.ts';
import { localSettings } from '../models/transformers/open.ts';
import { connectionsOf, metricsOf, modelsOf } from './asked-models.ts';
import type { RunSpec } from '../ports/run-spec.ts';

/**
 * The programs a run would start, each once: those of the connections it asks, of its metrics, and the Python
 * that trains or answers where the workspace names one. The person is asked about them before it
 * begins. Throws `model-unknown`.
 */
export function neededPrograms(spec: RunSpec, workspace: Workspace): readonly (readonly string[])[] {
  const commands = metricsOf(spec).flatMap(({ needs }) => needs?.programs ?? []);
  for (const name of connectionsOf(spec, workspace)) {
    const connection = connectionNamed(workspace, name);
    if (connection.provider === 'command') commands.push(connection.command);
  }
  const python = pythonOf(spec, workspace);
  if (python !== undefined) commands.push([python]);
  return [...new Map(commands.map(command => [JSON.stringify(command), command])).values()];
}

/** The interpreter that `workbench.yaml` names for models of Transformers, where the run trains or asks one. */
function pythonOf(spec: RunSpec, { config }: Workspace): string | undefined {
  if (spec.kind !== 'tune')
    return modelsOf(spec).some(name => isAnswered(name, spec)) ? localSettings(config).python : undefined;
  const job = parseDocument('tune', spec.text).value;
  const name = spec.platform ?? job?.platform ?? 'local';
  const { compute = {} } = config;
  const settings = Object.hasOwn(compute, name) ? compute[name] : undefined;
  return job === undefined || job.base.startsWith('embedded:') || settings?.type !== 'local'
    ? undefined
    : settings.python;
}

/** Whether a model answers in a Python program of this machine. */
function isAnswered(name: string, { trained = {} }: RunSpec): boolean {
  if (isBaseName(name)) return true;
  const format = Object.hasOwn(trained, name) ? trained[name]?.format : undefined;
  return format === 'transformers' || format === 'peft';
}
