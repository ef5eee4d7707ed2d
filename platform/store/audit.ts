import { sealEntry } from '../../engine/audit/entry.ts';
import type { Kept } from '../../engine/audit/kept.ts';
import { auditOrigin, type AuditHead, type AuditLine } from '../../engine/ports/ledger.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import type { AuditEntry } from '../../schemas/generated/messages.ts';
import { createDigest } from '../host/digest.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';

const digest = createDigest();

/** SHA-256 of a text in UTF-8, hex. */
export function sha256(text: string): string {
  return digest.sha256(text);
}

/** What is to be written down: who did what to what. `payload` becomes canonical JSON. */
export interface AuditNote {
  /** E-mail address. */
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly payload: unknown;
  /** What of it stays when the payload is erased. */
  readonly kept?: Kept;
}

/**
 * Adds an entry to the audit log. Must run inside the write transaction of what it records. `payload` is the note's in canonical JSON, for whoever has
 * that already.
 */
export function appendAudit(
  context: StoreContext,
  note: AuditNote,
  payload: string = canonicalJson(note.payload),
): AuditEntry {
  const { driver } = context;
  const { actor, action, subject } = note;
  const head = readAuditHead(context) ?? auditOrigin;
  const kept = note.kept === undefined ? undefined : canonicalJson(note.kept);
  const event = { at: context.now(), actor, action, subject, payload, ...(kept === undefined ? {} : { kept }) };
  const entry = sealEntry(event, head, sha256);
  driver.run('INSERT OR IGNORE INTO audit_payloads (digest, payload) VALUES (?, ?)', entry.payloadDigest, payload);
  driver.run(
    `INSERT INTO audit_log (sequence, at, actor, action, subject, payload_digest, previous, hash, kept)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[entry.sequence, entry.at, entry.actor, entry.action, entry.subject],
    ...[entry.payloadDigest, entry.previous, entry.hash, kept ?? null],
  );
  return entry;
}

/** The log from the entry after `after` on, in order. */
export function readAudit(context: StoreContext, after: number, limit: number): AuditLine[] {
  const rows = context.driver.all(
    `SELECT audit_log.*, payload FROM audit_log LEFT JOIN audit_payloads ON digest = payload_digest
      WHERE sequence > ? ORDER BY sequence LIMIT ?`,
    after,
    limit,
  );
  return rows.map(row => ({
    entry: toEntry(row),
    payload: row['payload'] === null ? undefined : String(row['payload']),
    ...(row['kept'] === null ? {} : { kept: String(row['kept']) }),
  }));
}

/** The newest entry; absent while there is none. */
export function readAuditHead(context: StoreContext): AuditHead | undefined {
  const last = context.driver.get('SELECT sequence, hash FROM audit_log ORDER BY sequence DESC LIMIT 1');
  return last === undefined ? undefined : { sequence: Number(last['sequence']), hash: String(last['hash']) };
}

function toEntry(row: Row): AuditEntry {
  return {
    sequence: Number(row['sequence']),
    at: Number(row['at']),
    actor: String(row['actor']),
    action: String(row['action']),
    subject: String(row['subject']),
    payloadDigest: String(row['payload_digest']),
    // Told from what is kept, so that the entry's own hash tells where that was changed or taken away.
    ...(row['kept'] === null ? {} : { keptDigest: sha256(String(row['kept'])) }),
    previous: String(row['previous']),
    hash: String(row['hash']),
  };
}
