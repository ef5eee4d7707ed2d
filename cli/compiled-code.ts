import { lstatSync, mkdirSync, realpathSync, rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { userCacheFolder } from '../platform/processes/trainer/cache-folder.ts';

/** What stays after a new version was installed is gone within this time. */
const longestKept = 30 * 24 * 3_600_000;

/**
 * Lets Node keep the compiled code of modules that are loaded from here on, so that later starts need not compile them. It lies in the user's
 * own cache folder: Node runs what it finds there, so nobody else may write to it. Where there is no such folder, nothing is kept, and
 * nothing is said: it only saves time. `NODE_COMPILE_CACHE` names another folder, `NODE_DISABLE_COMPILE_CACHE` turns it off, as everywhere.
 */
export function keepCompiledCode(environment: Readonly<Record<string, string | undefined>>): void {
  if (environment['NODE_COMPILE_CACHE'] !== undefined || environment['NODE_DISABLE_COMPILE_CACHE'] !== undefined)
    return;
  // Coverage is coarser for code that was not compiled here; what Electron makes of Node's cache is its own affair.
  if (environment['NODE_V8_COVERAGE'] !== undefined || process.versions['electron'] !== undefined) return;
  try {
    const folder = path.join(userCacheFolder(environment), 'compiled');
    make(folder);
    if (!isPrivate(folder)) return;
    if (Date.now() - lstatSync(folder).mtimeMs > longestKept) {
      rmSync(folder, { recursive: true, force: true });
      make(folder);
    }
    enableCompileCache(folder);
  } catch {
    // No home, a disk that is full or cannot be written to.
  }
}

function make(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

/** Whether only this user (and the system's own) can put files into `folder`, or another folder in its place. */
function isPrivate(folder: string): boolean {
  const user = process.getuid?.();
  // Windows: a user's local application data is closed to others.
  if (user === undefined) return true;
  if (lstatSync(folder).uid !== user) return false;
  const real = realpathSync(folder);
  for (let place = real; ; place = path.dirname(place)) {
    const { uid, mode } = lstatSync(place);
    const isOwn = uid === user || uid === 0;
    // In a sticky folder, such as /tmp, nobody moves what belongs to somebody else; others may well write files.
    const isOpen = (mode & 0o022) !== 0 && (place === real || (mode & 0o1000) === 0);
    if (!isOwn || isOpen) return false;
    if (place === path.dirname(place)) return true;
  }
}
