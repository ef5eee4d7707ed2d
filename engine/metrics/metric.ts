import type { ConfusionMatrix, MetricValue } from '../../schemas/generated/messages.ts';
import type { MetricName } from '../../schemas/generated/files.ts';

/** What a metric sees of an answered sample. */
export interface Observation {
  readonly output: string;
  readonly target: string;
  readonly latencyMs?: number;
  readonly firstTokenMs?: number;
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly estimatedTokens?: boolean;
  readonly cost?: number;
}

export interface AggregateOptions {
  /** Confidence level of the intervals, such as 0.95. */
  readonly confidence: number;
  /** Seed for resampled intervals. */
  readonly seed: number;
}

/** Collects observations in bounded memory: counts and one number a row at most, never texts. */
export interface Aggregator {
  add(observation: Observation): void;
  /** The metric's figures so far; a latency metric has several (`latency.mean`, `latency.p50`, …), most have one. */
  values(options: AggregateOptions): readonly MetricValue[];
  /** A quality metric's figure so far without its interval, which may cost resampling; undefined before the first observation. */
  point?(): number | undefined;
  /** Counts by target and answer, for metrics over classes; undefined where there are too many classes to show. */
  confusion?(): ConfusionMatrix | undefined;
}

/** One metric with its parameters bound. */
export interface Metric {
  readonly id: MetricName;
  /** For people: `F1 (macro)`. */
  readonly label: string;
  readonly kind: MetricValue['kind'];
  /** A sample's own score in 0..1, where the metric has one (exact-match, accuracy). Decides `right` and pairs variants. */
  score?(observation: Observation): number;
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
  /** Ids of the figures it computes, the leading one first. */
  readonly figures: readonly string[];
  /** Needs the answers streamed. */
  readonly streams: boolean;
  create(parameters: Readonly<Record<string, unknown>>): Metric;
}
