import type { RunSummary, VariantResult } from '../../schemas/generated/messages.ts';
import { createDocumentLibrary } from '../documents/library.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';
import type { RegistryReference } from '../base/registry-reference.ts';
import { readVersion } from '../versions/read-version.ts';
import type { Registries } from '../registry/registries.ts';
import type { AskedPlace, CardRecord, SliceFigure } from './card-record.ts';

/** What reading a version's record needs. */
export interface RecordPorts {
  readonly store: Store;
  readonly registries: Registries;
  readonly files: Files;
}

/**
 * Reads everything a version's card is made from: the registry, the newest benchmark runs that asked it, and what the policies of the
 * workspace folder ask of cards. Throws what `readVersion` throws.
 */
export async function readRecord(
  reference: RegistryReference,
  folder: string,
  { store, registries, files }: RecordPorts,
  signal: AbortSignal,
): Promise<CardRecord> {
  const { registry } = reference;
  const { model, details } = await readVersion(reference, registries, store, signal);
  return {
    ...(registry === undefined ? {} : { registry }),
    model,
    details,
    slices: await readSlices(details.version.modelDigest, store, signal),
    asked: await readAsked(files, folder, signal),
  };
}

const mostBenchmarks = 20;
const mostSlices = 60;

/** The leading figure of every slice, of each benchmark's newest complete run. */
async function readSlices(
  modelDigest: string | undefined,
  store: Store,
  signal: AbortSignal,
): Promise<readonly SliceFigure[]> {
  if (modelDigest === undefined) return [];
  const newest = new Map<string, RunSummary>();
  for (const run of await store.listRunsAsking(modelDigest)) {
    if (run.kind === 'benchmark' && run.state === 'succeeded' && !newest.has(run.name)) newest.set(run.name, run);
  }
  const figures: SliceFigure[] = [];
  for (const { id, name } of [...newest.values()].slice(0, mostBenchmarks)) {
    signal.throwIfAborted();
    const { report, spec } = await store.getRun(id);
    // The first rows alone say nothing of the parts of all of them.
    if (spec.limit !== undefined) continue;
    const variant = report?.variants.find(each => each.modelDigest === modelDigest);
    if (variant !== undefined) figures.push(...slicesOf(name, variant));
  }
  return figures
    .sort((a, b) => compare(a.benchmark, b.benchmark) || compare(a.column, b.column) || compare(a.value, b.value))
    .slice(0, mostSlices);
}

function slicesOf(benchmark: string, { metrics, slices }: VariantResult): SliceFigure[] {
  const leading = metrics.find(({ kind }) => kind === 'quality')?.metric;
  return slices.flatMap(({ column, value, n, metrics: own }) => {
    const figure = own.find(({ metric }) => metric === leading) ?? own[0];
    return figure === undefined ? [] : [{ benchmark, column, value, n, figure }];
  });
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Every place in a model card that a policy of the workspace looks at, each once. */
async function readAsked(files: Files, folder: string, signal: AbortSignal): Promise<readonly AskedPlace[]> {
  const places = new Map<string, AskedPlace>();
  for (const { file, parsed } of await createDocumentLibrary(files, folder).all('policy', signal)) {
    const { id, controls = [] } = parsed.value ?? {};
    for (const check of controls.flatMap(({ checks }) => checks ?? [])) {
      if (check.type !== 'model-card' || places.has(check.path)) continue;
      places.set(check.path, { path: check.path, title: check.title ?? check.path, policy: id ?? file });
    }
  }
  return [...places.values()].sort((a, b) => compare(a.path, b.path));
}
