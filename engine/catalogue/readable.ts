import { WorkbenchError } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';

/** What lies at a dataset's path. Throws for nothing, and for pipes and devices, which would be waited for without end. */
export async function requireReadable(files: Files, path: string): Promise<'file' | 'folder'> {
  const kind = (await files.facts(path))?.kind;
  if (kind === 'file' || kind === 'folder') return kind;
  if (kind === 'other') {
    throw new WorkbenchError('file-unreadable', `${path} is neither a file nor a folder.`, {
      remedy: 'Name a file or a folder with the rows.',
      place: { path },
    });
  }
  throw new WorkbenchError('file-not-found', `There is no file ${path}.`, {
    remedy: 'Correct the path, or bring the file back.',
    place: { path },
  });
}
