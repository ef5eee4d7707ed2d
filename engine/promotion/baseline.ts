import { canonicalJson } from '../../schemas/canonical.ts';
import type { Baseline, Identity, MetricArtifact } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import type { LocalVersion, RegistryChange } from '../ports/registry.ts';
import { requireApproval, type Approved } from './approved.ts';
import { freezeDigests } from './frozen.ts';
import { createRecordId } from '../base/record-id.ts';
import { readBaseline } from './trail.ts';
import type { PromotionStep } from './step.ts';
import { findLiveVersion } from '../registry/version-of-use.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { describeDate } from '../base/dates.ts';
import { describePerson } from '../people/describe-person.ts';

/**
 * Locks a version: what it is and every figure it was measured at, for good. Needs an approval that counts. Alias and status
 * `baseline` move in the same step. Throws `baseline-exists` for a version that is locked already, `approval-missing`,
 * `gate-not-met` for an assessment that has expired, `record-tampered`.
 */
export async function lockBaseline(
  step: Omit<PromotionStep, 'comment'>,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Baseline> {
  const version = await findLiveVersion(step, ports.store, signal);
  const existing = await readBaseline(version.model, version.version, ports.store.ledger);
  if (existing !== undefined) throw baselineExists(version, existing.content);
  const approved = await requireApproval(version, ports, signal);
  const lockedBy = await ports.identities.whoAmI(step.folder, signal);
  return appendBaseline(version, approved, lockedBy, ports, signal);
}

/** Locks a version whose approval was looked at already. */
export async function appendBaseline(
  version: LocalVersion,
  { assessment, grant }: Approved,
  lockedBy: Identity,
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Baseline> {
  const { store, clock, random, digest } = ports;
  const artifacts = await store.registry.listArtifacts(version.model, version.version, signal);
  const content: Omit<Baseline, 'digest'> = {
    model: version.model,
    version: version.version,
    weightsDigest: version.weightsDigest,
    recordDigest: assessment.record.digest,
    lockedAt: clock.now(),
    lockedBy,
    approvedBy: grant.content.approvedBy,
    metrics: artifacts.filter((artifact): artifact is MetricArtifact => artifact.artifactType === 'metric'),
    frozen: await freezeDigests(version, artifacts, assessment.content, ports, signal),
  };
  const baseline: Baseline = { ...content, digest: digest.sha256(canonicalJson(content)) };
  const { model, version: number } = version;
  const changes: RegistryChange[] = [{ type: 'alias', model, alias: 'baseline', version: number }];
  if (version.status !== 'production') changes.push({ type: 'status', model, version: number, status: 'baseline' });
  const record = {
    id: createRecordId('baseline', clock, random),
    kind: 'baseline' as const,
    model,
    version: number,
    at: baseline.lockedAt,
    actor: lockedBy,
    payload: baseline,
    uniqueKey: `baseline:${nameOfVersion(version)}`,
  };
  try {
    await store.ledger.append(record, changes);
  } catch (error) {
    // Somebody else was quicker.
    if (error instanceof WorkbenchError && error.code === 'record-exists')
      throw baselineExists(version, undefined, error);
    throw error;
  }
  return baseline;
}

function baselineExists(version: LocalVersion, baseline: Baseline | undefined, cause?: unknown): WorkbenchError {
  const by =
    baseline === undefined
      ? ''
      : ` ${describePerson(baseline.lockedBy)} locked it on ${describeDate(baseline.lockedAt)}.`;
  return new WorkbenchError(
    'baseline-exists',
    `${nameOfVersion(version)} has a baseline, and it is never changed.${by}`,
    {
      remedy: 'To measure again from here, register a new version.',
      cause,
    },
  );
}
