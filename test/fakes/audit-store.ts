import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { sealEntry } from '../../engine/audit/entry.ts';
import { auditOrigin, type AuditHead } from '../../engine/ports/ledger.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { databaseName } from '../../platform/store/names.ts';

type Row = Readonly<Record<string, string | number | null>>;

/** Hands that do to a store's audit log what somebody with an editor for databases could, and older workbenches did. */
export interface AuditStore {
  /** Every entry's row in `audit_log`, in order. */
  rows(): readonly Row[];
  /** Erases what these entries record; what they share with others goes with it. */
  erase(...sequences: readonly number[]): void;
  /** Puts back what was erased. */
  restore(): void;
  /** Writes what an entry keeps anew, and nothing else. */
  setKept(sequence: number, kept: string | null): void;
  /** Writes the whole log anew, each entry keeping what it is told to: a chain in which nothing is broken. */
  seal(keep: (row: Row) => string | null): void;
}

export function openAuditStore(folder: string): AuditStore {
  const erased = new Map<string, string>();
  const withDatabase = <Result>(work: (database: DatabaseSync) => Result): Result => {
    const database = new DatabaseSync(path.join(folder, '.aiwb', databaseName));
    try {
      database.exec('PRAGMA foreign_keys = OFF; DROP TRIGGER IF EXISTS audit_log_never_changes');
      return work(database);
    } finally {
      database.close();
    }
  };
  const rows = (database: DatabaseSync): Row[] =>
    database
      .prepare('SELECT * FROM audit_log LEFT JOIN audit_payloads ON digest = payload_digest ORDER BY sequence')
      .all() as Row[];
  return {
    rows: () => withDatabase(rows),
    erase: (...sequences) =>
      withDatabase(database => {
        for (const row of rows(database)) {
          if (!sequences.includes(Number(row['sequence'])) || row['payload'] === null) continue;
          erased.set(String(row['digest']), String(row['payload']));
          database.prepare('DELETE FROM audit_payloads WHERE digest = ?').run(String(row['digest']));
        }
      }),
    restore: () =>
      withDatabase(database => {
        const put = database.prepare('INSERT OR IGNORE INTO audit_payloads (digest, payload) VALUES (?, ?)');
        for (const [digest, payload] of erased) put.run(digest, payload);
        erased.clear();
      }),
    setKept: (sequence, kept) =>
      withDatabase(database => {
        database.prepare('UPDATE audit_log SET kept = ? WHERE sequence = ?').run(kept, sequence);
      }),
    seal: keep =>
      withDatabase(database => {
        const { sha256 } = createDigest();
        const write = database.prepare('UPDATE audit_log SET kept = ?, previous = ?, hash = ? WHERE sequence = ?');
        let head: AuditHead = auditOrigin;
        for (const row of rows(database)) {
          const [actor, action, subject] = [row['actor'], row['action'], row['subject']].map(String);
          const kept = keep(row);
          const event = { at: Number(row['at']), actor, action, subject, payload: String(row['payload']) };
          const entry = sealEntry(
            { ...event, ...(kept === null ? {} : { kept }) } as Parameters<typeof sealEntry>[0],
            head,
            sha256,
          );
          write.run(kept, entry.previous, entry.hash, entry.sequence);
          head = entry;
        }
      }),
  };
}
