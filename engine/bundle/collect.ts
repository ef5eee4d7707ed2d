import { canonicalJson } from '../../schemas/canonical.ts';
import type { AssessmentRecord, Evidence } from '../../schemas/generated/messages.ts';
import { exportAudit } from '../audit/export.ts';
import { toWorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { serialiseScorecard } from '../governance/scorecard.ts';
import { makeScorecard } from '../governance/view.ts';
import { ledgerKinds, type LedgerKind, type LedgerRecord } from '../ports/ledger.ts';
import { bundlePaths, type EvidenceEntry, type Manifest, type ManifestFile } from './parts.ts';
import { readmeText } from './readme.ts';
import { manifestDigestLine } from './verify.ts';

/** A larger piece of evidence is named by its digest alone. */
const mostEvidenceBytes = 16 * 1024 * 1024;
/** All evidence of one bundle together. */
const mostBundleBytes = 256 * 1024 * 1024;
/** Far more than a model will ever have of one kind; a bound all the same. */
const mostRecords = 10_000;

type BundlePorts = Pick<GovernancePorts, 'store' | 'digest' | 'files' | 'clock' | 'workbench'>;

export interface BundleRequest {
  /** A unique beginning is enough. */
  readonly assessmentId: string;
  /** Absolute path of the workspace folder, in which the policies' texts lie. */
  readonly folder: string;
  /** The evidence's own bytes too, as far as they are in the store. */
  readonly withEvidence: boolean;
}

/** A bundle's files by path, in the order in which they are read. */
export type PackedFiles = ReadonlyMap<string, Uint8Array>;

/** Puts together all that proves an assessment without the store. Throws `record-not-found`, `record-tampered`. */
export async function collectBundle(
  { assessmentId, folder, withEvidence }: BundleRequest,
  verifier: () => Promise<string>,
  ports: BundlePorts,
  signal: AbortSignal,
): Promise<PackedFiles> {
  const packed = new Packed(ports.digest);
  const scorecard = await makeScorecard(assessmentId, ports);
  const { record } = scorecard;
  packed.add(bundlePaths.scorecard, 'The scorecard', serialiseScorecard(scorecard));
  const records = await collectRecords(record, ports);
  const shown = new Set(records.map(({ sequence }) => sequence));
  const lines: string[] = [];
  for await (const text of exportAudit(ports.store.ledger, sequence => shown.has(sequence), signal)) lines.push(text);
  packed.add(bundlePaths.audit, 'The audit log, with the content of the records below', lines.join(''));
  for (const { id, kind, payload, signed } of records) {
    packed.add(bundlePaths.record(id), `The ${kind} ${id}`, canonicalJson(payload));
    if (signed !== undefined) packed.add(bundlePaths.signature(id), `Its signature`, canonicalJson(signed));
  }
  await packPolicies(record, folder, packed, ports, signal);
  await packEvidence(record, records, withEvidence, packed, ports, signal);
  packed.add(bundlePaths.verifier, 'The verifier', await verifier());
  packed.add(bundlePaths.readme, 'How to verify it', readmeText(record));
  signal.throwIfAborted();
  return packed.close(record, ports);
}

/** The files as they are added, with the list of them. */
class Packed {
  readonly #files = new Map<string, Uint8Array>();
  readonly #list: ManifestFile[] = [];
  readonly #left: string[] = [];
  readonly #digest: BundlePorts['digest'];
  #bytes = 0;

  constructor(digest: BundlePorts['digest']) {
    this.#digest = digest;
  }

  add(path: string, what: string, content: string | Uint8Array): void {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.#files.set(path, bytes);
    this.#bytes += bytes.length;
    this.#list.push({ path, bytes: bytes.length, sha256: this.#digest.sha256(bytes), what });
  }

  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** Whether evidence of this size still fits. */
  fits(bytes: number): boolean {
    return bytes <= mostEvidenceBytes && this.#bytes + bytes <= mostBundleBytes;
  }

  leave(sentence: string): void {
    this.#left.push(sentence);
  }

  close({ id, subject }: AssessmentRecord, { clock, digest, workbench }: BundlePorts): PackedFiles {
    const manifest: Manifest = {
      schemaVersion: 1,
      bundle: 'aiwb-proof',
      assessment: id,
      model: subject.model,
      version: subject.version,
      madeAt: clock.now(),
      workbench,
      files: this.#list,
      left: this.#left,
    };
    const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
    this.#files.set(bundlePaths.manifest, new TextEncoder().encode(text));
    this.#files.set(bundlePaths.manifestDigest, new TextEncoder().encode(manifestDigestLine(digest.sha256(text))));
    return this.#files;
  }
}

const waiverKinds: readonly LedgerKind[] = ['waiver', 'waiver-approval', 'waiver-end'];
/** Of no model: those that are of the assessment's policies. */
const policyKinds: readonly LedgerKind[] = ['seal', 'policy-approval'];

/** Every record of the version, the waivers that name it, and what was said of its policies; in the log's order. What was erased is left out. */
async function collectRecords(
  { subject, policies }: AssessmentRecord,
  { store }: Pick<BundlePorts, 'store'>,
): Promise<readonly LedgerRecord[]> {
  const { model, version } = subject;
  const found: LedgerRecord[] = [];
  const digests = new Set(policies.map(({ digest }) => digest));
  for (const kind of ledgerKinds) {
    const where = policyKinds.includes(kind) ? {} : waiverKinds.includes(kind) ? { model } : { model, version };
    const records = await store.ledger.list({ kind, ...where, limit: mostRecords });
    found.push(
      ...records.filter(record => {
        if (record.payload === null) return false;
        if (policyKinds.includes(kind)) return isOfPolicies(record.payload, digests);
        return !waiverKinds.includes(kind) || record.version.split(',').includes(version);
      }),
    );
  }
  return found.sort((a, b) => a.sequence - b.sequence);
}

function isOfPolicies(payload: unknown, digests: ReadonlySet<string>): boolean {
  const { digest, policies } = payload as { digest?: string; policies?: readonly { digest: string }[] };
  return (digest !== undefined && digests.has(digest)) || policies?.some(one => digests.has(one.digest)) === true;
}

/** Policies as they are in the workspace, where they still are the ones that were used. */
async function packPolicies(
  { policies }: AssessmentRecord,
  folder: string,
  packed: Packed,
  { files, digest }: BundlePorts,
  signal: AbortSignal,
): Promise<void> {
  for (const { id, version, path, digest: expected } of policies) {
    const text = path === undefined ? undefined : await readPolicy(files.resolve(folder, path), files, signal);
    if (text === undefined || digest.sha256(text) !== expected) {
      const why = text === undefined ? 'it is not in the workspace' : 'its file was changed since';
      packed.leave(`The text of the policy ${id} ${version} is left out: ${why}. Its digest is ${expected}.`);
      continue;
    }
    packed.add(`policies/${plain(id)}@${plain(version)}.policy.yaml`, `The policy ${id} ${version}`, text);
  }
}

async function readPolicy(path: string, files: BundlePorts['files'], signal: AbortSignal): Promise<string | undefined> {
  try {
    return await files.readText(path, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (toWorkbenchError(error).code.startsWith('file-')) return undefined;
    throw error;
  }
}

/** A record is of any origin: what it calls its policies must not lead out of the folder. */
function plain(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/g, '_').replace(/^\.+/, '_');
}

async function packEvidence(
  { controls, subject }: AssessmentRecord,
  records: readonly LedgerRecord[],
  withEvidence: boolean,
  packed: Packed,
  ports: BundlePorts,
  signal: AbortSignal,
): Promise<void> {
  const recordPaths = new Map(records.map(({ digest, id }) => [digest, bundlePaths.record(id)]));
  const list: EvidenceEntry[] = [];
  for (const control of controls) {
    for (const check of control.checks) {
      for (const evidence of check.evidence) {
        const { digest: sha256, kind, title } = evidence;
        if (sha256 === undefined) continue;
        signal.throwIfAborted();
        const path =
          recordPaths.get(sha256) ?? (withEvidence ? await packPiece(evidence, sha256, packed, ports) : undefined);
        list.push({
          control: control.id,
          check: check.id,
          kind,
          title,
          sha256,
          ...(path === undefined ? {} : { path }),
        });
      }
    }
  }
  packed.add(bundlePaths.evidence, 'What each check rests on', `${JSON.stringify(list, undefined, 2)}\n`);
  if (!withEvidence) packed.leave(`The evidence itself is left out: it was not asked for.`);
  if (packed.has(pathOfEvidence(subject.weightsDigest))) return;
  packed.leave(
    `The weights of ${subject.model}@${subject.version} are left out. Their digest is ${subject.weightsDigest}.`,
  );
}

function pathOfEvidence(digest: string): string {
  return `evidence/${plain(digest)}`;
}

/** Packs a piece of evidence and gives its path; absent where its bytes are not to be had, or are too many. */
async function packPiece(
  evidence: Evidence,
  digest: string,
  packed: Packed,
  ports: BundlePorts,
): Promise<string | undefined> {
  const path = pathOfEvidence(digest);
  if (packed.has(path)) return path;
  const content = (await readFigures(evidence, digest, ports)) ?? (await readBlob(digest, ports));
  if (content === undefined) return undefined;
  if (!packed.fits(content.length)) {
    packed.leave(`"${evidence.title}" is left out: it has ${String(content.length)} bytes. Its digest is ${digest}.`);
    return undefined;
  }
  packed.add(path, evidence.title, content);
  return path;
}

/** A run's figures, whose digest is over their canonical JSON. */
async function readFigures(
  { runId }: Evidence,
  digest: string,
  { store, digest: hash }: BundlePorts,
): Promise<Uint8Array | undefined> {
  if (runId === undefined) return undefined;
  try {
    const { report } = await store.getRun(runId);
    const texts = (report?.variants ?? []).map(variant => canonicalJson(variant));
    const text = texts.find(each => hash.sha256(each) === digest);
    return text === undefined ? undefined : new TextEncoder().encode(text);
  } catch (error) {
    if (toWorkbenchError(error).code === 'run-not-found') return undefined;
    throw error;
  }
}

async function readBlob(digest: string, { store }: BundlePorts): Promise<Uint8Array | undefined> {
  if (!/^[0-9a-f]{64}$/.test(digest) || !(await store.blobs.has(digest))) return undefined;
  return store.blobs.read(digest);
}
