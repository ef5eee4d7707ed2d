import type { MetricValue } from '../../schemas/generated/messages.ts';
import {
  computeMoments,
  meanInterval,
  percentile,
  percentileInterval,
  type Interval,
} from '../statistics/intervals.ts';
import { createNumberList } from '../statistics/numbers.ts';
import { identify, type Identity } from './identity.ts';
import type { AggregateOptions, Aggregator, MetricDefinition, Observation } from './metric.ts';

const percentiles = [50, 90, 95, 99] as const;

export const latency = defineDuration({
  id: 'latency',
  title: 'Latency',
  description: 'Time from sending a request to its last byte. Waits before a retry are not part of it.',
  streams: false,
  missing: 'No answer carried a latency.',
  read: observation => observation.latencyMs,
});

export const timeToFirstToken = defineDuration({
  id: 'time-to-first-token',
  title: 'Time to first token',
  description:
    'Time from sending a request to the first event with content, reasoning or a tool call. Needs streamed answers.',
  streams: true,
  missing: 'No answer was streamed, so no first-token time is known.',
  read: observation => observation.firstTokenMs,
});

interface Duration extends Pick<MetricDefinition, 'id' | 'title' | 'description' | 'streams'> {
  readonly missing: string;
  read(observation: Observation): number | undefined;
}

function defineDuration(duration: Duration): MetricDefinition {
  const { id, title, description, streams } = duration;
  return {
    id,
    title,
    description,
    formula: 'mean, and percentiles by linear interpolation between order statistics, in milliseconds',
    source:
      'numpy.percentile (method "linear"); intervals: Student’s t for the mean, order statistics for percentiles.',
    kind: 'latency',
    unit: 'ms',
    direction: 'lower',
    figures: figuresOf(id),
    streams,
    create(parameters) {
      const identity = identify(id, title, parameters);
      return {
        ...identity,
        kind: 'latency',
        unit: 'ms',
        direction: 'lower',
        figures: figuresOf(identity.id),
        startAggregate: () => collectDurations(duration, identity),
      };
    },
  };
}

function figuresOf(id: string): readonly string[] {
  return [`${id}.mean`, ...percentiles.map(percent => `${id}.p${percent}`)];
}

function collectDurations(duration: Duration, identity: Identity): Aggregator {
  const durations = createNumberList();
  return {
    add(observation) {
      const milliseconds = duration.read(observation);
      if (milliseconds !== undefined) durations.push(milliseconds);
    },
    values: options => summarise(identity, duration.missing, durations.view(), options),
  };
}

function summarise(
  { id, label }: Identity,
  missing: string,
  durations: Float64Array,
  { confidence }: AggregateOptions,
): MetricValue[] {
  const n = durations.length;
  const base = { kind: 'latency', unit: 'ms', direction: 'lower', n } satisfies Partial<MetricValue>;
  const named = (figure: string) => ({ metric: `${id}.${figure}`, label: `${label}, ${figure}`, ...base });
  if (n === 0) {
    return ['mean', ...percentiles.map(percent => `p${percent}`)].map(figure => ({
      ...named(figure),
      value: null,
      note: missing,
    }));
  }
  const moments = computeMoments(durations);
  const mean = {
    ...named('mean'),
    value: moments.mean,
    ...describe(aboveZero(meanInterval(moments, confidence) ?? {}), confidence, 'Student’s t'),
  };
  const sorted = durations.slice().sort();
  return [
    mean,
    ...percentiles.map(percent => {
      const interval = percentileInterval(sorted, percent / 100, confidence);
      return {
        ...named(`p${percent}`),
        value: percentile(sorted, percent / 100),
        ...describe(interval, confidence, 'order statistics'),
      };
    }),
  ];
}

/** No duration is negative, whatever a symmetric interval says of few or uneven ones. */
function aboveZero(interval: Interval): Interval {
  return interval.low === undefined ? interval : { ...interval, low: Math.max(0, interval.low) };
}

function describe(interval: Interval, confidence: number, method: string): Partial<MetricValue> {
  if (interval.low !== undefined && interval.high !== undefined) return { ...interval, confidence, method };
  const note = 'Too few answers to bound this figure on both sides.';
  return interval.low === undefined && interval.high === undefined
    ? { note }
    : { ...interval, confidence, method, note };
}
