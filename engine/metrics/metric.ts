import type { ConfusionMatrix, MetricValue } from '../../schemas/generated/messages.ts';
import type { MetricName } from '../../schemas/generated/files.ts';
import type { Range } from '../statistics/estimate.ts';
import type { AnsweredPair, MeasuredSample, Measurement, MeasureNeeds, MeasureTools } from './measure.ts';
import type { Observation } from './observation.ts';

export type { Observation } from './observation.ts';

export interface AggregateOptions {
  /** Confidence level of the intervals, such as 0.95. */
  readonly confidence: number;
  /** Seed for resampled intervals. */
  readonly seed: number;
}

/** Collects observations in bounded memory: counts and a few numbers a row at most, never texts. */
export interface Aggregator {
  add(observation: Observation): void;
  /** The metric's figures so far; a latency metric has several (`latency.mean`, `latency.p50`, …), most have one. */
  values(options: AggregateOptions): readonly MetricValue[];
  /** A quality metric's figure so far without its interval, which may cost resampling; undefined before the first observation. */
  point?(): number | undefined;
  /** Counts by target and answer, for metrics over classes; undefined where there are too many classes to show. */
  confusion?(): ConfusionMatrix | undefined;
}

/**
 * How a figure that is no mean of scores (BLEU, WER, macro F1) comes about: each sample's statistics are added up and `figure` turns the
 * sums into the number. Paired comparisons resample the statistics.
 */
export interface CorpusStatistics {
  /** Numbers per sample; always of the same length. */
  of(observation: Observation): Float64Array;
  /** The figure of summed statistics; NaN where there is none. */
  figure(sums: Float64Array): number;
}

/** One metric with its parameters bound. */
export interface Metric {
  /** Key of its scores and leading figure: the `name` parameter where it has one, else the metric's own name. */
  readonly id: string;
  readonly name: MetricName;
  /** For people: `F1 (macro)`. */
  readonly label: string;
  readonly kind: MetricValue['kind'];
  readonly unit: MetricValue['unit'];
  readonly direction: MetricValue['direction'];
  /** Ids of the figures it computes, the leading one first. */
  readonly figures: readonly string[];
  /**
   * A sample's own score, where the metric has one; undefined where this sample has none. Stored under the metric's id; pairs variants
   * row by row. A metric that measures outside reads what was measured from `observation.scores`.
   */
  score?(observation: Observation): number | undefined;
  /** Whether a score means a right answer. Absent where no score does. A metric whose every score is 0 or 1 is compared by McNemar's test. */
  readonly right?: { readonly isRight: (score: number) => boolean; readonly binary: boolean };
  /** Further numbers taken from the answer itself when it comes (choices, probabilities), stored by key beside the score. */
  take?(observation: Observation): Readonly<Record<string, number>> | undefined;
  /** Measures a sample outside the engine, once, right after its answer. Throws only the signal's reason. */
  measure?(sample: MeasuredSample, tools: MeasureTools, signal: AbortSignal): Promise<Measurement>;
  /** Measures a model's answers against another's, once all have answered. Throws as `measure` does. */
  readonly pairs?: {
    /** The other model; default: the benchmark's baseline. */
    readonly baseline: string | undefined;
    measure(pair: AnsweredPair, tools: MeasureTools, signal: AbortSignal): Promise<Measurement>;
  };
  readonly needs?: MeasureNeeds;
  /** Ids of further figures, computed only where the answers tell them. */
  readonly sometimes?: readonly string[];
  /** What figures can lie between, by their ids, where their unit does not say (see `rangeOf`). */
  readonly ranges?: Readonly<Record<string, Range>>;
  /**
   * Checks what it was given and takes the files it needs, before anything is asked or measured. `read` gives the text of a file in
   * `needs.files`. Throws a WorkbenchError.
   */
  prepare?(read: (path: string) => string): void;
  /** Present where the figure is no mean of scores. */
  readonly corpus?: CorpusStatistics;
  /** Wants perturbed rows too (robustness); every other metric's overall figure is over rows asked as they are. */
  readonly seesPerturbed?: boolean;
  /** Compares slices itself (fairness) and has no figure within one. */
  readonly overallOnly?: boolean;
  startAggregate(): Aggregator;
}

/** A metric's entry in the catalogue: what hover, completion and docs show, and how to make it. */
export interface MetricDefinition {
  readonly id: MetricName;
  readonly title: string;
  /** Definition in one sentence. */
  readonly description: string;
  /** The formula in plain text. */
  readonly formula: string;
  /** Where the definition comes from. */
  readonly source: string;
  readonly kind: MetricValue['kind'];
  readonly unit: MetricValue['unit'];
  readonly direction: MetricValue['direction'];
  /** Ids of the figures it computes without parameters, the leading one first. */
  readonly figures: readonly string[];
  /** Needs the answers streamed. */
  readonly streams: boolean;
  /** Throws `metric-unsuitable` for parameters that make no metric, such as a regular expression that is none. */
  create(parameters: Readonly<Record<string, unknown>>, sibling: FindMetric): Metric;
}

/**
 * The metric that another one builds on, with its parameters, by its id or name; without a reference the benchmark's first quality metric,
 * else accuracy. Throws `metric-unsuitable` where there is none.
 */
export type FindMetric = (reference: string | undefined) => SiblingMetric;

export interface SiblingMetric {
  readonly metric: Metric;
  /** Whether the benchmark measures it anyway, so that its scores are stored. */
  readonly isMeasured: boolean;
}
