import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { systemCode } from '../files/failures.ts';

/** Primary result codes of SQLite: https://www.sqlite.org/rescode.html */
const busy = new Set([5, 6]);
const corrupt = new Set([11, 26]);
const full = 13;
const unwritable = new Set([3, 8, 10, 14, 23]);
/** Bytes below which SQLite cannot even open a store: its shared memory takes 32 KiB. */
const leastSpace = 65_536;

/** SQLite's primary result code of a thrown value; absent when it did not come from SQLite. */
export function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return undefined;
  return error.errcode & 0xff;
}

/** Whether another connection holds the lock this one needed. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && busy.has(code);
}

/** Turns a failure of SQLite on the store at `path` into an error a user can act on; leaves any other as it is. */
export function describeStoreFailure(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined || error instanceof WorkbenchError) return error;
  const details = { place: { path }, cause: error };
  if (busy.has(code)) return storeBusy(path, [], error);
  if (corrupt.has(code)) return storeCorrupt(path, error);
  if (code === full) {
    const remedy = 'Free some space (`aiwb store gc` shrinks the store), then resume the run.';
    const message = `The disk is full: the last batch was not stored in ${path}. What was stored before is safe.`;
    return new WorkbenchError('store-full', message, { ...details, remedy });
  }
  if (unwritable.has(code)) return storeUnwritable(path, error instanceof Error ? error.message : String(error), error);
  return error;
}

/** `holders` are the runs being written, in words, so that the user knows whom to wait for. */
export function storeBusy(path: string, holders: readonly string[], cause?: unknown): WorkbenchError {
  const by = holders.length === 0 ? 'another process' : holders.join(', ');
  return new WorkbenchError('store-busy', `The store ${path} stayed locked by ${by}.`, {
    remedy: 'Try again; if it lasts, end the process that holds it (a backup or disk check may hold it too).',
    place: { path },
    cause,
  });
}

export function storeCorrupt(path: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('store-corrupt', `${path} is damaged or is not a store of AI Workbench.`, {
    remedy: 'Restore it from a backup (`aiwb store backup` makes them), or move it away to begin with an empty store.',
    place: { path },
    cause,
  });
}

export function storeNewer(path: string, found: number, known: number): WorkbenchError {
  const message = `The store ${path} was written by a newer AI Workbench (format ${found}; this one knows up to ${known}). It was left untouched.`;
  return new WorkbenchError('store-newer', message, {
    remedy: 'Update AI Workbench, or name another store with --store.',
    place: { path },
  });
}

/** `reason` is what the system said; where the disk is full or mounted read-only, that is told in its place. */
export function storeUnwritable(
  path: string,
  reason: string,
  cause?: unknown,
  obstacle: Obstacle = findObstacle(path),
): WorkbenchError {
  if (obstacle === 'full') {
    return new WorkbenchError('store-full', `The disk is full: the store ${path} cannot be opened.`, {
      remedy: 'Free some space on its disk, or name another folder with --store. What was stored before is safe.',
      place: { path },
      cause,
    });
  }
  if (obstacle === 'read-only') {
    return new WorkbenchError(
      'store-unwritable',
      `The store ${path} cannot be written: its disk is mounted read-only.`,
      {
        remedy: 'Name a folder that can be written: --store, or `store:` in workbench.yaml.',
        place: { path },
        cause,
      },
    );
  }
  return new WorkbenchError('store-unwritable', `The store ${path} cannot be written or opened: ${reason}.`, {
    remedy: 'Give your user permission to write its folder, or name another folder with --store.',
    place: { path },
    cause,
  });
}

/** What keeps the disk under `path` from being written, whatever the path's own permissions are. */
type Obstacle = 'full' | 'read-only' | 'none';

/** SQLite tells a full disk as an I/O error, and a folder that cannot be made on a read-only disk counts as missing. */
function findObstacle(file: string): Obstacle {
  let folder = dirname(file);
  while (!existsSync(folder) && dirname(folder) !== folder) folder = dirname(folder);
  try {
    const { blocks, bavail, bsize } = statfsSync(folder);
    // File systems of the kernel have no blocks at all, and are not full.
    if (blocks > 0 && bavail * bsize < leastSpace) return 'full';
    accessSync(folder, constants.W_OK);
  } catch (error) {
    if (systemCode(error) === 'EROFS') return 'read-only';
  }
  return 'none';
}

export function storeRemote(path: string, reason: string): WorkbenchError {
  return new WorkbenchError('store-remote', `The store ${path} cannot be used from here: ${reason}.`, {
    remedy: 'Name a folder on a local disk of this machine: `store:` in workbench.yaml, or --store.',
    place: { path },
  });
}
