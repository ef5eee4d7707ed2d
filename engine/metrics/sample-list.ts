import { clusteredMean, clusteredShare } from '../statistics/clusters.ts';
import { cutInterval, estimateMean, type Estimate, type Range } from '../statistics/estimate.ts';
import { computeMoments, meanInterval, wilsonInterval } from '../statistics/intervals.ts';
import { createNumberList } from '../statistics/numbers.ts';

/** One number a sample, with the row it belongs to. */
export interface SampleList {
  readonly length: number;
  /** `row` is absent where rows are not told apart; then no two samples are taken for repeats of one. `value` is finite. */
  push(row: number | undefined, value: number): void;
  mean(): number | undefined;
  /** Mean and interval; repeats of a row are no independent samples and widen it. */
  estimate(confidence: number, range: Range, kind?: 'share' | 'mean' | 'difference'): Estimate;
  /** By how much repeats inflate the variance of the mean: 1 where there are none. */
  designEffect(confidence: number): number;
  rows(): Int32Array;
  values(): Float64Array;
}

/** Rows above this cannot be packed with their value. */
const largestRow = 2 ** 30 - 1;

/** Four bytes a sample while every value is 0 or 1, twelve from the first other value on. */
export function createSampleList(): SampleList {
  let packed = new Int32Array(64);
  let length = 0;
  let sum = 0;
  let wide: ReturnType<typeof createNumberList> | undefined;
  let isClustered = true;

  function widen(): ReturnType<typeof createNumberList> {
    const list = createNumberList();
    for (let index = 0; index < length; index++) {
      list.push(packed[index]! & 1);
      packed[index] = packed[index]! >> 1;
    }
    return list;
  }

  const rows = (): Int32Array => {
    const unpacked = packed.slice(0, length);
    if (!wide) for (let index = 0; index < length; index++) unpacked[index]! >>= 1;
    return unpacked;
  };
  const values = (): Float64Array => {
    if (wide) return wide.view();
    const unpacked = new Float64Array(length);
    for (let index = 0; index < length; index++) unpacked[index] = packed[index]! & 1;
    return unpacked;
  };
  const repeats = (): boolean => isClustered && hasRepeats(rows());

  return {
    get length() {
      return length;
    },
    push(row, value) {
      if (length === packed.length) {
        const larger = new Int32Array(length * 2);
        larger.set(packed);
        packed = larger;
      }
      if (row === undefined || row > largestRow) isClustered = false;
      const known = isClustered ? row! : 0;
      if (wide === undefined && value !== 0 && value !== 1) wide = widen();
      if (wide) wide.push(value);
      packed[length++] = wide ? known : known * 2 + value;
      sum += value;
    },
    mean: () => (length === 0 ? undefined : sum / length),
    estimate(confidence, range, kind = wide ? 'mean' : 'share') {
      if (!repeats()) {
        if (kind === 'difference') return estimateDifference(values(), confidence);
        if (wide || length === 0) return estimateMean(values(), confidence, range);
        return { n: length, point: sum / length, ...wilsonInterval(sum, length, confidence), method: 'Wilson' };
      }
      const clustered = kind === 'share' ? clusteredShare : clusteredMean;
      const { n, point, method, ...interval } = clustered(rows(), values(), confidence);
      return { n, point, method, ...cutInterval(interval, range) };
    },
    designEffect(confidence) {
      if (!repeats()) return 1;
      const { n, clusters, point = 0, error } = clusteredMean(rows(), values(), confidence);
      const independent = (point * (1 - point)) / (n - 1);
      return error === undefined || independent <= 0 ? n / clusters : Math.max(1, (error * error) / independent);
    },
    rows,
    values,
  };
}

/** Differences are no shares, even where each is 0 or 1: the next could be negative. */
function estimateDifference(values: Float64Array, confidence: number): Estimate {
  const moments = computeMoments(values);
  const point = moments.n === 0 ? undefined : moments.mean;
  return { n: moments.n, point, ...meanInterval(moments, confidence), method: 'Student’s t' };
}

/** Whether a row occurs twice. Rows mostly come in their order, which needs no sorting. */
function hasRepeats(rows: Int32Array): boolean {
  let isAscending = true;
  for (let index = 1; index < rows.length; index++) {
    if (rows[index] === rows[index - 1]) return true;
    if (rows[index]! < rows[index - 1]!) isAscending = false;
  }
  if (isAscending) return false;
  const sorted = rows.slice().sort();
  for (let index = 1; index < sorted.length; index++) if (sorted[index] === sorted[index - 1]) return true;
  return false;
}
