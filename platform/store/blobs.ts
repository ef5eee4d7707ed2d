import { createHash, randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, link, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { BlobFacts, Blobs } from '../../engine/ports/blobs.ts';
import { describeReadFailure, describeWriteFailure, systemCode } from '../files/failures.ts';
import { createDigest } from '../host/digest.ts';
import { storeUnwritable } from './failures.ts';

/** The folder of a store's blobs, inside the store's own. */
export const blobFolderName = 'blobs';
/** Ending of a file that is still being written, or whose writer was killed. */
export const unfinishedEnding = '.tmp';

const digestForm = /^[0-9a-f]{64}$/;

/** Content in files named by its SHA-256, such as `blobs/ab/ab12…`. */
export function createBlobs(folder: string, readOnly: boolean): Blobs {
  const { sha256 } = createDigest();
  return {
    async put(content) {
      if (readOnly) throw storeUnwritable(folder, 'it was opened for reading only');
      const digest = sha256(content);
      await writeBlob(locateBlob(folder, digest), content);
      return { digest, bytes: content.byteLength };
    },
    async read(digest) {
      const file = locateBlob(folder, digest);
      const content = await readBlob(file, digest);
      if (sha256(content) !== digest) throw tampered(file, digest);
      return content;
    },
    async has(digest) {
      if (!isDigest(digest)) return false;
      const found = await stat(locateBlob(folder, digest)).catch((error: unknown) => {
        if (systemCode(error) === 'ENOENT') return undefined;
        throw describeReadFailure(error, locateBlob(folder, digest));
      });
      return found?.isFile() ?? false;
    },
    async adopt(file, digest, ours) {
      if (readOnly) throw storeUnwritable(folder, 'it was opened for reading only');
      return adoptFile(file, locateBlob(folder, digest), digest, ours);
    },
    locate: digest => locateBlob(folder, digest),
  };
}

/** Whether a text can name a blob. Digests come out of files, and must not lead out of the folder. */
export function isDigest(text: string): boolean {
  return digestForm.test(text);
}

export function locateBlob(folder: string, digest: string): string {
  if (!isDigest(digest)) {
    const message = `${JSON.stringify(digest.slice(0, 80))} is no SHA-256 digest, so no content can lie under it.`;
    throw new WorkbenchError('blob-missing', message, { remedy: 'Check where the digest comes from.' });
  }
  return path.join(folder, blobFolderName, digest.slice(0, 2), digest);
}

/**
 * Writes beside the target, makes it durable, then renames: a crash leaves it whole or not at all. Content that is there is
 * written anew, which repairs it where it was damaged and keeps it from a garbage collection that thinks it old.
 */
async function writeBlob(file: string, content: Uint8Array): Promise<void> {
  const temporary = `${file}.${randomUUID().slice(0, 8)}${unfinishedEnding}`;
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(temporary, 'wx');
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    await syncFolder(path.dirname(file));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw describeWriteFailure(error, file);
  }
}

/** A file of somebody else's is copied beside the target first, so that what is hashed is what is kept, whoever still writes into it. */
async function adoptFile(file: string, target: string, digest: string, ours: boolean): Promise<BlobFacts> {
  const temporary = `${target}.${randomUUID().slice(0, 8)}${unfinishedEnding}`;
  try {
    await mkdir(path.dirname(target), { recursive: true });
    const copy = (): Promise<void> => copyFile(file, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    // Some file systems have no second names, and none has them across disks.
    await (ours ? link(file, temporary).catch(copy) : copy());
    const handle = await open(temporary, 'r+');
    const hash = createHash('sha256');
    let bytes = 0;
    try {
      for await (const chunk of handle.createReadStream({ autoClose: false, start: 0 })) {
        hash.update(chunk as Uint8Array);
        bytes += (chunk as Uint8Array).byteLength;
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (hash.digest('hex') !== digest) throw tampered(file, digest);
    // It keeps the time at which it was written: a garbage collection must not think it old.
    const now = new Date();
    await utimes(temporary, now, now);
    await rename(temporary, target);
    // Where both were names of the same file already, renaming does nothing.
    await rm(temporary, { force: true });
    await syncFolder(path.dirname(target));
    return { digest, bytes };
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    if (error instanceof WorkbenchError) throw error;
    throw describeWriteFailure(error, target);
  }
}

/** Makes the new name durable too. Windows opens no folders, and writes their entries itself. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readBlob(file: string, digest: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw describeReadFailure(error, file);
    const message = `The content sha256:${digest} is not in the store: ${file} is missing.`;
    const remedy = 'Restore it from a backup of the store, or run again what made it.';
    throw new WorkbenchError('blob-missing', message, { remedy, place: { path: file }, cause: error });
  }
}

function tampered(file: string, digest: string): WorkbenchError {
  const message = `${file} no longer is what was stored: its content does not have the digest sha256:${digest}.`;
  const remedy = 'Restore it from a backup of the store, or run again what made it.';
  return new WorkbenchError('record-tampered', message, { remedy, place: { path: file } });
}
