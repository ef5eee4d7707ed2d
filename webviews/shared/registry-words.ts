import type { MetricArtifact, MetricValue, ModelVersion, VersionStatus } from '../../schemas/generated/messages.ts';
import type { Look } from './governance-words.ts';
import { showUnseen } from './text.ts';

const statuses: Readonly<Record<VersionStatus, Look>> = {
  untracked: { text: 'No status', icon: 'absent', tone: 'neutral' },
  candidate: { text: 'Candidate', icon: 'absent', tone: 'neutral' },
  evaluated: { text: 'Evaluated', icon: 'absent', tone: 'neutral' },
  assessed: { text: 'Assessed', icon: 'absent', tone: 'neutral' },
  approved: { text: 'Approved', icon: 'pass', tone: 'good' },
  baseline: { text: 'Baseline', icon: 'lock', tone: 'good' },
  production: { text: 'In production', icon: 'star', tone: 'good' },
  retired: { text: 'Retired', icon: 'slash', tone: 'neutral' },
  revoked: { text: 'Revoked', icon: 'slash', tone: 'bad' },
};

export function statusWords({ status, state }: Pick<ModelVersion, 'status' | 'state'>): Look {
  return state === 'ARCHIVED' ? { text: 'Archived', icon: 'slash', tone: 'neutral' } : statuses[status];
}

/** `ticket-triage@3`, or `shared/ticket-triage@3` where another registry than the local one has it. */
export function versionName({
  model,
  version,
  registry,
}: Pick<ModelVersion, 'model' | 'version' | 'registry'>): string {
  const name = `${showUnseen(model)}@${showUnseen(version)}`;
  return registry === undefined || registry === 'local' ? name : `${showUnseen(registry)}/${name}`;
}

/** `8 × NVIDIA H100`; absent where nobody recorded it. */
export function hardwareWords({
  hardwareType,
  hardwareCount,
}: Pick<MetricArtifact, 'hardwareType' | 'hardwareCount'>): string | undefined {
  if (hardwareType === undefined) return undefined;
  const type = showUnseen(hardwareType);
  return hardwareCount === undefined ? type : `${String(hardwareCount)} × ${type}`;
}

/** A stored figure, as tables of figures take it. */
export function figureOfArtifact(artifact: MetricArtifact): MetricValue {
  const { metric, label, unit, direction, value, n = 0, low, high, confidence } = artifact;
  return {
    metric,
    label,
    kind: 'quality',
    unit,
    direction,
    value,
    n,
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(confidence === undefined ? {} : { confidence }),
  };
}
