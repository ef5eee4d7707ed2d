import type { Artifact, VersionStatus } from '../../schemas/generated/messages.ts';

/** From the first to the last; the last two end a version. */
export const versionStatuses: readonly VersionStatus[] = [
  'untracked',
  'candidate',
  'evaluated',
  'assessed',
  'approved',
  'baseline',
  'production',
  'retired',
  'revoked',
];

/** Whether a version has come less far than `status`. */
export function isBehind(version: VersionStatus, status: VersionStatus): boolean {
  return versionStatuses.indexOf(version) < versionStatuses.indexOf(status);
}

/** What is known of a version beside the status that governance gave it. */
export interface StatusFacts {
  /** Whether a benchmark's figures are with it. */
  readonly measured: boolean;
  /** Whether it was assessed against policies. */
  readonly assessed: boolean;
}

/**
 * The status a version is shown with: one that governance has not moved yet is `evaluated` once a benchmark measured it and
 * `assessed` once policies did. Every other status stays what it is.
 */
export function shownStatus(stored: VersionStatus, { measured, assessed }: StatusFacts): VersionStatus {
  if (stored !== 'candidate') return stored;
  return assessed ? 'assessed' : measured ? 'evaluated' : stored;
}

/** Whether an artifact is a benchmark's figure; those of the tuning itself are none. */
export function isMeasurement(artifact: Pick<Artifact, 'artifactType'> & { readonly scope?: unknown }): boolean {
  return artifact.artifactType === 'metric' && (artifact.scope === 'baseline' || artifact.scope === 'custom');
}

/** Whether governance has not decided about a version yet: it may be approved. */
export function isUndecided(status: VersionStatus): boolean {
  return status === 'candidate' || status === 'evaluated' || status === 'assessed';
}
