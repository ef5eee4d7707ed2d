import { computeMoments, meanInterval, wilsonInterval, type Interval } from './intervals.ts';

/** A figure over `n` rows. Without rows it has no point, and without enough of them no bounds. */
export interface Estimate extends Interval {
  readonly n: number;
  readonly point: number | undefined;
  /** How the interval was made. */
  readonly method: string;
}

/** Values that a figure cannot leave, such as 0 and 1; bounds are cut there. */
export interface Range {
  readonly least?: number;
  readonly most?: number;
  /** How far the figure moves when every row goes from best to worst, where that is not most − least: 1 for a word error rate. */
  readonly span?: number;
}

/**
 * Mean of one finite value a row. Wilson's (1927) interval where every value is 0 or 1, Student's t elsewhere: resampling cannot
 * tell how sure a share of none or all is, and t would call it certain.
 */
export function estimateMean(values: Float64Array, confidence: number, range: Range = {}): Estimate {
  const moments = computeMoments(values);
  const { n, mean } = moments;
  const isShare = values.every(value => value === 0 || value === 1);
  const method = isShare ? 'Wilson' : 'Student’s t';
  if (n === 0) return { n, point: undefined, method };
  const interval = isShare ? wilsonInterval(mean * n, n, confidence) : (meanInterval(moments, confidence) ?? {});
  return { n, point: mean, ...cutInterval(interval, range), method };
}

export function cutInterval({ low, high }: Interval, { least = -Infinity, most = Infinity }: Range): Interval {
  return {
    ...(low === undefined ? {} : { low: Math.max(least, low) }),
    ...(high === undefined ? {} : { high: Math.min(most, high) }),
  };
}
