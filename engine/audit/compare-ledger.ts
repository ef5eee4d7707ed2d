import { ledgerKinds, type Ledger, type LedgerRecord } from '../ports/ledger.ts';
import type { AuditFault } from './fault.ts';
import type { AuditReplay } from './replay.ts';
import type { SealedRecord } from './sealed.ts';

/**
 * Where the ledger finds other records than the log seals. It is asked as governance asks it, by kind, model and version: a record
 * that is found under another version would count for that one.
 */
export async function compareLedger(replay: AuditReplay, ledger: Ledger, signal: AbortSignal): Promise<AuditFault[]> {
  const faults: AuditFault[] = [];
  for (const [subject, sealed] of groupBySubject(replay)) {
    const [model = '', version = ''] = subject.split(' ');
    for (const kind of ledgerKinds) {
      signal.throwIfAborted();
      const expected = sealed.filter(record => record.kind === kind);
      const found = await ledger.list({ kind, model, version, limit: expected.length + 1 });
      faults.push(...compareRecords(`${kind} of ${model}@${version}`, expected, found, replay.unjudged));
    }
  }
  return faults;
}

/** By `MODEL VERSION`; registered versions without a record are looked at too. */
function groupBySubject({ records, versions }: AuditReplay): ReadonlyMap<string, SealedRecord[]> {
  const groups = new Map<string, SealedRecord[]>();
  for (const name of versions.keys()) groups.set(name.replace('@', ' '), []);
  for (const record of records) {
    const key = `${record.model} ${record.version}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [record]);
    else group.push(record);
  }
  return groups;
}

function compareRecords(
  what: string,
  expected: readonly SealedRecord[],
  found: readonly LedgerRecord[],
  unjudged: ReadonlySet<string>,
): AuditFault[] {
  const faults: AuditFault[] = [];
  const sealed = new Map(expected.map(record => [record.id, record]));
  for (const { id, sequence, digest, payload, model } of found) {
    const record = sealed.get(id);
    sealed.delete(id);
    if (record === undefined) {
      const isErased = payload === null && (unjudged.has(model) || unjudged.has(id));
      if (!isErased) faults.push({ sequence, sentence: `No entry seals the ${what} ${id}.` });
    } else if (record.sequence !== sequence || record.digest !== digest) {
      faults.push({ sequence: record.sequence, sentence: `The ${what} ${id} is not the one that was recorded.` });
    }
  }
  for (const { id, sequence } of sealed.values())
    faults.push({ sequence, sentence: `The ${what} ${id} is not found in the ledger.` });
  return faults;
}
