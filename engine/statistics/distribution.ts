/** Counts of values between edges, such as of latencies for a chart. */
export interface Histogram {
  /** Ascending, one more than `counts`; empty where no value was counted. */
  readonly edges: readonly number[];
  /** Values from an edge up to and without the next; the last bin holds its upper edge too. */
  readonly counts: readonly number[];
  /** Values that the scale cannot show: not finite, or not above 0 on a logarithmic one. */
  readonly leftOut: number;
}

interface HistogramOptions {
  /** At least 1. */
  readonly bins: number;
  readonly scale: 'linear' | 'log';
}

/** Share of values at or below each one shown. */
export interface DistributionPoint {
  readonly value: number;
  readonly share: number;
}

/** Equal bins between the smallest and largest value (numpy.histogram over linspace or geomspace edges); one bin where all are equal. */
export function histogram(values: Float64Array, { bins, scale }: HistogramOptions): Histogram {
  const isShown = (value: number) => Number.isFinite(value) && (scale === 'linear' || value > 0);
  let least = Infinity;
  let most = -Infinity;
  let shown = 0;
  for (const value of values) {
    if (!isShown(value)) continue;
    shown++;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const leftOut = values.length - shown;
  if (shown === 0) return { edges: [], counts: [], leftOut };
  if (least === most) return { edges: [least, most], counts: [shown], leftOut };
  const edges = spaceEdges(least, most, bins, scale);
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) if (isShown(value)) counts[findBin(edges, value)]! += 1;
  return { edges, counts, leftOut };
}

/**
 * Empirical distribution function: at most `points` (200 unless told) of its steps, evenly spaced by rank with the first and the last. Of equal
 * values only the last rank is a step. `sorted` is ascending.
 */
export function empiricalDistribution(sorted: Float64Array, points = 200): DistributionPoint[] {
  const n = sorted.length;
  const shown: DistributionPoint[] = [];
  const steps = Math.min(points, n);
  for (let step = 0; step < steps; step++) {
    const value = sorted[steps === 1 ? n - 1 : Math.round((step * (n - 1)) / (steps - 1))]!;
    if (shown.at(-1)?.value !== value) shown.push({ value, share: countUpTo(sorted, value) / n });
  }
  return shown;
}

function spaceEdges(least: number, most: number, bins: number, scale: HistogramOptions['scale']): number[] {
  const ratio = Math.log(most) - Math.log(least);
  const edges = Array.from({ length: bins + 1 }, (_, edge) =>
    scale === 'linear'
      ? least * (1 - edge / bins) + most * (edge / bins)
      : Math.exp(Math.log(least) + (ratio * edge) / bins),
  );
  edges[0] = least;
  edges[bins] = most;
  return edges;
}

/** Last bin whose lower edge is not above the value. */
function findBin(edges: readonly number[], value: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (edges[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function countUpTo(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
