import type { MetricArtifact, MetricValue, ModelIdentity } from '../../schemas/generated/messages.ts';
import { keys } from './keys.ts';

type Source = Pick<MetricArtifact, 'runId' | 'task' | 'scope' | 'datasetDigest' | 'timestamp'> & {
  /** Whether the version is known to have answered. */
  readonly identity?: ModelIdentity['state'];
};

/** A run's figures as artifacts, named `<run id>/<task>/<metric>`; figures that could not be computed are none. */
export function metricArtifacts(figures: readonly MetricValue[], { identity, ...source }: Source): MetricArtifact[] {
  return figures.flatMap(({ metric, label, value, unit, direction, n, low, high, confidence }): MetricArtifact[] => {
    if (value === null) return [];
    return [
      {
        artifactType: 'metric',
        name: `${source.runId}/${source.task}/${metric}`,
        metric,
        label,
        value,
        unit,
        direction,
        n,
        ...(low === undefined ? {} : { low }),
        ...(high === undefined ? {} : { high }),
        ...(confidence === undefined ? {} : { confidence }),
        ...source,
        ...(identity === undefined ? {} : { customProperties: { [keys.identity]: identity } }),
      },
    ];
  });
}
