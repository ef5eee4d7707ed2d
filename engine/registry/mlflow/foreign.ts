import type { Artifact, MetricArtifact, ParameterArtifact } from '../../../schemas/generated/messages.ts';
import { orUndefined, type MlflowApi } from './api.ts';
import { given } from './given.ts';
import { getRun } from './runs.ts';
import { tagNames } from './tags.ts';
import { readLoggedModel, type WireMetric, type WireVersion } from './wire.ts';

/** What MLflow's users call a figure says nothing of its unit or of what is better. */
const unknown = { unit: 'score', direction: 'neutral', scope: 'custom', tool: 'MLflow' } as const;

/**
 * What an ordinary MLflow user left with a version: where its files are, and the newest metrics and parameters of the logged model and
 * of the run that made it.
 */
export async function foreignArtifacts(
  api: MlflowApi,
  version: WireVersion,
  signal: AbortSignal,
): Promise<readonly Artifact[]> {
  // The run of a version of ours only keeps its records.
  if (version.tags.has(tagNames.homeRun)) return [];
  const { source, runId } = version;
  const artifacts = new Map<string, Artifact>();
  const keep = (artifact: Artifact): void => {
    const key = `${artifact.artifactType}\n${artifact.name}`;
    if (!artifacts.has(key)) artifacts.set(key, artifact);
  };
  if (source !== undefined) keep({ artifactType: 'model-artifact', name: 'model', uri: source });
  const logged = loggedModelOf(version);
  const model =
    logged === undefined
      ? undefined
      : await orUndefined(api.get(`/logged-models/${encodeURIComponent(logged)}`, undefined, signal));
  const about =
    model === undefined ? { metrics: [], params: new Map<string, string>() } : readLoggedModel(model['model']);
  const owner = runId ?? logged ?? version.name;
  for (const metric of about.metrics) keepMetric(metric, metric.runId ?? owner, keep);
  for (const [key, value] of about.params) keep(toParameter(key, value, owner));
  const run = runId === undefined ? undefined : await orUndefined(getRun(api, runId, signal));
  const measured = new Set(about.metrics.map(({ key, runId: id }) => `${id ?? owner}/${key}`));
  for (const metric of run?.metrics ?? []) {
    // A metric of a logged model is one of its run too, where it knows no dataset.
    if (!measured.has(`${owner}/${metric.key}`)) keepMetric(metric, owner, keep);
  }
  for (const [key, value] of run?.params ?? []) keep(toParameter(key, value, owner));
  return [...artifacts.values()];
}

function loggedModelOf({ loggedModel, source }: WireVersion): string | undefined {
  const id = loggedModel ?? /^models:\/(m-[\w-]+)$/.exec(source ?? '')?.[1];
  return id !== undefined && /^[\w-]{1,256}$/.test(id) ? id : undefined;
}

function keepMetric(metric: WireMetric, runId: string, keep: (artifact: MetricArtifact) => void): void {
  const { key, value, timestamp, dataset, datasetDigest } = metric;
  if (!Number.isFinite(value)) return;
  const task = dataset ?? 'mlflow';
  keep({
    artifactType: 'metric',
    name: `${runId}/${task}/${key}`,
    metric: key,
    label: key,
    value,
    runId,
    task,
    timestamp,
    ...unknown,
    ...given({ datasetDigest }),
  });
}

function toParameter(key: string, value: string, runId: string): ParameterArtifact {
  return { artifactType: 'parameter', name: `${runId}/${key}`, value, runId };
}
