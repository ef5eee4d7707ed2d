import type { Files } from '../engine/ports/files.ts';

/** Whether a path lies in a folder, at any depth. From another drive, the way stays absolute. */
export function isBelow(files: Pick<Files, 'relative'>, folder: string, path: string): boolean {
  const relative = files.relative(folder, path);
  return relative !== '' && relative !== '.' && !/^(\.\.(\/|$)|\/|[A-Za-z]:)/.test(relative);
}
