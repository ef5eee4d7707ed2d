import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { StoreFacts } from '../../engine/ports/store.ts';
import { describeWriteFailure } from '../files/failures.ts';
import { isHeld, type StoreContext } from './context.ts';
import { sampleRange } from './samples.ts';

export function readFacts(context: StoreContext): StoreFacts {
  const one = (sql: string): unknown => Object.values(context.driver.get(sql) ?? {})[0];
  return context.driver.read(() => ({
    path: context.folder,
    schemaVersion: Number(one('PRAGMA user_version')),
    sqlite: String(one('SELECT sqlite_version()')),
    journalMode: String(one('PRAGMA journal_mode')),
    bytes: measureBytes(context),
    runs: Number(one('SELECT count(*) FROM runs')),
    samples: Number(one('SELECT count(*) FROM samples')),
    unreferencedRows: Number(
      one('SELECT count(*) FROM contents WHERE key NOT IN (SELECT content FROM samples INDEXED BY samples_key)'),
    ),
  }));
}

/**
 * Deletes archived runs that ended before `before` with their logs, then contents nobody refers to, then compacts.
 * Compacting holds the write lock throughout, so it is left for another time while a run is active.
 */
export function collectGarbage(
  context: StoreContext,
  before: number,
): { readonly runs: number; readonly bytes: number } {
  const sizeBefore = measureBytes(context);
  const { runs, logs } = context.write(() => deleteOldRuns(context, before));
  for (const log of logs) deleteLog(context, log);
  const active = context.driver
    .all('SELECT * FROM runs WHERE lease_until IS NOT NULL')
    .some(run => isHeld(run, context));
  if (!active) {
    context.driver.exec('VACUUM');
    context.writes.count++;
    if (readJournalMode(context) === 'wal') context.driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }
  return { runs, bytes: Math.max(0, sizeBefore - measureBytes(context)) };
}

function deleteOldRuns(context: StoreContext, before: number): { readonly runs: number; readonly logs: string[] } {
  const { driver } = context;
  const archived = driver.all('SELECT * FROM runs WHERE archived = 1 AND coalesce(ended_at, created_at) < ?', before);
  const old = archived.filter(run => !isHeld(run, context));
  for (const run of old) {
    const key = Number(run['key']);
    const { from, until } = sampleRange(key);
    driver.run('DELETE FROM samples WHERE id >= ? AND id < ?', from, until);
    driver.run('DELETE FROM runs WHERE key = ?', key);
  }
  const contents = driver.run(
    'DELETE FROM contents WHERE key NOT IN (SELECT content FROM samples INDEXED BY samples_key)',
  );
  if (contents > 0) {
    driver.run('DELETE FROM content_heads WHERE content NOT IN (SELECT key FROM contents)');
    driver.run(
      'UPDATE store_state SET cleanings = cleanings + 1, indexed = min(indexed, (SELECT coalesce(max(key), 0) FROM contents))',
    );
  }
  return { runs: old.length, logs: old.flatMap(run => (run['log_path'] === null ? [] : [String(run['log_path'])])) };
}

/** Only logs inside the store's own folder are ours to delete. */
function deleteLog(context: StoreContext, log: string): void {
  const inside = path.relative(path.join(context.folder, 'logs'), log);
  if (inside === '' || inside.startsWith('..') || path.isAbsolute(inside)) return;
  rmSync(log, { force: true });
  rmSync(`${log}.1`, { force: true });
}

/** Writes a consistent, compact copy; writers go on meanwhile. The target appears complete or not at all. */
export function backup(context: StoreContext, target: string): void {
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    mkdirSync(path.dirname(target), { recursive: true });
    closeSync(openSync(temporary, 'w'));
  } catch (error) {
    throw describeWriteFailure(error, target);
  }
  try {
    context.driver.run('VACUUM INTO ?', temporary);
    const file = openSync(temporary, 'r+');
    fsyncSync(file);
    closeSync(file);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw describeWriteFailure(error, target);
  }
}

function readJournalMode(context: StoreContext): unknown {
  return context.driver.get('PRAGMA journal_mode')?.['journal_mode'];
}

function measureBytes(context: StoreContext): number {
  return ['', '-wal'].reduce((sum, ending) => {
    return sum + (statSync(context.driver.path + ending, { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
}
