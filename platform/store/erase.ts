import { erasureAction, nameEntries } from '../../engine/audit/erasure-entry.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Erasure } from '../../engine/ports/ledger.ts';
import type { AuditEntry } from '../../schemas/generated/messages.ts';
import { appendAudit } from './audit.ts';
import type { StoreContext } from './context.ts';

/**
 * Deletes contents from the audit log, overwrites what they took in the file, and adds the entry that says so. The entries themselves, and what they
 * keep, stay. Throws `record-not-found`.
 */
export function eraseContents(context: StoreContext, { entries, reason, actor }: Erasure): AuditEntry {
  const { driver } = context;
  // Else SQLite leaves deleted text in the file until its room is needed.
  driver.exec('PRAGMA secure_delete = ON');
  const entry = context.write(() => {
    const named = JSON.stringify(entries);
    const found = driver.all(
      'SELECT sequence, payload_digest FROM audit_log WHERE sequence IN (SELECT value FROM json_each(?))',
      named,
    );
    const known = new Set(found.map(row => Number(row['sequence'])));
    const missing = entries.find(sequence => !known.has(sequence));
    if (missing !== undefined) {
      throw new WorkbenchError(
        'record-not-found',
        `The audit log in ${context.folder} has no entry ${String(missing)}.`,
        {
          remedy: '`aiwb audit list` shows what there is. Nothing was erased.',
        },
      );
    }
    const digests = JSON.stringify(found.map(row => row['payload_digest']));
    const all = driver.all(
      'SELECT sequence FROM audit_log WHERE payload_digest IN (SELECT value FROM json_each(?)) ORDER BY sequence',
      digests,
    );
    driver.run('DELETE FROM audit_payloads WHERE digest IN (SELECT value FROM json_each(?))', digests);
    const erased = all.map(row => Number(row['sequence']));
    const payload = { entries: erased, reason, actor };
    return appendAudit(context, { actor: actor.email, action: erasureAction, subject: nameEntries(erased), payload });
  });
  // Pages with the text may still lie in the log of writes.
  if (driver.get('PRAGMA journal_mode')?.['journal_mode'] === 'wal') driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  return entry;
}
