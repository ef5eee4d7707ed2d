import { sealEntry } from '../../engine/audit/entry.ts';
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
  const entry = sealEntry({ at: context.now(), actor, action, subject, payload }, head, sha256);
  driver.run('INSERT OR IGNORE INTO audit_payloads (digest, payload) VALUES (?, ?)', entry.payloadDigest, payload);
  driver.run(
    `INSERT INTO audit_log (sequence, at, actor, action, subject, payload_digest, previous, hash)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[entry.sequence, entry.at, entry.actor, entry.action, entry.subject],
    ...[entry.payloadDigest, entry.previous, entry.hash],
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
    previous: String(row['previous']),
    hash: String(row['hash']),
  };
}
