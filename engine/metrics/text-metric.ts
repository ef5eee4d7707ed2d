import type { MetricValue } from '../../schemas/generated/messages.ts';
import type { Range } from '../statistics/estimate.ts';
import { sumStatistics } from './corpus-figure.ts';
import type { Identity } from './identity.ts';
import { rememberLast } from './memo.ts';
import type { CorpusStatistics, Metric, Observation } from './metric.ts';
import { compareTexts } from './too-long.ts';

/** A figure of a corpus of texts: statistics of each answer, and what their sum, or one of them alone, is worth. */
export interface TextMetricOptions {
  readonly unit: MetricValue['unit'];
  readonly direction: MetricValue['direction'];
  readonly range: Range;
  readonly width: number;
  /** Throws `metric-unsuitable` for texts too long to compare. */
  readonly statistics: (output: string, target: string) => Float64Array;
  readonly figure: (sums: Float64Array) => number;
  /** A sample's own score from its statistics. */
  readonly score: (statistics: Float64Array) => number;
  readonly right?: Metric['right'];
  readonly signature: string | (() => string);
  readonly warn?: (totals: Float64Array, n: number) => string | undefined;
}

/**
 * A metric over texts whose figure is that of the whole corpus and no mean of scores. Statistics of an answer are made once for its score and its
 * figures. A text that is too long to compare has no score, counts in no figure, and is told in the note.
 */
export function createTextMetric(identity: Identity, options: TextMetricOptions): Metric {
  const { unit, direction, range, width, figure, score, right, signature, warn } = options;
  const nothing = new Float64Array(width);
  const compare = rememberLast((output, target) => compareTexts(options.statistics, output, target));
  const corpus: CorpusStatistics = { of: observation => compare(observation) ?? nothing, figure };
  const shape = { metric: identity.id, label: identity.label, kind: 'quality', unit, direction } as const;
  return {
    ...identity,
    kind: 'quality',
    unit,
    direction,
    figures: [identity.id],
    ranges: { [identity.id]: range },
    score(observation: Observation) {
      const statistics = compare(observation);
      return statistics === undefined ? undefined : score(statistics);
    },
    ...(right === undefined ? {} : { right }),
    corpus,
    startAggregate: () =>
      sumStatistics(shape, {
        corpus,
        width,
        range,
        suits: observation => compare(observation) !== undefined,
        missing: 'are too long to compare with their targets',
        signature,
        ...(warn === undefined ? {} : { warn }),
      }),
  };
}
