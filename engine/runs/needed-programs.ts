import { connectionNamed, type Workspace } from '../workspace/workspace.ts';
import { connectionsOf, metricsOf } from './asked-models.ts';
import type { RunSpec } from './spec.ts';

/**
 * The programs a run would start, each once: those of the connections it asks and of its metrics. The person is asked about them before it
 * begins. Throws `model-unknown`.
 */
export function neededPrograms(spec: RunSpec, workspace: Workspace): readonly (readonly string[])[] {
  const commands = metricsOf(spec).flatMap(({ needs }) => needs?.programs ?? []);
  for (const name of connectionsOf(spec, workspace)) {
    const connection = connectionNamed(workspace, name);
    if (connection.provider === 'command') commands.push(connection.command);
  }
  return [...new Map(commands.map(command => [JSON.stringify(command), command])).values()];
}
