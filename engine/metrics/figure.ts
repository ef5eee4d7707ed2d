import type { MetricValue } from '../../schemas/generated/messages.ts';
import type { Estimate, Range } from '../statistics/estimate.ts';
import { createSampleList } from './sample-list.ts';
import type { Aggregator, Observation } from './metric.ts';

/** What a figure is, whatever its value. */
export type FigureShape = Pick<MetricValue, 'metric' | 'label' | 'kind' | 'unit' | 'direction'>;

/** What is told beside a figure. */
export interface FigureRemarks {
  readonly note?: string | undefined;
  /** How texts were prepared and counted, where figures with another signature are not comparable. */
  readonly signature?: string | undefined;
}

export const nothingAnswered = 'No sample was answered.';

/** A figure as a report has it; without a point it is null and says why. */
export function describeEstimate(
  shape: FigureShape,
  { n, point, low, high, method }: Estimate,
  confidence: number,
  { note, signature }: FigureRemarks = {},
): MetricValue {
  const told = { ...(note === undefined ? {} : { note }), ...(signature === undefined ? {} : { signature }) };
  if (point === undefined || !Number.isFinite(point)) {
    return {
      ...shape,
      value: null,
      n,
      ...told,
      note: note ?? (n === 0 ? nothingAnswered : 'It is not defined for these answers.'),
    };
  }
  const bounds = { ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) };
  const made = low === undefined && high === undefined ? {} : { confidence, method };
  return { ...shape, value: point, n, ...bounds, ...made, ...told };
}

/** How the mean of one number a sample is made. */
export interface MeanOptions {
  /** A sample's number; undefined where it has none. */
  readonly read: (observation: Observation) => number | undefined;
  readonly range: Range;
  /** `share` for a number that is always 0 or 1. */
  readonly kind: 'share' | 'mean';
  /** Why a sample has no number, such as `have no log-likelihoods`, after `3 of 10 answers`. */
  readonly missing: string;
  readonly signature?: string;
}

/** The mean of one number a sample, with the interval that {@link createSampleList} gives. */
export function averageSamples(shape: FigureShape, options: MeanOptions): Aggregator {
  const { read, range, kind, missing, signature } = options;
  const samples = createSampleList();
  let without = 0;
  return {
    add(observation) {
      const value = read(observation);
      if (value !== undefined && Number.isFinite(value)) samples.push(observation.row, value);
      else without++;
    },
    point: () => samples.mean(),
    values({ confidence }) {
      const total = samples.length + without;
      const note = without === 0 ? undefined : `${without} of ${total} answers ${missing}.`;
      return [describeEstimate(shape, samples.estimate(confidence, range, kind), confidence, { note, signature })];
    },
  };
}

/** Several figures of one metric, the leading one first. */
export function joinFigures(figures: readonly [Aggregator, ...Aggregator[]]): Aggregator {
  const [leading] = figures;
  return {
    add(observation) {
      for (const figure of figures) figure.add(observation);
    },
    point: () => leading.point?.(),
    values: options => figures.flatMap(figure => figure.values(options)),
  };
}
