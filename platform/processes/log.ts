import { mkdir, open, rename, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { systemCode } from '../files/failures.ts';

/** Bytes after which a log makes room for the next one. */
const largestLog = 5 * 1024 * 1024;

/** Opens a log to append to, creating its folder. One that has grown large is kept as `<path>.1`, in place of the last such. */
export async function openLog(file: string, largest = largestLog): Promise<FileHandle> {
  await mkdir(path.dirname(file), { recursive: true });
  const size = await stat(file).then(
    found => found.size,
    () => 0,
  );
  if (size >= largest) await rename(file, `${file}.1`);
  return open(file, 'a');
}

/** The last `limit` bytes of a log, from the start of a line; empty when there is no log. */
export async function readLog(file: string, limit: number): Promise<string> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
  try {
    const { size } = await handle.stat();
    const start = Math.max(0, size - limit);
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - start), 0, size - start, start);
    const bytes = buffer.subarray(0, bytesRead);
    return bytes.subarray(start === 0 ? 0 : bytes.indexOf(10) + 1).toString('utf8');
  } finally {
    await handle.close();
  }
}
