import type { RunPorts } from './ports.ts';

/** Absolute path of the folder for jobs in a store's folder. */
export function scratchOf(storePath: string, files: Pick<RunPorts['files'], 'resolve'>): string {
  return files.resolve(storePath, 'tuning');
}
