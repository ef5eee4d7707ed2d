import { rmSync, statSync } from 'node:fs';
import path from 'node:path';
import type { CollectedGarbage, StoreFacts } from '../../engine/ports/store.ts';
import { dropOldAnswers } from './answers.ts';
import { measureBlobs, removeUnusedBlobs } from './blob-files.ts';
import { isHeld, type StoreContext } from './context.ts';
import { sampleRange } from './samples.ts';
import { removeUnusedScratch } from './scratch.ts';

export function readFacts(context: StoreContext): StoreFacts {
  const one = (sql: string): unknown => Object.values(context.driver.get(sql) ?? {})[0];
  return context.driver.read(() => ({
    path: context.folder,
    schemaVersion: Number(one('PRAGMA user_version')),
    sqlite: String(one('SELECT sqlite_version()')),
    journalMode: String(one('PRAGMA journal_mode')),
    bytes: measureBytes(context),
    blobBytes: measureBlobs(context.folder),
    runs: Number(one('SELECT count(*) FROM runs')),
    samples: Number(one('SELECT count(*) FROM samples')),
    models: Number(one('SELECT count(*) FROM registered_models')),
    versions: Number(one('SELECT count(*) FROM model_versions')),
    records: Number(one('SELECT count(*) FROM ledger')),
    unreferencedRows: Number(
      one('SELECT count(*) FROM contents WHERE key NOT IN (SELECT content FROM samples INDEXED BY samples_key)'),
    ),
  }));
}

/**
 * Deletes archived runs that ended before `before` with their logs, answers kept before it, then contents and blobs nobody refers to,
 * and what trainers have left of runs that cannot go on, then compacts.
 * Runs that a registered version came out of, or that a figure or finding rests on, are kept however old they are.
 * Compacting holds the write lock throughout, so it is left for another time while a run is active.
 */
export function collectGarbage(context: StoreContext, before: number): CollectedGarbage {
  const sizeBefore = measureBytes(context);
  const { runs, logs, answers } = context.write(() => ({
    ...deleteOldRuns(context, before),
    answers: dropOldAnswers(context, before),
  }));
  for (const log of logs) deleteLog(context, log);
  removeUnusedBlobs(context);
  removeUnusedScratch(context);
  const active = context.driver
    .all('SELECT * FROM runs WHERE lease_until IS NOT NULL')
    .some(run => isHeld(run, context));
  if (!active) {
    context.driver.exec('VACUUM');
    context.writes.count++;
    if (readJournalMode(context) === 'wal') context.driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }
  return { runs, answers, bytes: Math.max(0, sizeBefore - measureBytes(context)) };
}

function deleteOldRuns(context: StoreContext, before: number): { readonly runs: number; readonly logs: string[] } {
  const { driver } = context;
  const archived = driver.all('SELECT * FROM runs WHERE archived = 1 AND coalesce(ended_at, created_at) < ?', before);
  const named = archived.length === 0 ? new Set() : listNamedRuns(context);
  const old = archived.filter(run => !isHeld(run, context) && !named.has(run['id']));
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

/** Ids of runs that are lineage of a registered version, source of its figures, or evidence in the ledger. */
function listNamedRuns(context: StoreContext): Set<unknown> {
  const rows = context.driver.all(
    `SELECT run_id AS id FROM model_versions WHERE run_id IS NOT NULL
      UNION SELECT json_extract(content, '$.runId') FROM artifacts
      UNION SELECT atom FROM ledger JOIN audit_log USING (sequence)
        JOIN audit_payloads ON audit_payloads.digest = payload_digest, json_tree(payload)
        WHERE json_tree.key = 'runId'`,
  );
  return new Set(rows.map(row => row['id']));
}

/** Only logs inside the store's own folder are ours to delete. */
function deleteLog(context: StoreContext, log: string): void {
  const inside = path.relative(path.join(context.folder, 'logs'), log);
  if (inside === '' || inside.startsWith('..') || path.isAbsolute(inside)) return;
  rmSync(log, { force: true });
  rmSync(`${log}.1`, { force: true });
}

function readJournalMode(context: StoreContext): unknown {
  return context.driver.get('PRAGMA journal_mode')?.['journal_mode'];
}

function measureBytes(context: StoreContext): number {
  const database = ['', '-wal'].reduce((sum, ending) => {
    return sum + (statSync(context.driver.path + ending, { throwIfNoEntry: false })?.size ?? 0);
  }, 0);
  return database + measureBlobs(context.folder);
}
