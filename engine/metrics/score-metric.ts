import type { MetricValue } from '../../schemas/generated/messages.ts';
import type { Range } from '../statistics/estimate.ts';
import { averageSamples } from './figure.ts';
import type { Identity } from './identity.ts';
import type { Metric, Observation } from './metric.ts';
import { shareRange } from './range.ts';

interface ScoreMetricOptions {
  readonly unit: MetricValue['unit'];
  readonly direction: MetricValue['direction'];
  readonly range: Range;
  /** A sample's score; undefined where it has none. */
  readonly score: (observation: Observation) => number | undefined;
  readonly right?: Metric['right'];
  /** Why a sample has no score, after `3 of 10 answers`. */
  readonly missing?: string;
}

/** A metric whose one figure is the mean of its samples' scores. */
export function createScoreMetric(identity: Identity, options: ScoreMetricOptions): Metric {
  const { id, label } = identity;
  const { unit, direction, range, score, right, missing = 'have no score' } = options;
  const shape = { metric: id, label, kind: 'quality', unit, direction } as const;
  const kind = right?.binary === true ? 'share' : 'mean';
  const read = readScore(id, score);
  return {
    ...identity,
    kind: 'quality',
    unit,
    direction,
    figures: [id],
    ranges: { [id]: range },
    score,
    ...(right === undefined ? {} : { right }),
    startAggregate: () => averageSamples(shape, { read, range, kind, missing }),
  };
}

/** A metric whose samples score 0 or 1: the share of ones. */
export function createShareMetric(
  identity: Identity,
  isRight: (observation: Observation) => boolean | undefined,
  missing?: string,
): Metric {
  return createScoreMetric(identity, {
    unit: 'ratio',
    direction: 'higher',
    range: shareRange,
    score(observation) {
      const right = isRight(observation);
      return right === undefined ? undefined : right ? 1 : 0;
    },
    right: binaryRight,
    ...(missing === undefined ? {} : { missing }),
  });
}

export const binaryRight = { isRight: (score: number) => score >= 1, binary: true };

/** A score that was stored with the sample, else made anew. */
export function readScore(key: string, score: (observation: Observation) => number | undefined): typeof score {
  return observation => observation.scores?.[key] ?? score(observation);
}
