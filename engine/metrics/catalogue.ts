import type { Metric as MetricEntry, MetricName } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { accuracy } from './accuracy.ts';
import { f1, precision, recall } from './classes.ts';
import { latency, timeToFirstToken } from './durations.ts';
import { custom } from './custom.ts';
import { exactMatch } from './exact-match.ts';
import { judge } from './judge/judge.ts';
import type { Metric, MetricDefinition } from './metric.ts';
import { pairwise } from './pairwise.ts';
import { passAtK } from './pass-at-k.ts';
import { pii } from './pii.ts';
import { recorded } from './recorded.ts';
import { similarity } from './similarity.ts';
import { toxicity } from './toxicity.ts';
import { cost, tokens } from './usage.ts';

/** Every metric a benchmark can name, quality first. */
export const metricCatalogue: ReadonlyMap<MetricName, MetricDefinition> = new Map(
  [
    exactMatch,
    accuracy,
    precision,
    recall,
    f1,
    similarity,
    judge,
    pairwise,
    toxicity,
    pii,
    custom,
    passAtK,
    recorded,
    latency,
    timeToFirstToken,
    tokens,
    cost,
  ].map(definition => [definition.id, definition]),
);

/** A metric from its entry in a benchmark file: its name, or its name with parameters. Throws `metric-unsuitable` for an unknown name. */
export function createMetric(entry: MetricEntry): Metric {
  const [name, parameters] = typeof entry === 'string' ? [entry, {}] : (Object.entries(entry)[0] ?? ['', {}]);
  const definition = metricCatalogue.get(name as MetricName);
  if (!definition) {
    throw new WorkbenchError('metric-unsuitable', `There is no metric named "${name}".`, {
      remedy: `Use one of ${[...metricCatalogue.keys()].join(', ')}.`,
    });
  }
  return definition.create({ ...parameters });
}
