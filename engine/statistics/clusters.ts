import type { Estimate } from './estimate.ts';
import { wilsonInterval, type Interval } from './intervals.ts';
import { studentQuantile } from './quantiles.ts';

/** A mean or share over rows that come in clusters, such as the repeats of one row. */
export interface ClusteredEstimate extends Estimate {
  readonly clusters: number;
  /** Cluster-robust standard error (CR1); undefined for fewer than two clusters. */
  readonly error: number | undefined;
}

interface Clustered {
  /** `cluster` is any number that its members share; `value` is finite. */
  add(cluster: number, value: number): void;
  summary(confidence: number): ClusteredEstimate;
}

/** `share` where each value is 0 or 1 and the interval must stay between them. */
type ClusteredKind = 'mean' | 'share';

/**
 * Collects a mean over clusters in memory for the clusters alone. Without a `kind`, values that are all 0 or 1 are a share.
 *
 * Standard error: Liang and Zeger (1986), Biometrika 73, for a regression on the constant, with the small-sample factor
 * G ÷ (G − 1) for G clusters (CR1; statsmodels' `cov_type='cluster'` with `use_correction=True`). For clusters of one
 * row it is the ordinary standard error of a mean.
 *
 * Means get Student's t with G − 1 degrees of freedom. Shares get Wilson's interval at the effective sample size of Korn
 * and Graubard (1998), Survey Methodology 24: rows ÷ design effect × (t with n − 1 ÷ t with G − 1)², between 1 and n. A share of
 * none or all has no spread to measure; its effective rows are its clusters, as if repeats told nothing new.
 */
export function startClustered(kind?: ClusteredKind): Clustered {
  const slotOf = numberClusters();
  const sums: number[] = [];
  const counts: number[] = [];
  let shift = 0;
  let n = 0;
  let isBinary = true;
  let total = 0;

  return {
    add(cluster, value) {
      if (n === 0) shift = value;
      n++;
      total += value;
      if (value !== 0 && value !== 1) isBinary = false;
      const slot = slotOf(cluster);
      if (slot === sums.length) {
        sums.push(0);
        counts.push(0);
      }
      sums[slot]! += value - shift;
      counts[slot]! += 1;
    },
    summary(confidence) {
      const clusters = sums.length;
      const isShare = kind === undefined ? isBinary : kind === 'share';
      if (n === 0)
        return { n, clusters, point: undefined, error: undefined, method: isShare ? 'Wilson' : 'Student’s t' };
      const centre = sums.reduce((whole, sum) => whole + sum, 0) / n;
      let squares = 0;
      for (let slot = 0; slot < clusters; slot++) squares += (sums[slot]! - counts[slot]! * centre) ** 2;
      const error = clusters < 2 ? undefined : Math.sqrt((squares * clusters) / (clusters - 1)) / n;
      // Ones are counted exactly; measured values keep their digits by the shift.
      const figures: Figures = { n, clusters, point: isBinary ? total / n : shift + centre, error };
      return { ...figures, ...(isShare ? boundShare(figures, confidence) : boundMean(figures, confidence)) };
    },
  };
}

/** Above this a cluster is looked up in a map. */
const largestDense = 2 ** 22;

/** Numbers clusters from 0 in the order they come. Rows mostly are small whole numbers, for which a table is many times faster than a map. */
function numberClusters(): (cluster: number) => number {
  let table = new Int32Array(1024);
  const others = new Map<number, number>();
  let count = 0;
  return cluster => {
    if (!Number.isInteger(cluster) || cluster < 0 || cluster >= largestDense) {
      const known = others.get(cluster);
      if (known !== undefined) return known;
      others.set(cluster, count);
      return count++;
    }
    if (cluster >= table.length) {
      const larger = new Int32Array(2 ** Math.ceil(Math.log2(cluster + 1)));
      larger.set(table);
      table = larger;
    }
    // 0 is for clusters not seen yet.
    if (table[cluster] === 0) table[cluster] = ++count;
    return table[cluster]! - 1;
  };
}

/** {@link startClustered} of a mean, over values and the cluster of each. */
export function clusteredMean(
  clusters: ArrayLike<number>,
  values: Float64Array,
  confidence: number,
): ClusteredEstimate {
  return collect('mean', clusters, values).summary(confidence);
}

/** {@link startClustered} of a share, over values of 0 and 1 and the cluster of each. */
export function clusteredShare(
  clusters: ArrayLike<number>,
  values: Float64Array,
  confidence: number,
): ClusteredEstimate {
  return collect('share', clusters, values).summary(confidence);
}

interface Figures {
  readonly n: number;
  readonly clusters: number;
  readonly point: number;
  readonly error: number | undefined;
}
type Bounds = Interval & Pick<Estimate, 'method'>;

function collect(kind: ClusteredKind, clusters: ArrayLike<number>, values: Float64Array): Clustered {
  const clustered = startClustered(kind);
  values.forEach((value, row) => clustered.add(clusters[row]!, value));
  return clustered;
}

function boundMean({ n, clusters, point, error }: Figures, confidence: number): Bounds {
  const method = clusters === n ? 'Student’s t' : `Student’s t over ${clusters} clusters`;
  if (error === undefined) return { method };
  const margin = studentQuantile((1 + confidence) / 2, clusters - 1) * error;
  return { low: point - margin, high: point + margin, method };
}

function boundShare(figures: Figures, confidence: number): Bounds {
  const rows = countEffectiveRows(figures, confidence);
  const method =
    figures.clusters === figures.n
      ? 'Wilson'
      : `Wilson, ${rows.toFixed(1)} effective rows of ${figures.clusters} clusters`;
  return { ...wilsonInterval(figures.point * rows, rows, confidence), method };
}

function countEffectiveRows({ n, clusters, point, error }: Figures, confidence: number): number {
  if (point <= 0 || point >= 1) return clusters;
  if (error === undefined) return 1;
  if (clusters === n) return n;
  if (error === 0) return n;
  const probability = (1 + confidence) / 2;
  const few = studentQuantile(probability, n - 1) / studentQuantile(probability, clusters - 1);
  const independent = (n * point * (1 - point)) / ((n - 1) * error * error);
  return Math.max(1, Math.min(n, independent * few * few));
}
