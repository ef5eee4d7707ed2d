import { keepRecord, readKept } from '../../engine/audit/kept.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { LedgerFilter, LedgerKind, LedgerRecord, NewLedgerRecord } from '../../engine/ports/ledger.ts';
import type { RegistryChange } from '../../engine/ports/registry.ts';
import { canonicalJson, canonicalJsonWith } from '../../schemas/canonical.ts';
import { applyChanges } from './aliases.ts';
import { appendAudit, sha256 } from './audit.ts';
import type { StoreContext } from './context.ts';
import type { Row } from './driver.ts';
import { indexRecorded } from './local-index.ts';

/** What the audit log calls the making of each record. */
const actions: Readonly<Record<LedgerKind, string>> = {
  assessment: 'assessment.recorded',
  attestation: 'control.attested',
  waiver: 'waiver.requested',
  'waiver-approval': 'waiver.approved',
  'approval-request': 'approval.requested',
  approval: 'version.approved',
  baseline: 'baseline.locked',
  promotion: 'version.promoted',
  demotion: 'version.demoted',
  revocation: 'version.revoked',
  'source-document': 'document.added',
  'document-answer': 'document.answered',
  'document-review': 'answer.reviewed',
  scan: 'scan.added',
  seal: 'policies.sealed',
  'attestation-withdrawal': 'attestation.withdrawn',
  'waiver-end': 'waiver.ended',
  'policy-approval': 'policy.approved',
};

/** What the audit log seals of a record: all of it, with the changes made along with it. */
interface SealedRecord extends NewLedgerRecord {
  readonly changes?: readonly RegistryChange[];
}

const defaultListLength = 1_000;
const selectSql = `SELECT ledger.*, actor, payload, kept FROM ledger
  JOIN audit_log USING (sequence) LEFT JOIN audit_payloads ON audit_payloads.digest = payload_digest`;
const selectHeadsSql =
  'SELECT ledger.*, actor, NULL AS payload, NULL AS kept FROM ledger JOIN audit_log USING (sequence)';

/** Stores a record, its audit entry and the registry's changes, all or nothing. Returns what it did not have before: a record can be large. */
export function appendRecord(
  context: StoreContext,
  record: NewLedgerRecord,
  changes: readonly RegistryChange[],
): Pick<LedgerRecord, 'sequence' | 'digest'> {
  return context.write(() => {
    checkFree(context, record);
    applyChanges(context, changes);
    const { id, kind, model, version, at, actor, uniqueKey } = record;
    const sealed: SealedRecord = changes.length === 0 ? record : { ...record, changes };
    const subject = model === '' ? id : `${model}@${version}`;
    const payload = canonicalJson(record.payload);
    const digest = sha256(payload);
    const kept = keepRecord(record, digest, changes);
    const note = { actor: actor.email, action: actions[kind], subject, payload: sealed, kept };
    const entry = appendAudit(context, note, canonicalJsonWith(sealed, 'payload', payload));
    context.driver.run(
      'INSERT INTO ledger (sequence, id, kind, model, version, at, digest, unique_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...[entry.sequence, id, kind, model, version, at, digest, uniqueKey ?? null],
    );
    indexRecorded(context, model, version);
    return { sequence: entry.sequence, digest };
  });
}

/** The record with this id, or the only one whose id begins so. Throws `record-not-found`. */
export function getRecord(context: StoreContext, id: string): LedgerRecord {
  const exact = context.driver.get(`${selectSql} WHERE id = ?`, id);
  if (exact !== undefined) return toRecord(exact);
  const sql = `${selectSql} WHERE id >= ?1 AND id < ?1 || char(1114111) LIMIT 2`;
  const [first, second] = id === '' ? [] : context.driver.all(sql, id);
  if (first !== undefined && second === undefined) return toRecord(first);
  const message =
    first === undefined ? `There is no record ${id} in ${context.folder}.` : `Several records begin with ${id}.`;
  const remedy = first === undefined ? 'Check its id (and --store for another store).' : 'Give more of its id.';
  throw new WorkbenchError('record-not-found', message, { remedy });
}

/** Newest first. */
export function listRecords(context: StoreContext, filter: LedgerFilter): LedgerRecord[] {
  const rows = context.driver.all(
    `${filter.headsOnly === true ? selectHeadsSql : selectSql} WHERE (?1 IS NULL OR kind = ?1) AND (?2 IS NULL OR model = ?2) AND (?3 IS NULL OR version = ?3)
      AND (?5 IS NULL OR ledger.sequence <= ?5) ORDER BY ledger.sequence DESC LIMIT ?4`,
    filter.kind ?? null,
    filter.model ?? null,
    filter.version ?? null,
    filter.limit ?? defaultListLength,
    filter.upTo ?? null,
  );
  return rows.map(toRecord);
}

function checkFree(context: StoreContext, { id, kind, uniqueKey }: NewLedgerRecord): void {
  const taken = context.driver.get('SELECT id, at FROM ledger WHERE id = ? OR unique_key = ?', id, uniqueKey ?? null);
  if (taken === undefined) return;
  const what = taken['id'] === id ? `a record ${id}` : `a record (${String(taken['id'])}) for "${uniqueKey ?? ''}"`;
  throw new WorkbenchError('record-exists', `There is ${what} already; this ${kind} was not recorded.`, {
    remedy: 'Records are never replaced: see what is there.',
  });
}

/** Read from what the audit log seals. Of an erased one only its place in the ledger is left; its payload is null. */
function toRecord(row: Row): LedgerRecord {
  const place = { sequence: Number(row['sequence']), digest: String(row['digest']) };
  if (row['payload'] !== null) {
    const { id, kind, model, version, at, actor, payload, uniqueKey, signed } = parseSealed(row);
    const key = uniqueKey === undefined ? {} : { uniqueKey };
    const signature = signed === undefined ? {} : { signed };
    return { id, kind, model, version, at, actor, payload, ...key, ...signature, ...place };
  }
  const takesBack = row['kept'] === null ? undefined : readKept(String(row['kept']))?.record?.takesBack;
  return {
    id: String(row['id']),
    kind: row['kind'] as LedgerKind,
    model: String(row['model']),
    version: String(row['version']),
    at: Number(row['at']),
    actor: { email: String(row['actor']), assurance: 'self-asserted' },
    payload: null,
    ...(row['unique_key'] === null ? {} : { uniqueKey: String(row['unique_key']) }),
    ...(takesBack === undefined ? {} : { takesBack }),
    ...place,
  };
}

function parseSealed(row: Row): SealedRecord {
  try {
    return JSON.parse(String(row['payload'])) as SealedRecord;
  } catch (error) {
    const message = `Record ${String(row['id'])} is no longer what was written: its text is broken.`;
    const remedy = 'Run `aiwb audit verify`, and restore the store from a backup.';
    throw new WorkbenchError('record-tampered', message, { remedy, cause: error });
  }
}
