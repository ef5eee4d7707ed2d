import { randomUUID } from 'node:crypto';
import { createReadStream, type Dirent } from 'node:fs';
import { mkdir, open, readdir, readFile, realpath, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { FileFacts, Files } from '../../engine/ports/files.ts';
import { describeReadFailure, describeWriteFailure, systemCode } from './failures.ts';

const defaultLimit = 16 * 1024 * 1024;
const chunkBytes = 256 * 1024;
const mostFound = 2_000;

/** Files of the local disk. */
export function createFiles(): Files {
  return {
    readText,
    stream,
    streamGzip,
    readRange,
    realPath,
    facts,
    find,
    writeText: replaceFile,
    writePieces: replaceFile,
    resolve: (base, relative) => path.resolve(base, relative),
    relative: (base, target) => path.relative(base, target).split(path.sep).join('/'),
    parent: target => path.dirname(target),
  };
}

async function readText(file: string, signal: AbortSignal, limit = defaultLimit): Promise<string> {
  signal.throwIfAborted();
  try {
    const { size } = await stat(file);
    if (size > limit) throw tooLarge(file, size, limit);
    const bytes = await readFile(file, { signal });
    if (bytes.byteLength > limit) throw tooLarge(file, bytes.byteLength, limit);
    return new TextDecoder().decode(bytes);
  } catch (error) {
    throw describeReadFailure(error, file);
  }
}

async function* stream(file: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: chunkBytes, signal })) {
      yield chunk as Uint8Array;
    }
  } catch (error) {
    throw describeReadFailure(error, file);
  }
}

async function* streamGzip(file: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const inflated = createGunzip({ chunkSize: chunkBytes });
  // A failure of either end reaches the loop below as the inflated stream's error.
  pipeline(createReadStream(file, { highWaterMark: chunkBytes, signal }), inflated, () => undefined);
  try {
    for await (const chunk of inflated) {
      yield chunk as Uint8Array;
      // A small file is read before the first of what it holds comes out.
      signal.throwIfAborted();
    }
  } catch (error) {
    if (isZlibError(error)) throw noGzip(file, error);
    throw describeReadFailure(error, file);
  } finally {
    inflated.destroy();
  }
}

async function readRange(
  file: string,
  start: number,
  end: number,
  signal: AbortSignal,
): Promise<Uint8Array<ArrayBuffer>> {
  signal.throwIfAborted();
  try {
    const handle = await open(file, 'r');
    try {
      const bytes = new Uint8Array(Math.max(0, end - start));
      let filled = 0;
      while (filled < bytes.byteLength) {
        const { bytesRead } = await handle.read(bytes, filled, bytes.byteLength - filled, start + filled);
        signal.throwIfAborted();
        if (bytesRead === 0) return bytes.slice(0, filled);
        filled += bytesRead;
      }
      return bytes;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw describeReadFailure(error, file);
  }
}

async function realPath(file: string): Promise<string | undefined> {
  if (file.includes('\0')) return undefined;
  try {
    return await realpath(file);
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw describeReadFailure(error, file);
  }
}

async function facts(file: string): Promise<FileFacts | undefined> {
  // No file has such a name; Node would throw.
  if (file.includes('\0')) return undefined;
  try {
    const found = await stat(file);
    const kind = found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
    return { kind, size: found.size, modified: found.mtimeMs };
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw describeReadFailure(error, file);
  }
}

async function find(
  folder: string,
  endings: readonly string[],
  signal: AbortSignal,
  limit = mostFound,
): Promise<readonly string[]> {
  const found: string[] = [];
  const visit = async (inside: string): Promise<void> => {
    signal.throwIfAborted();
    for (const entry of await readFolder(inside, folder)) {
      if (found.length >= limit) return;
      const child = path.join(inside, entry.name);
      if (entry.isFile() && endings.some(ending => entry.name.endsWith(ending))) found.push(child);
      else if (entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules') await visit(child);
    }
  };
  await visit(path.resolve(folder));
  signal.throwIfAborted();
  return found.sort();
}

/** A folder's entries by name. One below `start` that cannot be read has nothing to offer: others may be found all the same. */
async function readFolder(folder: string, start: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (folder !== path.resolve(start) && systemCode(error) !== undefined) return [];
    throw describeReadFailure(error, folder);
  }
}

/** Writes beside the target, makes it durable, then renames over it: a crash leaves the old text or the new. */
async function replaceFile(file: string, content: string | AsyncIterable<string | Uint8Array>): Promise<void> {
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const mode = (await stat(file).catch(() => undefined))?.mode;
    const handle = await open(temporary, 'wx', mode ?? 0o666);
    try {
      await handle.writeFile(content, 'utf8');
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw describeWriteFailure(error, file);
  }
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

function noGzip(file: string, cause: unknown): WorkbenchError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new WorkbenchError('file-unreadable', `${file} cannot be unpacked: ${reason}.`, {
    remedy: 'Check that it is a whole gzip file; pack it again.',
    place: { path: file },
    cause,
  });
}

function tooLarge(file: string, size: number, limit: number): WorkbenchError {
  const message = `${file} has ${inMebibytes(size)}; at most ${inMebibytes(limit)} are read here.`;
  return new WorkbenchError('file-too-large', message, { remedy: 'Split the file.', place: { path: file } });
}

function inMebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
