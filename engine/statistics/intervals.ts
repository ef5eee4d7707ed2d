import { binomialQuantile } from './binomial.ts';
import { normalQuantile, studentQuantile } from './quantiles.ts';

/** An estimate's bounds; one is absent where the data cannot bound that side. */
export interface Interval {
  readonly low?: number;
  readonly high?: number;
}

/** Both bounds known. */
export interface ClosedInterval {
  readonly low: number;
  readonly high: number;
}

/** Wilson's (1927) score interval of a share, without continuity correction. `rows` is at least 1 and may be fractional. */
export function wilsonInterval(successes: number, rows: number, confidence: number): ClosedInterval {
  const z = normalQuantile((1 + confidence) / 2);
  const square = z * z;
  const centre = successes + square / 2;
  const margin = z * Math.sqrt((successes * (rows - successes)) / rows + square / 4);
  const low = successes <= 0 ? 0 : (centre - margin) / (rows + square);
  const high = successes >= rows ? 1 : (centre + margin) / (rows + square);
  return { low, high };
}

/** Mean and sample variance (n − 1) in one pass, by Welford's recurrence. */
export interface Moments {
  readonly n: number;
  readonly mean: number;
  /** 0 for fewer than two values. */
  readonly variance: number;
}

export function computeMoments(values: Float64Array): Moments {
  let mean = 0;
  let squares = 0;
  for (let index = 0; index < values.length; index++) {
    const delta = values[index]! - mean;
    mean += delta / (index + 1);
    squares += delta * (values[index]! - mean);
  }
  return { n: values.length, mean, variance: values.length > 1 ? squares / (values.length - 1) : 0 };
}

/** Student's t interval of a mean; undefined for fewer than two values. */
export function meanInterval({ n, mean, variance }: Moments, confidence: number): ClosedInterval | undefined {
  if (n < 2) return undefined;
  const margin = studentQuantile((1 + confidence) / 2, n - 1) * Math.sqrt(variance / n);
  return { low: mean - margin, high: mean + margin };
}

/** Percentile by linear interpolation between the neighbouring order statistics (numpy's default). `share` is 0 … 1; `sorted` is ascending and not empty. */
export function percentile(sorted: Float64Array, share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  const weight = position - below;
  return weight < 0.5 ? low + (high - low) * weight : high - (high - low) * (1 - weight);
}

/**
 * Distribution-free interval of a quantile between two order statistics, by the binomial distribution of how many values lie below it
 * (David and Nagaraja 2003, section 7.1). Each side errs with at most (1 − confidence) / 2; a side that too few values can bound is absent.
 */
export function percentileInterval(sorted: Float64Array, share: number, confidence: number): Interval {
  const n = sorted.length;
  const tail = (1 - confidence) / 2;
  const lowRank = binomialQuantile(tail, n, share);
  const highRank = binomialQuantile(1 - tail, n, share) + 1;
  const low = lowRank >= 1 ? { low: sorted[lowRank - 1]! } : {};
  const high = highRank <= n ? { high: sorted[highRank - 1]! } : {};
  return { ...low, ...high };
}
