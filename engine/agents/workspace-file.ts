import { WorkbenchError } from '../base/errors.ts';
import type { AgentDesk } from './desk.ts';

/** A file that an agent named. */
export interface NamedFile {
  /** Absolute path. */
  readonly path: string;
  /** The same relative to the workspace folder. */
  readonly file: string;
}

/** The file of the workspace that an agent names; links out of the folder count as outside. Throws `usage`. */
export async function fileNamed(
  name: string,
  { files, folder }: Pick<AgentDesk, 'files' | 'folder'>,
): Promise<NamedFile> {
  if (name.includes('\0')) throw outside(name);
  const path = files.resolve(folder, name);
  const file = files.relative(folder, path);
  const real = await files.realPath(path);
  const realFolder = (await files.realPath(folder)) ?? folder;
  if (leavesFolder(file) || (real !== undefined && leavesFolder(files.relative(realFolder, real)))) throw outside(name);
  return { path, file };
}

function leavesFolder(relative: string): boolean {
  return relative === '' || relative === '..' || /^(\.\.[\\/]|[\\/]|[A-Za-z]:)/.test(relative);
}

function outside(name: string): WorkbenchError {
  return new WorkbenchError('usage', `${JSON.stringify(name.slice(0, 300))} is no file in the workspace folder.`, {
    remedy: 'Name a file by its path relative to the workspace folder; aiwb_list shows what is there.',
  });
}
