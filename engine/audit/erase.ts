import type { AuditEntry } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { requireReason } from '../base/reason.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { auditOrigin, type AuditLine, type LedgerKind } from '../ports/ledger.ts';
import { readKept } from './kept.ts';
import { verifyAudit } from './verify.ts';

/** An entry whose content is to be erased, with what follows from that. */
export interface PlannedErasure extends Pick<AuditEntry, 'sequence' | 'at' | 'actor' | 'action' | 'subject'> {
  /** A sentence; empty where all that counts is kept. */
  readonly consequence: string;
}

type ErasePorts = Pick<GovernancePorts, 'store' | 'digest' | 'identities'>;

const batchLength = 500;
/** Records whose effect stands in the registry, or is kept: their words are not asked for again. */
const doneWith: readonly LedgerKind[] = [
  'promotion',
  'demotion',
  'revocation',
  'waiver-end',
  'attestation-withdrawal',
  'seal',
];

/**
 * What erasing the contents of these entries of the audit log would take: them, and others that record the very same, in order; those that
 * were erased before are left out. Throws `usage` when nothing is left to erase, `record-not-found`, and `record-tampered` where the log does
 * not hold: an erasure would hide what does not.
 */
export async function planErasure(
  sequences: readonly number[],
  { store, digest }: Pick<ErasePorts, 'store' | 'digest'>,
  signal: AbortSignal,
): Promise<readonly PlannedErasure[]> {
  const { intact, entries, sentence } = await verifyAudit(store, digest, signal);
  if (!intact) {
    throw new WorkbenchError('record-tampered', `${sentence} Nothing of a broken log is erased.`, {
      remedy: '`aiwb audit verify` shows what does not fit. Restore the store from a backup.',
    });
  }
  const missing = sequences.find(sequence => sequence > entries || sequence < 1);
  if (missing !== undefined) {
    throw new WorkbenchError('record-not-found', `The audit log has no entry ${String(missing)}.`, {
      remedy: `It has ${String(entries)}: \`aiwb audit list\` shows them.`,
    });
  }
  const lines = await readLines(store.ledger, signal);
  const wanted = new Set(sequences);
  const digests = new Set(
    lines.filter(({ entry }) => wanted.has(entry.sequence)).map(({ entry }) => entry.payloadDigest),
  );
  const planned = lines.filter(({ entry, isThere }) => isThere && digests.has(entry.payloadDigest));
  if (planned.length === 0) {
    throw new WorkbenchError('usage', 'What these entries recorded was erased before.', {
      remedy: '`aiwb audit list` shows the others.',
    });
  }
  return planned.map(line => {
    const { sequence, at, actor, action, subject } = line.entry;
    return { sequence, at, actor, action, subject, consequence: consequenceOf(line) };
  });
}

/**
 * Erases what was planned, for good, and writes down who did it and why. Returns the entry that says so. Throws `usage` without a reason and
 * `identity-missing`.
 */
export async function eraseContents(
  planned: readonly PlannedErasure[],
  why: { readonly reason: string; readonly folder: string },
  { store, identities }: Pick<ErasePorts, 'store' | 'identities'>,
  signal: AbortSignal,
): Promise<AuditEntry> {
  const reason = requireReason(why.reason);
  const actor = await identities.whoAmI(why.folder, signal);
  signal.throwIfAborted();
  return await store.ledger.eraseContents({ entries: planned.map(({ sequence }) => sequence), reason, actor });
}

/** A line of the log without its content, which can be large. */
interface Head extends Pick<AuditLine, 'entry' | 'kept'> {
  readonly isThere: boolean;
}

async function readLines(ledger: ErasePorts['store']['ledger'], signal: AbortSignal): Promise<readonly Head[]> {
  const lines: Head[] = [];
  for (let after = auditOrigin.sequence; ; after = lines.at(-1)?.entry.sequence ?? after) {
    signal.throwIfAborted();
    const batch = await ledger.readAudit(after, batchLength);
    if (batch.length === 0) return lines;
    lines.push(...batch.map(({ payload, ...line }) => ({ ...line, isThere: payload !== undefined })));
  }
}

function consequenceOf({ entry, kept }: Head): string {
  if (kept === undefined) {
    return keepsItself.has(entry.action)
      ? ''
      : `An older workbench wrote it and kept nothing: ${entry.subject.split('@')[0] ?? ''} is not held against the log any more.`;
  }
  const kind = readKept(kept)?.record?.kind as LedgerKind | undefined;
  if (kind === undefined || doneWith.includes(kind)) return '';
  if (kind === 'baseline') return 'The version goes no further: its baseline is locked once.';
  return 'It counts for no further step, and has to be made again.';
}

/** Entries that say themselves all that counts. */
const keepsItself = new Set([
  'model.archived',
  'model.restored',
  'version.archived',
  'version.restored',
  'contents.erased',
]);
