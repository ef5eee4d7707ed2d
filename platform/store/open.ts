import { closeSync, existsSync, mkdirSync, openSync, readSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { systemCode } from '../files/failures.ts';
import { checkOwner, type Self } from './context.ts';
import { openDriver, retryBusy, type Driver } from './driver.ts';
import { storeCorrupt, storeNewer, storeUnwritable } from './failures.ts';
import { checkLocation, type Mount } from './location.ts';
import { applicationId, checkVersion, migrate, schemaVersion } from './schema.ts';
import { databaseName } from './names.ts';

export interface OpenOptions {
  /** The store's folder, such as `.aiwb` beside workbench.yaml. */
  readonly folder: string;
  readonly readOnly: boolean;
  readonly self: Self;
  readonly now: number;
  readonly mounts?: readonly Mount[];
}

const patience = 15_000;

/** Opens the store's database, creating or migrating it; refuses, untouched, one that is newer, damaged or remote. */
export function openDatabase(options: OpenOptions): Driver {
  const { folder, readOnly, self, now } = options;
  const file = path.join(folder, databaseName);
  checkLocation(folder, options.mounts);
  checkHeader(file);
  if (readOnly && !existsSync(file)) throw missing(folder);
  if (!readOnly) layOut(folder);
  const driver = openDriver(file, { readOnly });
  try {
    const version = checkVersion(driver);
    if (version > 0) checkOwner(driver, self, now, folder);
    if (readOnly && version < schemaVersion) throw storeUnwritable(file, 'it must be brought up to date first');
    if (!readOnly) {
      chooseJournal(driver);
      migrate(driver);
    }
    driver.exec('PRAGMA foreign_keys = ON; PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 4000;');
    return driver;
  } catch (error) {
    driver.close();
    throw error;
  }
}

/** The folder with its parts, kept out of version control. */
function layOut(folder: string): void {
  try {
    for (const part of ['', 'logs', 'blobs']) mkdirSync(path.join(folder, part), { recursive: true });
    const ignore = path.join(folder, '.gitignore');
    if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
  } catch (error) {
    const code = systemCode(error);
    throw code === undefined ? error : storeUnwritable(folder, `its folder cannot be made (${code})`, error);
  }
}

/**
 * Write-ahead logging lets readers and one writer work side by side. SQLite before 3.51.3 can lose committed data when a
 * log is reset at the wrong moment, so there the rollback journal is used, with a full sync at every commit. Under the
 * log, synchronous = NORMAL never corrupts; only a power cut can lose the latest commits, never the end of the process.
 */
function chooseJournal(driver: Driver): void {
  const version = String(driver.get('SELECT sqlite_version() AS v')?.['v']);
  const wal = isAtLeast(version, [3, 51, 3]);
  retryBusy(() => driver.exec(`PRAGMA journal_mode = ${wal ? 'WAL' : 'DELETE'}`), driver.path, patience);
  driver.exec(`PRAGMA synchronous = ${wal ? 'NORMAL' : 'FULL'}`);
}

export function isAtLeast(version: string, least: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  for (const [index, wanted] of least.entries()) {
    const part = parts[index] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}

/** Reads the file's own header (https://www.sqlite.org/fileformat.html#the_database_header), so that nothing is touched. */
function checkHeader(file: string): void {
  const header = readHeader(file);
  if (header === undefined) return;
  const magic = header.subarray(0, 16).toString('latin1');
  if (header.length < 100 || magic !== 'SQLite format 3\0') throw storeCorrupt(file);
  if (header.readUInt32BE(68) !== applicationId) {
    // A store whose first transaction still lies in the log has an empty header; SQLite will tell.
    if (header.readUInt32BE(68) !== 0) throw storeCorrupt(file);
    return;
  }
  const version = header.readUInt32BE(60);
  if (version > schemaVersion) throw storeNewer(file, version, schemaVersion);
}

function readHeader(file: string): Buffer | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return undefined;
    throw code === undefined ? error : storeUnwritable(file, `it cannot be read (${code})`, error);
  }
  try {
    const header = Buffer.alloc(100);
    const length = readSync(handle, header, 0, 100, 0);
    return length === 0 ? undefined : header.subarray(0, length);
  } catch (error) {
    throw storeUnwritable(file, `it cannot be read (${systemCode(error) ?? 'unknown'})`, error);
  } finally {
    closeSync(handle);
  }
}

function missing(folder: string): WorkbenchError {
  const remedy = 'Run a benchmark first, or name another store with --store.';
  return new WorkbenchError('file-not-found', `There is no store in ${folder}.`, { remedy, place: { path: folder } });
}
