import type { AuditEntry, DsseEnvelope, Identity } from '../../schemas/generated/messages.ts';
import type { RegistryChange } from './registry.ts';

/**
 * What governance writes down. Each kind's payload is a message type of the same name in schemas/messages (of `scan` the `ScanReport`).
 * What belongs to no model (`seal`, `policy-approval`, a policy's `source-document`) has an empty model and version.
 */
export const ledgerKinds = [
  'assessment',
  'attestation',
  'attestation-withdrawal',
  'waiver',
  'waiver-approval',
  'waiver-end',
  'approval-request',
  'approval',
  'baseline',
  'promotion',
  'demotion',
  'revocation',
  'source-document',
  'document-answer',
  'document-review',
  'scan',
  'seal',
  'policy-approval',
] as const;

export type LedgerKind = (typeof ledgerKinds)[number];

export interface NewLedgerRecord {
  readonly id: string;
  readonly kind: LedgerKind;
  readonly model: string;
  readonly version: string;
  readonly at: number;
  readonly actor: Identity;
  /** JSON; its digest is SHA-256 over its canonical form. */
  readonly payload: unknown;
  /** The record's statement, signed by whoever acts. Its digest does not cover it; the audit log does. */
  readonly signed?: DsseEnvelope;
  /** A second record with the same key is refused (`record-exists`): at most one baseline a version. */
  readonly uniqueKey?: string;
}

export interface LedgerRecord extends NewLedgerRecord {
  /** Grows with every record. */
  readonly sequence: number;
  readonly digest: string;
  /** Digest of the record that this one takes back; told only where its own content was erased, and payload is null. */
  readonly takesBack?: string;
}

export interface LedgerFilter {
  readonly kind?: LedgerKind;
  readonly model?: string;
  readonly version?: string;
  /** Sequence of the newest record that counts; absent: all do. */
  readonly upTo?: number;
  /** Their payloads are left out (null): enough to know which there are, and a payload can be large. */
  readonly headsOnly?: boolean;
  /** Newest first; default 1,000. */
  readonly limit?: number;
}

/**
 * An audit entry with the payload it seals; the payload is absent once it was erased. `kept` is what stays then (`Kept` in canonical JSON);
 * it is absent in entries that older workbenches wrote, and where a log is read away from its store.
 */
export interface AuditLine {
  readonly entry: AuditEntry;
  readonly payload: string | undefined;
  readonly kept?: string;
}

/** What is to be erased, by whom and why. */
export interface Erasure {
  /** Sequences of entries of the audit log. */
  readonly entries: readonly number[];
  readonly reason: string;
  readonly actor: Identity;
}

/** Governance's append-only memory, and the hash-chained log over it and over every change of the registry. */
export interface Ledger {
  /**
   * Stores a record, its audit entry and the changes of the registry that belong to it in one transaction.
   * Throws `record-exists`.
   */
  append(record: NewLedgerRecord, changes?: readonly RegistryChange[]): Promise<LedgerRecord>;
  /** Throws `record-not-found`. A unique prefix of an id is enough. */
  get(id: string): Promise<LedgerRecord>;
  /** Newest first. */
  list(filter: LedgerFilter): Promise<readonly LedgerRecord[]>;
  /** The audit log from the entry after `after` on, in order. */
  readAudit(after: number, limit: number): Promise<readonly AuditLine[]>;
  /**
   * Erases for good what entries record, with that of others that record the very same, and writes down who did it, all or nothing. Returns the
   * entry that says so. Throws `record-not-found` for an entry that is not there.
   */
  eraseContents(erasure: Erasure): Promise<AuditEntry>;
  /** The audit log's newest entry; absent while there is none. Cheap: what was written since is told by it. */
  readAuditHead(): Promise<Pick<AuditEntry, 'sequence' | 'hash'> | undefined>;
}

/** Where the next entry is tied on: sequence and hash of the entry before it. */
export type AuditHead = Pick<AuditEntry, 'sequence' | 'hash'>;

/** What the first entry is tied to. */
export const auditOrigin: AuditHead = { sequence: 0, hash: '0'.repeat(64) };
