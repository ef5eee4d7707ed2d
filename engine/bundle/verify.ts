import { canonicalJson } from '../../schemas/canonical.ts';
import type { ApprovalGrant, Scorecard } from '../../schemas/generated/messages.ts';
import { verifyScorecard } from '../../schemas/verify-scorecard.ts';
import type { AuditHead } from '../ports/ledger.ts';
import { describeDate } from '../base/dates.ts';
import { countOf } from '../reports/format.ts';
import { verifyRecord } from '../signing/signed-record.ts';
import type { VouchedKey } from '../people/roles.ts';
import { readLog, type LoggedRecord, type ReadLog } from './log.ts';
import {
  bundlePaths,
  conclude,
  decodeText,
  failed,
  note,
  passed,
  type BundleCheck,
  type BundleFiles,
  type EvidenceEntry,
  type Manifest,
} from './parts.ts';
import { checkApproval, checkAttestations, checkWaivers, recordsByKind, type AssessedRecord } from './people.ts';

export interface BundleTools {
  sha256(data: string | Uint8Array): string;
  /** Ed25519; false for anything that is no key or no signature. */
  verify(publicKey: string, bytes: Uint8Array, signature: Uint8Array): boolean;
}

/** What a bundle is held against. */
export interface BundleTrust {
  /** Public keys that count. With some, the assessment and its approval must be signed with one of them. */
  readonly signers: readonly VouchedKey[];
  /** An entry of the audit log that was kept elsewhere. */
  readonly anchor?: AuditHead;
}

/**
 * Whether a proof bundle holds: every file is the one that was packed, the record has its digest and its own arithmetic, the audit log is
 * a chain that seals every record, signatures are over them, and waivers, attestations and approval are by people who may. Needs nothing
 * but the bundle. Its content is of any origin: nothing throws, what cannot be read has failed.
 */
export function verifyBundle(files: BundleFiles, trust: BundleTrust, tools: BundleTools): readonly BundleCheck[] {
  const checks: BundleCheck[] = [...guard('The list of files', () => checkFiles(files, tools))];
  let log: ReadLog | undefined;
  checks.push(
    ...guard('The audit log', () => {
      log = readLog(take(files, bundlePaths.audit), trust.anchor, tools.sha256);
      return log.checks;
    }),
  );
  checks.push(...guard('The scorecard', () => checkScorecard(files, tools)));
  if (log === undefined) return checks;
  const read = log;
  const recordsOf = recordsByKind(read.records);
  checks.push(...guard('A record', () => checkRecords(files, read.records)));
  checks.push(...guard('A signature', () => checkSignatures(files, read, trust.signers, tools)));
  checks.push(
    ...guard('The assessment', () => {
      const scorecard = readJson(files, bundlePaths.scorecard) as Scorecard;
      const assessed = findAssessed(scorecard, read);
      if (typeof assessed === 'string') return [failed(assessed)];
      return [
        passed(describeAssessed(assessed)),
        ...guard('What was taken back', () => checkTakenBack(assessed, read)),
        ...guard('A waiver', () => checkWaivers(assessed, recordsOf)),
        ...guard('An attestation', () => checkAttestations(assessed, recordsOf)),
        ...guard('The approval', () => checkApproval(assessed, scorecard, recordsOf)),
        ...guard('The evidence', () => checkEvidence(files, assessed, tools)),
        ...guard('A policy', () => checkPolicies(files, assessed, tools)),
      ];
    }),
  );
  return checks;
}

function describeAssessed({ record, sequence }: AssessedRecord): string {
  const { subject, assessor, assessedAt, gate } = record;
  const what = `${subject.model}@${subject.version}, assessed on ${describeDate(assessedAt)} by ${assessor.email}`;
  return `Entry ${String(sequence)} of the log seals the record: ${what}. ${gate.sentence}`;
}

function guard(what: string, check: () => readonly BundleCheck[]): readonly BundleCheck[] {
  try {
    return check();
  } catch (error) {
    return [failed(`${what} cannot be read: ${error instanceof Error ? error.message : String(error)}`)];
  }
}

function take(files: BundleFiles, path: string): Uint8Array {
  const bytes = files.get(path);
  if (bytes === undefined) throw new TypeError(`${path} is missing.`);
  return bytes;
}

function readJson(files: BundleFiles, path: string): unknown {
  return JSON.parse(decodeText(take(files, path)));
}

/** The manifest has the digest beside it, and every file the digest in the manifest; there is no file it does not name. */
function checkFiles(files: BundleFiles, { sha256 }: BundleTools): BundleCheck[] {
  const manifest = readJson(files, bundlePaths.manifest) as Manifest;
  const digest = sha256(take(files, bundlePaths.manifest));
  const faults: string[] = [];
  if (decodeText(take(files, bundlePaths.manifestDigest)) !== manifestDigestLine(digest))
    faults.push('The list of files is not the one its digest was made of.');
  const open = new Set(files.keys());
  open.delete(bundlePaths.manifest);
  open.delete(bundlePaths.manifestDigest);
  for (const { path, bytes, sha256: expected } of manifest.files) {
    const content = files.get(path);
    open.delete(path);
    if (content === undefined) faults.push(`${path} is missing.`);
    else if (content.length !== bytes || sha256(content) !== expected) faults.push(`${path} was changed.`);
  }
  for (const path of open) faults.push(`${path} was added.`);
  const count = countOf(manifest.files.length, 'file');
  return [...conclude(faults, `Unchanged since it was packed: ${count}.`), ...manifest.left.map(note)];
}

/** As `sha256sum` writes it, so that it can be checked by hand. */
export function manifestDigestLine(digest: string): string {
  return `${digest}  ${bundlePaths.manifest}\n`;
}

function checkScorecard(files: BundleFiles, { sha256 }: BundleTools): BundleCheck[] {
  const { state, sentence } = verifyScorecard(readJson(files, bundlePaths.scorecard) as Scorecard, sha256);
  return [
    state === 'verified'
      ? passed('The record has its digest, and score, coverage and gate follow from its controls.')
      : failed(sentence),
  ];
}

/** The files under `records/` are the contents that the log seals, each once. */
function checkRecords(files: BundleFiles, records: readonly LoggedRecord[]): BundleCheck[] {
  const faults: string[] = [];
  const open = new Set([...files.keys()].filter(path => path.startsWith('records/')));
  const ids = new Set<string>();
  for (const { id, payload } of records) {
    if (ids.has(id)) faults.push(`The log shows the record ${id} twice.`);
    ids.add(id);
    const path = bundlePaths.record(id);
    open.delete(path);
    const content = files.get(path);
    if (content === undefined) faults.push(`${path} is missing.`);
    else if (decodeText(content) !== canonicalJson(payload)) faults.push(`${path} is not what the log seals.`);
  }
  for (const path of open) faults.push(`No entry of the log seals ${path}.`);
  return conclude(faults, `What the log seals: ${countOf(records.length, 'record')}.`);
}

function checkSignatures(
  files: BundleFiles,
  log: ReadLog,
  signers: readonly VouchedKey[],
  tools: BundleTools,
): BundleCheck[] {
  const checks: BundleCheck[] = [];
  const open = new Set([...files.keys()].filter(path => path.startsWith('signatures/')));
  const unsigned: string[] = [];
  const { record: assessed, digest } = readJson(files, bundlePaths.scorecard) as Scorecard;
  /** The assessment and its approval; what came before them may have been made without a key. */
  const isDecisive = ({ id, kind, payload }: LoggedRecord): boolean =>
    id === assessed.id || (kind === 'approval' && (payload as ApprovalGrant).recordDigest === digest);
  for (const record of log.records) {
    const { id, kind, signed, sequence } = record;
    const path = bundlePaths.signature(id);
    open.delete(path);
    const mustHold = signers.length > 0 && isDecisive(record);
    if (signed === undefined) {
      if (files.has(path)) checks.push(failed(`${path} is no part of what the log seals.`));
      if (mustHold) checks.push(failed(`The ${kind} ${id} is not signed.`));
      else unsigned.push(id);
      continue;
    }
    if (decodeText(take(files, path)) !== canonicalJson(signed)) {
      checks.push(failed(`${path} is not what the log seals.`));
      continue;
    }
    const { state, sentence, auditHead } = verifyRecord(signed, record, signers, tools);
    const told = `${id}: ${sentence}`;
    if (state === 'invalid' || (state === 'unknown-signer' && mustHold)) checks.push(failed(told));
    else checks.push(state === 'valid' ? passed(told) : note(told));
    if (
      auditHead !== undefined &&
      (auditHead.sequence >= sequence || log.hashAt(auditHead.sequence) !== auditHead.hash)
    )
      checks.push(
        failed(`${id} was signed over another log: its entry ${String(auditHead.sequence)} was rewritten since.`),
      );
  }
  for (const path of open) checks.push(failed(`No entry of the log seals ${path}.`));
  if (unsigned.length > 0)
    checks.push(note(`Unsigned, so who made it is self-asserted: ${countOf(unsigned.length, 'record')}.`));
  return checks;
}

function findAssessed({ record, digest, auditHead, signed }: Scorecard, log: ReadLog): AssessedRecord | string {
  const found = log.records.find(({ id, kind }) => kind === 'assessment' && id === record.id);
  if (found?.digest !== digest) return 'No entry of the log seals the assessment of the scorecard.';
  if (canonicalJson(found.signed ?? null) !== canonicalJson(signed ?? null))
    return "The scorecard's signature is not the one that the log seals.";
  if (auditHead !== undefined && log.hashAt(auditHead.sequence) !== auditHead.hash)
    return `The log is not the one the scorecard was made from: entry ${String(auditHead.sequence)} is another.`;
  return { record, sequence: found.sequence, digest };
}

/**
 * Withdrawals show themselves by what their entries are called, which the chain seals: one that is about this version may not be kept
 * back.
 */
function checkTakenBack({ record }: AssessedRecord, { hidden }: ReadLog): BundleCheck[] {
  const { model, version } = record.subject;
  const kept = hidden.filter(({ action, subject }) => {
    if (!['attestation.withdrawn', 'waiver.ended'].includes(action) || !subject.startsWith(`${model}@`)) return false;
    return subject
      .slice(model.length + 1)
      .split(',')
      .includes(version);
  });
  const faults = kept.map(
    ({ sequence, action, subject }) =>
      `Entry ${String(sequence)} (${action}, ${subject}) is not shown: it was erased, or is kept back.`,
  );
  return conclude(faults, 'All that was taken back of this version is shown.');
}

/** Every piece of evidence the record names is listed, and what is there of it has its digest. */
function checkEvidence(files: BundleFiles, { record }: AssessedRecord, { sha256 }: BundleTools): BundleCheck[] {
  const listed = readJson(files, bundlePaths.evidence) as readonly EvidenceEntry[];
  const named = record.controls.flatMap(({ id: control, checks }) =>
    checks.flatMap(({ id: check, evidence }) =>
      evidence.flatMap(({ digest }) => (digest === undefined ? [] : [JSON.stringify([control, check, digest])])),
    ),
  );
  const keys = listed.map(({ control, check, sha256: digest }) => JSON.stringify([control, check, digest]));
  const faults: string[] = [];
  if (canonicalJson([...named].sort()) !== canonicalJson([...keys].sort()))
    faults.push('The list of evidence is not that of the record.');
  let packed = 0;
  for (const { path, sha256: expected, title } of listed) {
    if (path === undefined) continue;
    packed += 1;
    if (sha256(take(files, path)) !== expected) faults.push(`${path} is not the evidence "${title}".`);
  }
  const rest = listed.length - packed;
  const sentence = `In the bundle, with its digest: ${countOf(packed, 'piece')} of evidence.`;
  return [
    ...conclude(faults, sentence),
    ...(rest === 0 ? [] : [note(`Named by its digest alone: ${countOf(rest, 'piece')} of evidence.`)]),
  ];
}

/** The policies' texts that are there have the digests that the record names. */
function checkPolicies(files: BundleFiles, { record }: AssessedRecord, { sha256 }: BundleTools): BundleCheck[] {
  const texts = new Set(
    [...files].flatMap(([path, content]) => (path.startsWith('policies/') ? [sha256(content)] : [])),
  );
  const wanted = new Set(record.policies.map(({ digest }) => digest));
  const faults = [...texts].flatMap(digest =>
    wanted.has(digest) ? [] : ['A policy in the bundle is none of the record.'],
  );
  const missing = record.policies.filter(({ digest }) => !texts.has(digest)).map(({ id }) => id);
  return [
    ...conclude(faults, `In the bundle, as it was judged by: ${countOf(texts.size, 'policy', 'policies')}.`),
    ...(missing.length === 0 ? [] : [note(`Not in the bundle: the text of ${missing.join(', ')}.`)]),
  ];
}
