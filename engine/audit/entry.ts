import { canonicalJson } from '../../schemas/canonical.ts';
import type { AuditEntry } from '../../schemas/generated/messages.ts';
import type { AuditLine, AuditHead } from '../ports/ledger.ts';

/** SHA-256 of a text in UTF-8, hex. */
export type Sha256 = (text: string) => string;

/** What an entry says before it has a place in the log. */
export interface AuditEvent {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** E-mail address. */
  readonly actor: string;
  /** Such as `model-version.created`. */
  readonly action: string;
  /** Such as `ticket-triage@3`. */
  readonly subject: string;
  /** What was done, in canonical JSON. */
  readonly payload: string;
  /** What of it stays when the payload is erased (`Kept`), in canonical JSON. */
  readonly kept?: string;
}

/** The entry that follows `head`: it seals the event, the digests of its payload and of what is kept of that and, by `previous`, everything before it. */
export function sealEntry(event: AuditEvent, head: AuditHead, sha256: Sha256): AuditEntry {
  const { at, actor, action, subject, payload, kept } = event;
  const content: Omit<AuditEntry, 'hash'> = {
    sequence: head.sequence + 1,
    at,
    actor,
    action,
    subject,
    payloadDigest: sha256(payload),
    ...(kept === undefined ? {} : { keptDigest: sha256(kept) }),
    previous: head.hash,
  };
  return { ...content, hash: sha256(canonicalJson(content)) };
}

/**
 * What is wrong with a line that should follow `head`, one sentence a fault; nothing when it holds. An erased payload is no
 * fault: the entry still seals its digest.
 */
export function checkLink(line: AuditLine, head: AuditHead, sha256: Sha256): readonly string[] {
  const { hash, ...content } = line.entry;
  const faults: string[] = [];
  if (content.sequence !== head.sequence + 1) {
    faults.push(`Entry ${content.sequence} stands where entry ${head.sequence + 1} should be.`);
  }
  if (content.previous !== head.hash) {
    faults.push(`Entry ${content.sequence} does not follow the entry before it: one of them was changed or removed.`);
  }
  if (sha256(canonicalJson(content)) !== hash)
    faults.push(`Entry ${content.sequence} was changed after it was written.`);
  if (line.payload !== undefined && sha256(line.payload) !== content.payloadDigest) {
    faults.push(`What entry ${content.sequence} records was changed after it was written.`);
  }
  if (line.kept !== undefined && sha256(line.kept) !== content.keptDigest) {
    faults.push(`What entry ${content.sequence} keeps was changed after it was written.`);
  }
  return faults;
}
