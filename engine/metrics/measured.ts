import type { MetricValue } from '../../schemas/generated/messages.ts';
import { startClustered } from '../statistics/clusters.ts';
import { cutInterval, type Range } from '../statistics/estimate.ts';
import type { AggregateOptions, Aggregator, Observation } from './metric.ts';

/** A mean or share over the scores that answers were given when they were measured. */
export interface MeasuredFigure {
  /** Id of the figure. */
  readonly metric: string;
  readonly label: string;
  readonly unit: MetricValue['unit'];
  readonly direction: MetricValue['direction'];
  /** `share` where every score is 0 or 1. */
  readonly kind: 'mean' | 'share';
  /** Values a score cannot leave. */
  readonly range?: Range;
  /** One answer's score; undefined where it has none. */
  read(observation: Observation): number | undefined;
  /** What is said where no answer has a score. */
  readonly missing: string;
}

/** Collects figures over measured scores; repeats of a row count as one cluster. Answers without a score are told in the notes. */
export function collectMeasured(figures: readonly MeasuredFigure[]): Aggregator {
  const collectors = figures.map(figure => startFigure(figure));
  return {
    add(observation) {
      for (const { add } of collectors) add(observation);
    },
    values: options => collectors.map(({ value }) => value(options)),
    point: () => collectors[0]?.point(),
  };
}

function startFigure(figure: MeasuredFigure) {
  const scores = startClustered(figure.kind);
  let rows = 0;
  let measured = 0;
  let sum = 0;
  return {
    add(observation: Observation): void {
      const score = figure.read(observation);
      if (score !== undefined) {
        scores.add(observation.row ?? rows, score);
        measured += 1;
        sum += score;
      }
      rows += 1;
    },
    point: (): number | undefined => (measured === 0 ? undefined : sum / measured),
    value({ confidence }: AggregateOptions): MetricValue {
      const { n, point, method, ...bounds } = scores.summary(confidence);
      const { metric, label, unit, direction, range } = figure;
      const base = { metric, label, kind: 'quality', unit, direction, n } satisfies Partial<MetricValue>;
      if (point === undefined) return { ...base, value: null, note: figure.missing };
      const interval = cutInterval(bounds, range ?? {});
      const isBounded = interval.low !== undefined || interval.high !== undefined;
      return {
        ...base,
        value: point,
        ...interval,
        ...(isBounded ? { confidence, method } : {}),
        ...(measured < rows ? { note: `${rows - measured} of ${rows} answers have no score.` } : {}),
      };
    },
  };
}
