import { LineCounter, isMap, isScalar, parseDocument } from 'yaml';
import type {
  DetectedServers,
  LastFigure,
  ModelEntry,
  ModelList,
  RunSummary,
} from '../../schemas/generated/messages.ts';
import { toFailure } from '../../engine/base/failure.ts';
import { classifierKinds } from '../../engine/models/embedded/kinds.ts';
import { addressOf, credentialOf, modelNameOf } from '../../engine/models/connections.ts';
import type { Workspace } from '../../engine/workspace/workspace.ts';
import { detectOnThisMachine } from '../detect.ts';
import type { Session } from './session.ts';
import { listServed, listTrainedModels } from './trained-models.ts';

/** Model servers that run on this machine, with connections to add for their models. */
export async function detectConnections(session: Session, signal: AbortSignal): Promise<DetectedServers> {
  return { servers: [...(await detectOnThisMachine(await session.readWorkspace(signal), signal))] };
}

/** Connections, embedded and trained models with their latest figures. A broken workbench.yaml still leaves all but the connections. */
export async function listModels(session: Session, signal: AbortSignal): Promise<ModelList> {
  const last = latestFigures(await session.store.listRuns({ limit: 200 }));
  const embedded = [...classifierKinds.values()].map(({ id, title, description }): ModelEntry => {
    const name = `embedded:${id}`;
    return withLast({ name, kind: 'embedded', description: `${title}. ${description}` }, last);
  });
  const trained = (await listTrainedModels(session.store, session.host.clock.now(), signal)).map(entry =>
    withLast(entry, last),
  );
  const models = [...embedded, ...trained, ...(await listLent(session))];
  try {
    const workspace = await session.readWorkspace(signal);
    const served = listServed(workspace).map(entry => withLast(entry, last));
    const others = models.filter(({ name }) => !served.some(entry => entry.name === name));
    return { models: [...listConnections(workspace).map(entry => withLast(entry, last)), ...others, ...served] };
  } catch (error) {
    return { models, failure: toFailure(error) };
  }
}

/** Models that VS Code lends; a benchmark names them by a connection. */
async function listLent({ access }: Session): Promise<ModelEntry[]> {
  return (await access.listLent()).map(({ vendor, family, name, version }) => ({
    name,
    kind: 'lent',
    model: `${vendor}/${family}`,
    description: `Lent by VS Code: ${vendor}/${family}${version === undefined ? '' : `, version ${version}`}.`,
  }));
}

function withLast(entry: ModelEntry, last: ReadonlyMap<string, LastFigure>): ModelEntry {
  const figure = last.get(entry.name);
  return figure === undefined ? entry : { ...entry, last: figure };
}

function listConnections(workspace: Workspace): ModelEntry[] {
  const lines = linesOfConnections(workspace.text);
  return Object.entries(workspace.config.connections ?? {}).map(([name, connection]) => {
    const address = addressOf(connection);
    const model = modelNameOf(connection);
    const secret = credentialOf(connection)?.secret;
    const line = lines.get(name);
    return {
      name,
      kind: 'connection',
      description: address === undefined ? `${model} (${connection.provider})` : `${model} at ${address}`,
      model,
      ...(address === undefined ? {} : { baseUrl: address }),
      ...(workspace.path === undefined || line === undefined ? {} : { place: { path: workspace.path, line } }),
      ...(secret === undefined ? {} : { secret }),
    };
  });
}

function linesOfConnections(text: string): ReadonlyMap<string, number> {
  const counter = new LineCounter();
  const connections = parseDocument(text, { lineCounter: counter }).get('connections');
  const lines = new Map<string, number>();
  if (!isMap(connections)) return lines;
  for (const { key } of connections.items) {
    if (isScalar(key) && key.range) lines.set(String(key.value), counter.linePos(key.range[0]).line);
  }
  return lines;
}

/** Each model's figure in the newest run that has one; runs come newest first. Trials of prompts measure nothing but times. */
function latestFigures(runs: readonly RunSummary[]): ReadonlyMap<string, LastFigure> {
  const figures = new Map<string, LastFigure>();
  for (const { id, name, kind, headlines, endedAt } of runs) {
    if (endedAt === undefined || kind === 'prompt') continue;
    for (const { model, label, value, unit } of headlines) {
      if (figures.has(model)) continue;
      figures.set(model, {
        runId: id,
        benchmark: name,
        label,
        value,
        endedAt,
        ...(unit === undefined ? {} : { unit }),
      });
    }
  }
  return figures;
}
