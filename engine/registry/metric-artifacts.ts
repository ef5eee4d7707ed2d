import type { MetricArtifact, MetricValue } from '../../schemas/generated/messages.ts';

type Source = Pick<MetricArtifact, 'runId' | 'task' | 'scope' | 'datasetDigest' | 'timestamp'>;

/** A run's figures as artifacts, named `<run id>/<task>/<metric>`; figures that could not be computed are none. */
export function metricArtifacts(figures: readonly MetricValue[], source: Source): MetricArtifact[] {
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
      },
    ];
  });
}
