import type { ModelEntry } from '../../schemas/generated/messages.ts';
import type { Store } from '../../engine/ports/store.ts';
import { formatReference, parseReference } from '../../engine/base/registry-reference.ts';
import { findJobResult } from '../../engine/tuning/job-result.ts';
import type { Workspace } from '../../engine/workspace/workspace.ts';
import { formatEpoch } from '../../engine/reports/format.ts';

/** A list is to be looked through: older versions are found in the registry. */
const mostVersions = 20;

/**
 * What tuning jobs stand for, and registered versions, as benchmarks name them.
 * @param now milliseconds since the epoch
 */
export async function listTrainedModels(
  store: Store,
  now: number,
  signal: AbortSignal,
): Promise<readonly ModelEntry[]> {
  return [...(await listCheckpoints(store, now, signal)), ...(await listRegistered(store, signal))];
}

/** The registered versions that connections say they serve, as benchmarks name them, each once. */
export function listServed({ config }: Workspace): readonly ModelEntry[] {
  const entries = new Map<string, ModelEntry>();
  for (const [connection, settings] of Object.entries(config.connections ?? {})) {
    const written = 'registered' in settings ? settings.registered : undefined;
    const reference = written === undefined ? undefined : parseReference(written);
    if (reference === undefined) continue;
    const name = `registry:${formatReference(reference)}`;
    if (entries.has(name)) continue;
    entries.set(name, { name, kind: 'registered', description: `Asked by the connection ${connection}.` });
  }
  return [...entries.values()];
}

async function listCheckpoints(store: Store, now: number, signal: AbortSignal): Promise<ModelEntry[]> {
  const runs = await store.listRuns({ kind: 'tune' });
  const names = new Set(runs.filter(({ state }) => state === 'succeeded').map(({ name }) => name));
  const entries: ModelEntry[] = [];
  for (const name of names) {
    const { run, search } = await findJobResult({ name }, store, now, signal);
    if (run === undefined) continue;
    const best = (await store.readTraining(run.id)).checkpoints.find(checkpoint => checkpoint.best);
    if (best === undefined) continue;
    const trial = search === undefined ? '' : `, the best trial of the search ${search}`;
    const description = `Best checkpoint of run ${run.id}${trial}: epoch ${formatEpoch(best.epoch)} of ${String(run.progress.total)}.`;
    entries.push({ name: `checkpoint:${run.name}`, kind: 'checkpoint', description });
  }
  return entries;
}

/** Every alias, then the newest versions. */
async function listRegistered({ registry }: Store, signal: AbortSignal): Promise<ModelEntry[]> {
  const entries: ModelEntry[] = [];
  for (const model of await registry.listModels({}, signal)) {
    for (const [alias, version] of Object.entries(model.aliases)) {
      entries.push({
        name: `registry:${model.name}@${alias}`,
        kind: 'registered',
        description: `Version ${version} of ${model.name}, by its alias.`,
      });
    }
    for (const { version, status, description } of (await registry.listVersions(model.name, signal)).slice(
      0,
      mostVersions,
    )) {
      entries.push({
        name: `registry:${model.name}@${version}`,
        kind: 'registered',
        description: `Version ${version} of ${model.name} (${status}).${description === undefined ? '' : ` ${description}`}`,
      });
    }
  }
  return entries;
}
