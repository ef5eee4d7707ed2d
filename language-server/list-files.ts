import { readdir } from 'node:fs/promises';
import path from 'node:path';

const skipped = new Set(['node_modules', 'dist', 'out', 'build', '__pycache__', 'venv']);
const deepest = 5;
const mostEntries = 5_000;
const mostFiles = 500;
const mostFolders = 50;

/** Lists files, and keeps what it has listed until it is told that something changed. */
export interface FileLister {
  /**
   * Files at or below a folder whose name matches, as paths relative to it with forward slashes, nearest first. Hidden
   * folders and those that hold other people's files are skipped; large trees are looked at in part.
   */
  list(folder: string, name: RegExp, signal: AbortSignal): Promise<readonly string[]>;
  forget(): void;
}

export function createFileLister(): FileLister {
  const known = new Map<string, readonly string[]>();
  /** Counts what was forgotten, so that a listing from before is not kept. */
  let age = 0;
  return {
    async list(folder, name, signal) {
      let files = known.get(folder);
      if (files === undefined) {
        const before = age;
        files = await walk(folder, signal);
        if (known.size >= mostFolders) known.clear();
        if (before === age) known.set(folder, files);
      }
      const matching = files.filter(file => name.test(file.slice(file.lastIndexOf('/') + 1)));
      return matching.slice(0, mostFiles);
    },
    forget() {
      age += 1;
      known.clear();
    },
  };
}

async function walk(folder: string, signal: AbortSignal): Promise<readonly string[]> {
  const found: string[] = [];
  let level: readonly string[] = [''];
  let entriesLeft = mostEntries;
  for (let depth = 0; depth < deepest && level.length > 0; depth++) {
    const next: string[] = [];
    for (const relative of level) {
      signal.throwIfAborted();
      const entries = await readFolder(path.join(folder, relative));
      for (const entry of entries) {
        entriesLeft -= 1;
        if (entriesLeft < 0) return found;
        const child = relative === '' ? entry.name : `${relative}/${entry.name}`;
        if (entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name)) next.push(child);
        else if (entry.isFile()) found.push(child);
      }
    }
    level = next;
  }
  return found;
}

async function readFolder(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    // A folder that cannot be read has nothing to offer.
    return [];
  }
}
