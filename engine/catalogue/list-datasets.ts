import type { DatasetEntry, DatasetList } from '../../schemas/generated/messages.ts';
import { fileEndings, formatOfPath } from '../datasets/formats.ts';
import { createDocumentLibrary } from '../documents/library.ts';
import type { Files } from '../ports/files.ts';
import { findDatasetUses, type PlacedUse } from './dataset-uses.ts';

/** A workspace with more data files has its datasets in folders. */
const mostFound = 10_000;
/** `.json` files are looked into, for most of them hold something else. */
const mostLookedInto = 500;
const lookedAtBytes = 64;

/**
 * The datasets that the folder's benchmarks and tuning jobs name, and the data files that none of them does. Reads no rows: of a `.json` file
 * the first character, which tells a list from settings.
 */
export async function listDatasets(files: Files, folder: string, signal: AbortSignal): Promise<DatasetList> {
  const uses = Map.groupBy(await findDatasetUses(files, createDocumentLibrary(files, folder), signal), use => use.path);
  const used: DatasetEntry[] = [];
  for (const [path, own] of uses) used.push(await describe(files, folder, path, own));
  const covered = coveredPaths(files, uses);
  const found = await files.find(folder, fileEndings, signal, mostFound);
  const unused: DatasetEntry[] = [];
  let looks = 0;
  for (const path of found) {
    signal.throwIfAborted();
    if (covered.isUsed(path)) continue;
    if (formatOfPath(path) === 'json' && (looks++ >= mostLookedInto || !(await holdsList(files, path, signal))))
      continue;
    unused.push(await describe(files, folder, path, []));
  }
  const byPath = (a: DatasetEntry, b: DatasetEntry): number => (a.path < b.path ? -1 : 1);
  return { datasets: [...used.sort(byPath), ...unused.sort(byPath)], cut: found.length >= mostFound };
}

async function describe(files: Files, folder: string, path: string, uses: readonly PlacedUse[]): Promise<DatasetEntry> {
  // What cannot be looked at is as good as missing; whoever opens it is told why.
  const facts = await files.facts(path).catch(() => undefined);
  const format = uses.find(({ use }) => use.format !== undefined)?.use.format ?? formatOfPath(path);
  const kind = facts === undefined || facts.kind === 'other' ? 'missing' : facts.kind;
  return {
    path: files.relative(folder, path),
    kind,
    ...(format !== undefined ? { format } : kind === 'folder' ? { format: 'huggingface' } : {}),
    ...(facts?.kind === 'file' ? { bytes: facts.size } : {}),
    uses: uses.map(({ use }) => use),
  };
}

/** Files that a dataset stands for: itself, those its split names, and everything in its folder. */
function coveredPaths(
  files: Files,
  uses: ReadonlyMap<string, readonly PlacedUse[]>,
): { isUsed(path: string): boolean } {
  const exact = new Set<string>();
  for (const [path, own] of uses) {
    exact.add(path);
    for (const { use } of own) {
      for (const name of [use.split?.train, use.split?.test]) {
        if (name === undefined || use.split?.field !== undefined || formatOfPath(name) === undefined) continue;
        exact.add(files.resolve(path, name));
        exact.add(files.resolve(files.parent(path), name));
      }
    }
  }
  return {
    isUsed(path) {
      // A file is no folder of others, so its ancestors are looked up rather than every dataset compared.
      for (let at = path, above = files.parent(at); ; at = above, above = files.parent(at)) {
        if (exact.has(at)) return true;
        if (above === at) return false;
      }
    },
  };
}

/** Whether a JSON file begins with a list. */
async function holdsList(files: Files, path: string, signal: AbortSignal): Promise<boolean> {
  // A packed one is not unpacked for this.
  if (path.toLowerCase().endsWith('.gz')) return true;
  try {
    const head = new TextDecoder().decode(await files.readRange(path, 0, lookedAtBytes, signal));
    return head.trimStart().startsWith('[');
  } catch {
    signal.throwIfAborted();
    return false;
  }
}
