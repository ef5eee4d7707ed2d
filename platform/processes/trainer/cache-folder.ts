import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

/** The user's folder for what can be made again: `$XDG_CACHE_HOME`, `~/.cache`, `~/Library/Caches` or `%LOCALAPPDATA%`, and `aiwb` in it. */
export function userCacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const given = process.platform === 'win32' ? environment['LOCALAPPDATA'] : environment['XDG_CACHE_HOME'];
  // The rule for XDG: what is not absolute is ignored.
  if (given !== undefined && path.isAbsolute(given)) return path.join(given, 'aiwb');
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches', 'aiwb');
  return path.join(os.homedir(), '.cache', 'aiwb');
}
