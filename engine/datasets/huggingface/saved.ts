import { WorkbenchError } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';

/** Files of each split, in order. */
export type Splits = ReadonlyMap<string, readonly string[]>;

/**
 * The splits of a folder that `save_to_disk` of the `datasets` library wrote: Arrow files that `state.json` lists, in a folder for each split
 * that `dataset_dict.json` names. Absent for other folders. A dataset saved without splits has one, `train`.
 */
export async function findSaved(files: Files, folder: string, signal: AbortSignal): Promise<Splits | undefined> {
  const names = await readJson(files, files.resolve(folder, 'dataset_dict.json'), signal);
  if (names === undefined) {
    const single = await readState(files, folder, signal);
    return single && new Map([['train', single]]);
  }
  const splits = new Map<string, readonly string[]>();
  for (const name of textsOf(names['splits'])) {
    if (!isPlainName(name)) throw broken(folder, `it names a split "${name.slice(0, 60)}"`);
    const paths = await readState(files, files.resolve(folder, name), signal);
    if (paths === undefined) throw broken(folder, `the split "${name}" has no state.json`);
    splits.set(name, paths);
  }
  return splits;
}

async function readState(files: Files, folder: string, signal: AbortSignal): Promise<readonly string[] | undefined> {
  const state = await readJson(files, files.resolve(folder, 'state.json'), signal);
  if (state === undefined) return undefined;
  const indices = state['_indices_files'] ?? state['_indices_data_files'];
  if (Array.isArray(indices) && indices.length > 0) throw broken(folder, 'its rows are chosen by a list of indices');
  const entries = Array.isArray(state['_data_files']) ? (state['_data_files'] as readonly unknown[]) : [];
  return entries.map(entry => {
    const name: unknown =
      typeof entry === 'object' && entry !== null && 'filename' in entry ? entry.filename : undefined;
    if (typeof name !== 'string' || !isPlainName(name)) throw broken(folder, 'its state.json names no files');
    return files.resolve(folder, name);
  });
}

/** Nothing that leads out of the folder. */
function isPlainName(name: string): boolean {
  return name !== '' && !name.startsWith('.') && !/[\\/:]/.test(name);
}

async function readJson(
  files: Files,
  path: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if ((await files.facts(path))?.kind !== 'file') return undefined;
  const text = await files.readText(path, signal);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Readonly<Record<string, unknown>>;
  } catch {
    // Told below.
  }
  throw broken(path, 'it is no JSON object');
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(one => typeof one === 'string') : [];
}

function broken(path: string, what: string): WorkbenchError {
  return new WorkbenchError('dataset-invalid', `${path} cannot be read as a saved dataset: ${what}.`, {
    remedy: 'Save it again with `save_to_disk`, or export it with `to_parquet`.',
    place: { path },
  });
}
