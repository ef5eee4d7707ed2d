import { parseDocument } from '../documents/parse.ts';
import { createMetrics } from '../metrics/benchmark-metrics.ts';
import { measuringConnections } from '../scoring/plan-measures.ts';
import { connectionNamed, type Workspace } from '../workspace/workspace.ts';
import type { RunSpec } from './spec.ts';
import { isTrained } from './trained.ts';

/**
 * The programs a run would start, each once: those of the connections it asks and of its metrics. The person is asked about them before it
 * begins. Throws `model-unknown`.
 */
export function neededPrograms(spec: RunSpec, workspace: Workspace): readonly (readonly string[])[] {
  // A tuning job trains on its platform; the local one starts nothing.
  if (spec.kind === 'tune') return [];
  const benchmark = parseDocument('bench', spec.text).value;
  if (benchmark === undefined) return []; // It is refused with its faults before it is run.
  const metrics = createMetrics(benchmark);
  const commands = metrics.flatMap(({ needs }) => needs?.programs ?? []);
  for (const name of [...(spec.models ?? benchmark.models), ...measuringConnections(metrics, workspace)]) {
    if (name.startsWith('embedded:') || isTrained(name)) continue;
    const connection = connectionNamed(workspace, name);
    if (connection.provider === 'command') commands.push(connection.command);
  }
  return [...new Map(commands.map(command => [JSON.stringify(command), command])).values()];
}
