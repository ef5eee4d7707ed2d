import path from 'node:path';

/** A path relative to the folder as an absolute one; absent when it leads out of the folder or is absolute itself. */
export function resolveInside(folder: string, relativePath: string): string | undefined {
  const file = path.resolve(folder, relativePath);
  const back = path.relative(folder, file);
  return back === '' || back.split(path.sep)[0] === '..' || path.isAbsolute(back) ? undefined : file;
}
