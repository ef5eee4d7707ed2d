import type { Artifact, MetricArtifact, ParameterArtifact } from '../../../schemas/generated/messages.ts';
import type { Digest } from '../../ports/digest.ts';
import { clipText } from '../../base/clip.ts';
import type { MlflowApi } from './api.ts';
import { ensureExperiment, ensureRun, finishRun, runTags } from './runs.ts';
import { isMlflowName } from './tags.ts';
import type { WireVersion } from './wire.ts';

/** MLflow's limits of one batch. Those of a name and of a parameter's value only shorten what is shown: records hold all of it. */
const most = { metrics: 1000, params: 100, bytes: 1_000_000, name: 250, value: 6000 } as const;

interface ShownMetric {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: 0;
}

interface ShownParam {
  readonly key: string;
  readonly value: string;
}

/**
 * Shows figures and settings on MLflow's own pages: each of our runs is a run there, in the model's experiment, with metrics and
 * parameters. Logging the same again changes nothing.
 */
export async function showResults(
  api: MlflowApi,
  digest: Digest,
  version: WireVersion,
  artifacts: readonly Artifact[],
  signal: AbortSignal,
): Promise<void> {
  const runs = Map.groupBy(artifacts.filter(isResult), ({ runId }) => runId);
  if (runs.size === 0) return;
  const experiment = await ensureExperiment(api, version.name, signal);
  for (const [runId, results] of runs) {
    const wanted = {
      name: `${version.name} ${version.version} ${runId}`,
      note: `What the run ${runId} of AI Workbench measured of version ${version.version}.`,
      tags: {
        [runTags.kind]: 'results',
        [runTags.model]: version.name,
        [runTags.version]: version.version,
        [runTags.run]: runId,
      },
    };
    const run = await ensureRun(api, experiment, wanted, signal);
    const metrics = results.flatMap(one => (one.artifactType === 'metric' ? [toMetric(one, digest)] : []));
    // A parameter that is there keeps its value: MLflow refuses a whole batch that would change one.
    const params = results.flatMap(one => (one.artifactType === 'parameter' ? [toParam(one, digest)] : []));
    const fresh = params.filter(({ key }) => !run.params.has(key));
    for (const part of split(metrics, most.metrics)) {
      await api.set('POST', '/runs/log-batch', { run_id: run.id, metrics: part }, signal);
    }
    for (const part of split(fresh, most.params)) {
      await api.set('POST', '/runs/log-batch', { run_id: run.id, params: part }, signal);
    }
    await finishRun(api, run.id, signal);
  }
}

function isResult(artifact: Artifact): artifact is MetricArtifact | ParameterArtifact {
  return artifact.artifactType === 'metric' || artifact.artifactType === 'parameter';
}

function toMetric({ name, runId, value, timestamp }: MetricArtifact, digest: Digest): ShownMetric {
  return { key: shownName(name, runId, digest), value, timestamp: Math.max(0, Math.round(timestamp)), step: 0 };
}

function toParam({ name, runId, value }: ParameterArtifact, digest: Digest): ShownParam {
  return { key: shownName(name, runId, digest), value: clipText(String(value), most.value) };
}

/** A name without its run, in signs that MLflow takes; two names are never shown as one. */
export function shownName(name: string, runId: string, digest: Digest): string {
  const short = name.startsWith(`${runId}/`) ? name.slice(runId.length + 1) : name;
  if (isMlflowName(short) && short.length <= most.name) return short;
  const parts = short.replace(/[^/\p{L}\p{N}_. :-]/gu, '-').split('/');
  const plain = parts.filter(part => part !== '' && !part.startsWith('.')).join('/');
  return `${plain.slice(0, most.name - 10) || 'unnamed'}-${digest.sha256(short).slice(0, 8)}`;
}

/** In parts that MLflow takes at once, by number and by size. */
function* split<T>(items: readonly T[], count: number): Generator<readonly T[]> {
  let part: T[] = [];
  let bytes = 0;
  for (const item of items) {
    // What is not ASCII may be sent as two bytes to four.
    const size = JSON.stringify(item).length * 4 + 2;
    if (part.length === count || (part.length > 0 && bytes + size > most.bytes - 1000)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(item);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
