import { WorkbenchError } from '../../engine/base/errors.ts';

/** Turns a failed read of `path` into an error a user can act on. `code` of Node decides, never the message. */
export function describeReadFailure(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const details = { place: { path }, cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const remedy = 'Check the path; relative paths start from the folder of the file that names them.';
    return new WorkbenchError('file-not-found', `There is no file ${path}.`, { ...details, remedy });
  }
  if (code === 'EISDIR') {
    const remedy = 'Name a file inside it.';
    return new WorkbenchError('file-unreadable', `${path} is a folder, not a file.`, { ...details, remedy });
  }
  const remedy = isDenied(code) ? 'Give your user permission to read it.' : 'Check the disk or the network mount.';
  return new WorkbenchError('file-unreadable', `${path} cannot be read (${reason(code)}).`, { ...details, remedy });
}

/** Turns a failed write of `path` into an error a user can act on. */
export function describeWriteFailure(error: unknown, path: string): unknown {
  const code = systemCode(error);
  if (code === undefined) return error;
  const details = { place: { path }, cause: error };
  if (isFull(code)) {
    const remedy = 'Free some space (`aiwb store gc` shrinks the store) and try again.';
    return new WorkbenchError('store-full', `The disk is full: ${path} was not written.`, { ...details, remedy });
  }
  const message = `${path} cannot be written (${reason(code)}).`;
  return new WorkbenchError('file-unwritable', message, { ...details, remedy: writeRemedy(code) });
}

/** The error code of the operating system, such as ENOENT; absent for any other error. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return undefined;
  return /^E[A-Z0-9]+$/.test(error.code) ? error.code : undefined;
}

/** Whether the code says that the disk or the user's quota is full. */
export function isFull(code: string | undefined): boolean {
  return code === 'ENOSPC' || code === 'EDQUOT';
}

function isDenied(code: string): boolean {
  return code === 'EACCES' || code === 'EPERM';
}

function writeRemedy(code: string): string {
  if (code === 'EROFS') return 'The disk is mounted read-only: choose a place that can be written.';
  if (code === 'EISDIR') return 'A folder has that name: choose another.';
  if (isDenied(code)) return 'Give your user permission to write there, or choose another place.';
  return 'Choose another place.';
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EROFS: 'read-only disk',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is a file',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  EIO: 'input/output error',
};

function reason(code: string): string {
  return reasons[code] ?? code;
}
