import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { BackupFacts } from '../../engine/ports/store.ts';
import { describeWriteFailure, systemCode } from '../files/failures.ts';
import { createDigest } from '../host/digest.ts';
import { listUsedBlobs } from './blob-files.ts';
import { locateBlob, unfinishedEnding } from './blobs.ts';
import type { StoreContext } from './context.ts';
import { openDriver } from './driver.ts';

/**
 * Writes a consistent, compact copy of the database, and of the blobs it refers to into `TARGET.blobs`; writers go on meanwhile.
 * The copy of the database appears last, complete or not at all.
 */
export function backup(context: StoreContext, target: string): BackupFacts {
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    closeSync(openSync(temporary, 'w'));
  } catch (error) {
    throw describeWriteFailure(error, target);
  }
  try {
    context.driver.run('VACUUM INTO ?', temporary);
    const facts = copyBlobs(context.folder, temporary, `${target}.blobs`);
    syncFile(temporary);
    renameSync(temporary, target);
    return facts;
  } catch (error) {
    rmSync(temporary, { force: true });
    throw describeWriteFailure(error, target);
  }
}

/** Copies what the copied database refers to: what was added since is not in it, and what was dropped since still is. */
function copyBlobs(folder: string, database: string, target: string): BackupFacts {
  const unavailable: string[] = [];
  let [blobs, bytes] = [0, 0];
  for (const digest of readUsedBlobs(database)) {
    const content = readBlob(folder, digest);
    if (content === undefined) {
      unavailable.push(digest);
      continue;
    }
    blobs += 1;
    bytes += content.byteLength;
    writeCopy(path.join(target, digest.slice(0, 2), digest), content);
  }
  return { ...(blobs === 0 ? {} : { folder: target }), blobs, bytes, unavailable };
}

function readUsedBlobs(database: string): string[] {
  const driver = openDriver(database, { readOnly: true });
  try {
    return listUsedBlobs(driver);
  } finally {
    driver.close();
  }
}

/** A blob's content; nothing when it is missing or no longer what it was. */
function readBlob(folder: string, digest: string): Uint8Array | undefined {
  try {
    const content = readFileSync(locateBlob(folder, digest));
    return createDigest().sha256(content) === digest ? content : undefined;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return undefined;
  }
}

/** A copy that is there was made whole by an earlier backup, and content of one digest never changes. */
function writeCopy(file: string, content: Uint8Array): void {
  if (existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}${unfinishedEnding}`;
  writeFileSync(temporary, content);
  syncFile(temporary);
  renameSync(temporary, file);
}

function syncFile(file: string): void {
  const handle = openSync(file, 'r+');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
