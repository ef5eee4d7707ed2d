import type { ScanReport, ScanSource } from '../../schemas/generated/messages.ts';
import { validateScanReport } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import type { LedgerRecord } from '../ports/ledger.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { createRecordId } from '../base/record-id.ts';
import type { PromotionStep } from '../promotion/step.ts';
import { findLiveVersion } from '../registry/version-of-use.ts';
import { readScan } from './read-scan.ts';
import type { ScanTime } from './scan-content.ts';
import { chooseTarget } from './scan-target.ts';

export interface ScanStep extends Omit<PromotionStep, 'comment'> {
  /** Absolute path of the report. */
  readonly path: string;
  /** Absent: told from the file. */
  readonly source?: ScanSource;
  /** The scanned model that is the version, as the report names it. */
  readonly target?: string;
}

export interface AddedScan {
  readonly scan: ScanReport;
  /** False where the very same report was there already. */
  readonly isNew: boolean;
}

/** Clocks of two machines may differ by this much, milliseconds. */
const clockSkew = 5 * 60_000;
/** The zone furthest ahead of UTC, milliseconds. */
const furthestZone = 14 * 3_600_000;

/**
 * Keeps a scanner's report as evidence of a version: its bytes under their digest, and what it found in the ledger. The same report twice
 * is the same evidence. Throws what `readScan` throws, `target-unconfirmed`, and `file-invalid` for a report from the future.
 */
export async function addScan(step: ScanStep, ports: GovernancePorts, signal: AbortSignal): Promise<AddedScan> {
  const { store, clock, random, digest, files, identities } = ports;
  const { path, source, target } = step;
  const version = await findLiveVersion(step, store, signal);
  const read = await readScan(path, { source, target }, { files, digest }, signal);
  const { content } = read;
  const chosen = chooseTarget(content.targets, target, version, path);
  const earlier = await findEarlier(version, read.digest, content.source, chosen.target, ports);
  if (earlier !== undefined) return { scan: earlier, isNew: false };
  const addedBy = await identities.whoAmI(step.folder, signal);
  const now = clock.now();
  const [doubt] = content.doubts;
  const scan: ScanReport = {
    id: createRecordId('scan', clock, random),
    model: version.model,
    version: version.version,
    weightsDigest: version.weightsDigest,
    source: content.source,
    tool: content.tool,
    name: files.relative(files.parent(path), path),
    digest: read.digest,
    collectedAt: collectedAt(content.at, now, path),
    addedAt: now,
    addedBy,
    groups: [...content.groups],
    ...chosen,
    ...(doubt === undefined ? {} : { doubt: content.doubts.join(' ') }),
    ...(content.notes.length === 0 ? {} : { notes: [...content.notes] }),
  };
  signal.throwIfAborted();
  // Before the record, which must never name bytes that are not there; a file that was changed meanwhile is refused here.
  await store.blobs.adopt(path, read.digest, false);
  await store.ledger.append({
    id: scan.id,
    kind: 'scan',
    model: scan.model,
    version: scan.version,
    at: now,
    actor: addedBy,
    payload: scan,
    uniqueKey: keyOf(version, read.digest, content.source, chosen.target),
  });
  return { scan, isNew: true };
}

/** The reports about a version, newest first; erased ones are left out. Throws `record-tampered` for one that was changed. */
export async function listScans(
  { model, version }: Pick<LocalVersion, 'model' | 'version'>,
  { store, digest }: Pick<GovernancePorts, 'store' | 'digest'>,
): Promise<readonly ScanReport[]> {
  const records = await store.ledger.list({ kind: 'scan', model, version });
  return records
    .filter(({ payload }) => payload !== null)
    .map(record => readPayload(record, validateScanReport, digest));
}

async function findEarlier(
  version: LocalVersion,
  fileDigest: string,
  source: ScanSource,
  target: string | undefined,
  { store, digest }: GovernancePorts,
): Promise<ScanReport | undefined> {
  const key = keyOf(version, fileDigest, source, target);
  const records = await store.ledger.list({ kind: 'scan', model: version.model, version: version.version });
  const record = records.find((each: LedgerRecord) => each.uniqueKey === key);
  return record === undefined ? undefined : readPayload(record, validateScanReport, digest);
}

function keyOf(
  { model, version }: LocalVersion,
  fileDigest: string,
  source: ScanSource,
  target: string | undefined,
): string {
  return JSON.stringify(['scan', model, version, fileDigest, source, target ?? null]);
}

/** The report's own time; one that says none counts from now on. A clock without a zone may be ahead of UTC, and is then taken for now. */
function collectedAt(at: ScanTime | undefined, now: number, path: string): number {
  if (at === undefined) return now;
  const ahead = at.isLocal ? furthestZone : clockSkew;
  if (at.time <= now + ahead) return Math.min(at.time, now);
  throw new WorkbenchError(
    'file-invalid',
    `${path} says that it was made on ${new Date(at.time).toISOString()}, which lies ahead.`,
    {
      remedy: 'Check the clock of this machine and of the one that scanned.',
      place: { path },
    },
  );
}
