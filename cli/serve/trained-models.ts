import type { ModelEntry, RunSummary } from '../../schemas/generated/messages.ts';
import type { Store } from '../../engine/ports/store.ts';
import { formatReference, parseReference } from '../../engine/base/registry-reference.ts';
import type { Workspace } from '../../engine/workspace/workspace.ts';
import { formatEpoch } from '../../engine/reports/format.ts';

/** A list is to be looked through: older versions are found in the registry. */
const mostVersions = 20;

/** Checkpoints of tuning jobs (the newest succeeded run of each) and registered versions, as benchmarks name them. */
export async function listTrainedModels(store: Store, signal: AbortSignal): Promise<readonly ModelEntry[]> {
  return [...(await listCheckpoints(store)), ...(await listRegistered(store, signal))];
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

async function listCheckpoints(store: Store): Promise<ModelEntry[]> {
  const newest = new Map<string, RunSummary>();
  for (const run of await store.listRuns({ kind: 'tune' })) {
    if (run.state === 'succeeded' && !newest.has(run.name)) newest.set(run.name, run);
  }
  const entries: ModelEntry[] = [];
  for (const run of newest.values()) {
    const best = (await store.readTraining(run.id)).checkpoints.find(checkpoint => checkpoint.best);
    if (best === undefined) continue;
    const description = `Best checkpoint of run ${run.id}: epoch ${formatEpoch(best.epoch)} of ${String(run.progress.total)}.`;
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
