import { canonicalJson } from '../../schemas/canonical.ts';
import type { AuditEntry } from '../../schemas/generated/messages.ts';
import { checkAnchor } from '../audit/anchor-check.ts';
import { checkLink } from '../audit/entry.ts';
import { auditOrigin, type AuditHead } from '../ports/ledger.ts';
import type { Signable } from '../signing/signed-record.ts';
import { countOf } from '../reports/format.ts';
import { conclude, decodeText, note, type BundleCheck } from './parts.ts';

type Sha256 = (data: string | Uint8Array) => string;

/** A record as the log seals it. */
export interface LoggedRecord extends Signable {
  readonly sequence: number;
  readonly signed: unknown;
}

export interface ReadLog {
  readonly checks: readonly BundleCheck[];
  readonly head: AuditHead;
  readonly entries: number;
  /** The hash of an entry; absent where there is none. */
  hashAt(sequence: number): string | undefined;
  /** Records whose content the log shows, in its order. */
  readonly records: readonly LoggedRecord[];
  /** Entries whose content it does not show. */
  readonly hidden: readonly AuditEntry[];
}

/** Reads an exported log (JSON Lines) and checks its chain from the first entry to the last. Throws for a text that is no log. */
export function readLog(bytes: Uint8Array, anchor: AuditHead | undefined, sha256: Sha256): ReadLog {
  const faults: string[] = [];
  const hashes = new Map<number, string>([[auditOrigin.sequence, auditOrigin.hash]]);
  const records: LoggedRecord[] = [];
  const hidden: AuditEntry[] = [];
  let head: AuditHead = auditOrigin;
  let entries = 0;
  for (const text of decodeText(bytes).split('\n')) {
    if (text === '') continue;
    const line = readLine(text);
    if (canonicalJson(line) !== text)
      faults.push(`Line ${String(entries + 1)} of the log is not written as it is sealed.`);
    faults.push(...checkLink({ entry: line.entry, payload: line.payload }, head, sha256));
    head = { sequence: line.entry.sequence, hash: line.entry.hash };
    hashes.set(head.sequence, head.hash);
    entries += 1;
    const record = line.payload === undefined ? undefined : readRecord(line.entry.sequence, line.payload, sha256);
    if (record !== undefined) records.push(record);
    if (line.payload === undefined) hidden.push(line.entry);
  }
  const chain = conclude(
    faults,
    `The audit log is an unbroken chain from the first entry on: ${countOf(entries, 'entry', 'entries')}.`,
  );
  const checks = [...chain, ...judgeAnchor(anchor, hashes, head)];
  return { checks, head, entries, records, hidden, hashAt: at => hashes.get(at) };
}

function judgeAnchor(
  anchor: AuditHead | undefined,
  hashes: ReadonlyMap<number, string>,
  head: AuditHead,
): readonly BundleCheck[] {
  if (anchor === undefined)
    return [note('No anchor was given: whoever rewrote the whole log would leave no trace in it.')];
  const hash = hashes.get(anchor.sequence);
  const entry = hash === undefined ? undefined : { sequence: anchor.sequence, hash };
  const faults = checkAnchor(anchor, entry, head).map(({ sentence }) => sentence);
  return conclude(faults, `Entry ${String(anchor.sequence)} of the log is the one that was anchored.`);
}

interface Line {
  readonly entry: AuditEntry;
  readonly payload?: string;
}

function readLine(text: string): Line {
  const value: unknown = JSON.parse(text);
  const { entry, payload } = (value ?? {}) as { entry?: Record<string, unknown>; payload?: unknown };
  const numbers = [entry?.['sequence'], entry?.['at']];
  const texts = ['actor', 'action', 'subject', 'payloadDigest', 'previous', 'hash'].map(key => entry?.[key]);
  const isLine =
    numbers.every(number => typeof number === 'number') &&
    texts.every(each => typeof each === 'string') &&
    (payload === undefined || typeof payload === 'string');
  if (!isLine) throw new TypeError('A line of the log is no entry.');
  // What else stands in a line is sealed by nothing, and makes it another text than the one that is written again.
  return { entry: entry as unknown as AuditEntry, ...(payload === undefined ? {} : { payload }) };
}

/** The ledger's record that an entry seals; absent where it seals something else, such as a registration. */
function readRecord(sequence: number, payload: string, sha256: Sha256): LoggedRecord | undefined {
  const sealed = JSON.parse(payload) as Partial<Record<keyof LoggedRecord, unknown>>;
  const { id, kind, model, version, at, actor, signed } = sealed;
  if (typeof id !== 'string' || typeof kind !== 'string' || typeof model !== 'string' || typeof version !== 'string')
    return undefined;
  const { email } = (actor ?? {}) as { email?: unknown };
  if (typeof at !== 'number' || typeof email !== 'string') return undefined;
  const content = sealed.payload;
  const digest = sha256(canonicalJson(content ?? null));
  return {
    sequence,
    id,
    kind,
    model,
    version,
    at,
    actor: actor as LoggedRecord['actor'],
    payload: content,
    digest,
    signed,
  };
}
