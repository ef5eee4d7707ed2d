import type { Artifact, DatasetArtifact, MetricArtifact, ParameterArtifact } from '../../schemas/generated/messages.ts';

/** A figure with what it has to be read with. */
export interface CardFigure {
  readonly figure: MetricArtifact;
  /** Such as `8 × NVIDIA H100`. */
  readonly hardware: string | undefined;
  readonly dataset: DatasetArtifact | undefined;
}

/**
 * The newest figure of every task, metric, rows and hardware: a benchmark that ran again on the same replaces what it said before.
 * Ordered by scope, task and metric, whatever order they were added in.
 */
export function newestFigures(artifacts: readonly Artifact[]): readonly CardFigure[] {
  const newest = new Map<string, CardFigure>();
  for (const figure of artifacts) {
    if (figure.artifactType !== 'metric') continue;
    const hardware = hardwareOf(figure, artifacts);
    const { scope, useCase = '', task, metric, datasetDigest = '' } = figure;
    const key = JSON.stringify([scopes[scope], scope, useCase, task, metric, datasetDigest, hardware ?? '']);
    const earlier = newest.get(key)?.figure;
    if (earlier !== undefined && isNewer(earlier, figure)) continue;
    newest.set(key, { figure, hardware, dataset: datasetOf(figure, artifacts) });
  }
  return [...newest].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, value]) => value);
}

const scopes = { baseline: 0, custom: 1, tuning: 2 } as const;

function isNewer(one: MetricArtifact, other: MetricArtifact): boolean {
  return one.timestamp === other.timestamp ? one.name > other.name : one.timestamp > other.timestamp;
}

function hardwareOf({ hardwareType, hardwareCount, runId }: MetricArtifact, artifacts: readonly Artifact[]) {
  const type = hardwareType ?? parameterOf('hardware_type', runId, artifacts);
  if (type === undefined) return undefined;
  const count = hardwareCount ?? parameterOf('hardware_count', runId, artifacts);
  return wordHardware(String(type), count === undefined ? undefined : String(count));
}

/** `8 × NVIDIA H100`; a type that says how many there are already stays as it is. */
export function wordHardware(type: string, count: string | undefined): string {
  return count === undefined || /^\d+ × /.test(type) ? type : `${count} × ${type}`;
}

/** A setting of a run. */
export function parameterOf(
  name: string,
  runId: string,
  artifacts: readonly Artifact[],
): ParameterArtifact['value'] | undefined {
  const found = artifacts.find(
    (artifact): artifact is ParameterArtifact =>
      artifact.artifactType === 'parameter' && artifact.runId === runId && artifact.name.endsWith(`/${name}`),
  );
  return found?.value;
}

function datasetOf({ runId, task, datasetDigest }: MetricArtifact, artifacts: readonly Artifact[]) {
  const datasets = artifacts.filter(
    (artifact): artifact is DatasetArtifact =>
      artifact.artifactType === 'dataset-artifact' &&
      (datasetDigest === undefined || artifact.digest === datasetDigest),
  );
  return (
    datasets.find(({ name }) => name.startsWith(`${runId}/${task}`)) ??
    datasets.find(dataset => dataset.runId === runId || dataset.name.startsWith(`${runId}/`)) ??
    (datasetDigest === undefined ? undefined : datasets[0])
  );
}
