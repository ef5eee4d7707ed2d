import { readdir } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../engine/ports/clock.ts';

const skipped = new Set(['node_modules', 'dist', 'out', 'build', '__pycache__', 'venv']);
const deepest = 5;
const mostEntries = 5_000;
const mostFiles = 500;

/** Milliseconds a listing of a tree is good for: as long as somebody types a path. */
const patience = 3_000;

/** An entry of a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** Looks at folders for somebody who types a path. */
export interface FileLister {
  /** See `listFiles`; a listing is remembered for a moment. */
  below(folder: string, name: RegExp, signal: AbortSignal): Promise<readonly string[]>;
  /** What a folder itself holds, hidden entries and what other programs keep left out, by name. */
  inside(folder: string, signal: AbortSignal): Promise<readonly FolderEntry[]>;
}

export function createFileLister(clock: Clock): FileLister {
  const known = new Map<string, { readonly at: number; readonly paths: readonly string[] }>();
  return {
    async below(folder, name, signal) {
      const key = `${name.source}\n${folder}`;
      const last = known.get(key);
      if (last !== undefined && clock.monotonic() - last.at < patience) return last.paths;
      const paths = await listFiles(folder, name, signal);
      known.clear();
      known.set(key, { at: clock.monotonic(), paths });
      return paths;
    },
    async inside(folder, signal) {
      const entries = await readFolder(folder);
      signal.throwIfAborted();
      return entries
        .filter(
          entry => !entry.name.startsWith('.') && (entry.isFile() || (entry.isDirectory() && !skipped.has(entry.name))),
        )
        .slice(0, mostEntries)
        .map(entry => ({ name: entry.name, isFolder: entry.isDirectory() }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
  };
}

/**
 * Files at or below a folder whose name matches, as paths relative to it with forward slashes, nearest first. Hidden
 * folders and those that hold other people's files are skipped; large trees are looked at in part.
 */
async function listFiles(folder: string, name: RegExp, signal: AbortSignal): Promise<readonly string[]> {
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
        if (entriesLeft < 0 || found.length >= mostFiles) return found;
        const child = relative === '' ? entry.name : `${relative}/${entry.name}`;
        if (entry.isDirectory() && !entry.name.startsWith('.') && !skipped.has(entry.name)) next.push(child);
        else if (entry.isFile() && name.test(entry.name)) found.push(child);
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
