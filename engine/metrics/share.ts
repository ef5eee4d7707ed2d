import type { MetricName } from '../../schemas/generated/files.ts';
import type { MetricValue } from '../../schemas/generated/messages.ts';
import { wilsonInterval } from '../statistics/intervals.ts';
import type { Aggregator, Metric, Observation } from './metric.ts';

/** A metric whose samples score 0 or 1: the share of ones, with Wilson's interval. */
export function createShareMetric(
  name: MetricName,
  label: string,
  isRight: (observation: Observation) => boolean,
): Metric {
  return {
    id: name,
    name,
    label,
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: [name],
    score: observation => (isRight(observation) ? 1 : 0),
    right: { isRight: score => score >= 1, binary: true },
    startAggregate: () => countRight(name, label, isRight),
  };
}

function countRight(id: Metric['id'], label: string, isRight: (observation: Observation) => boolean): Aggregator {
  let n = 0;
  let right = 0;
  return {
    add(observation) {
      n++;
      if (isRight(observation)) right++;
    },
    point: () => (n === 0 ? undefined : right / n),
    values({ confidence }) {
      const base = {
        metric: id,
        label,
        kind: 'quality',
        unit: 'ratio',
        direction: 'higher',
        n,
      } satisfies Partial<MetricValue>;
      if (n === 0) return [{ ...base, value: null, note: 'No sample was answered.' }];
      return [{ ...base, value: right / n, ...wilsonInterval(right, n, confidence), confidence, method: 'Wilson' }];
    },
  };
}
