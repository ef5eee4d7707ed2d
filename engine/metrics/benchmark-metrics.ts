import type { Benchmark, MetricName } from '../../schemas/generated/files.ts';
import { createMetric } from './catalogue.ts';
import type { Metric } from './metric.ts';

type Entry = NonNullable<Benchmark['metrics']>[number];

/** What is measured when a benchmark does not say: the schema's own default. */
const defaultEntries: readonly Entry[] = ['exact-match', 'latency', 'cost'];

/** A benchmark's metrics as it writes them. */
export function metricEntries(benchmark: Pick<Benchmark, 'metrics'>): readonly Entry[] {
  return benchmark.metrics ?? defaultEntries;
}

export function metricNameOf(entry: Entry): MetricName {
  return typeof entry === 'string' ? entry : (Object.keys(entry)[0] as MetricName);
}

/** A benchmark's metrics with their parameters bound. Throws `metric-unsuitable` for one that cannot be made. */
export function createMetrics(benchmark: Pick<Benchmark, 'metrics'>): readonly Metric[] {
  const entries = metricEntries(benchmark);
  return entries.map(entry => createMetric(entry, entries));
}

/** The metric that decides right and wrong and pairs variants: the first with a score of its own, else accuracy. */
export function leadingMetric(metrics: readonly Metric[]): Metric {
  return metrics.find(metric => metric.score !== undefined) ?? createMetric('accuracy');
}
