import { kindOfPath } from '../engine/documents/kinds.ts';
import { mostBytes } from '../engine/documents/too-large.ts';
import type { FileFacts, Files } from '../engine/ports/files.ts';

const endings = ['bench', 'tune', 'policy', 'framework', 'prompt']
  .flatMap(kind => [`.${kind}.yaml`, `.${kind}.yml`])
  .concat('workbench.yaml', 'workbench.yml');
const mostFiles = 20_000;

/** Whether a file is still as it was, by its size and time. */
export function isSame(first: FileFacts, second: FileFacts): boolean {
  return first.modified === second.modified && first.size === second.size && first.kind === second.kind;
}

/** Absent for what is not there, and for what may not be looked at. */
export async function factsQuietly(files: Files, path: string): Promise<FileFacts | undefined> {
  try {
    return await files.facts(path);
  } catch {
    return undefined;
  }
}

/** Our files at and below a folder; none where it cannot be read. */
export async function findOurFiles(files: Files, folder: string, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const found = await files.find(folder, endings, signal, mostFiles);
    return found.filter(path => kindOfPath(path) !== undefined);
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

/** Absent for a file that cannot be read, or is too large to be ours. */
export async function readQuietly(files: Files, path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await files.readText(path, signal, mostBytes);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** Waits for work that others wait for too, and leaves it to them when aborted. */
export async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
  }
}
