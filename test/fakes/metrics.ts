import assert from 'node:assert/strict';
import { createMetric } from '../../engine/metrics/catalogue.ts';
import type { Metric, Observation } from '../../engine/metrics/metric.ts';
import { scoreObservation } from '../../engine/metrics/score.ts';
import type { Metric as MetricEntry } from '../../schemas/generated/files.ts';
import type { MetricValue } from '../../schemas/generated/messages.ts';

export const aggregateOptions = { confidence: 0.95, seed: 7 };

/** What a run does with a metric: scores each answer when it comes, then adds it up. */
export function measureWith(metric: Metric, observations: Iterable<Observation>): readonly MetricValue[] {
  const aggregator = metric.startAggregate();
  for (const observation of observations) {
    aggregator.add({ ...observation, scores: scoreObservation(observation, [metric], metric) });
  }
  return aggregator.values(aggregateOptions);
}

export function measure(entry: MetricEntry, observations: Iterable<Observation>): readonly MetricValue[] {
  return measureWith(createMetric(entry), observations);
}

export function figure(values: readonly MetricValue[], id: string): MetricValue {
  return values.find(({ metric }) => metric === id) ?? assert.fail(`no figure ${id}`);
}
