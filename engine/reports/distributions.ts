import type { Distribution } from '../../schemas/generated/messages.ts';
import type { SampleColumns } from '../ports/store.ts';
import { computeMoments, percentile } from '../statistics/intervals.ts';

const percents = [1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9];
const bins = 40;
const mostPoints = 200;
/** From this ratio of the largest to the smallest value on, evenly wide bins would hide where most values lie. */
const logarithmicFrom = 20;

/** How a variant's latencies are spread; nothing for a measure no answer has. */
export function describeDistributions({ latencyMs, firstTokenMs }: SampleColumns): Distribution[] {
  return [
    ...describe('latency', 'Latency', latencyMs),
    ...describe('time-to-first-token', 'Time to first token', firstTokenMs),
  ];
}

function describe(measure: Distribution['measure'], label: string, values: Float64Array): Distribution[] {
  const sorted = values.filter(value => Number.isFinite(value)).sort();
  const [least] = sorted;
  const most = sorted.at(-1);
  if (least === undefined || most === undefined) return [];
  return [
    {
      measure,
      label,
      unit: 'ms',
      n: sorted.length,
      mean: computeMoments(sorted).mean,
      least,
      most,
      percentiles: percents.map(percent => ({ percent, value: percentile(sorted, percent / 100) })),
      histogram: countBins(sorted, least, most),
      cumulative: sampleCumulative(sorted),
    },
  ];
}

function countBins(sorted: Float64Array, least: number, most: number): Distribution['histogram'] {
  const logarithmic = least > 0 && most / least >= logarithmicFrom;
  const count = most === least ? 1 : bins;
  const edgeAt = (index: number): number => {
    if (index === 0) return least;
    if (index === count) return most;
    return logarithmic ? least * (most / least) ** (index / count) : least + ((most - least) * index) / count;
  };
  const edges = Array.from({ length: count + 1 }, (_, index) => edgeAt(index));
  const counts = new Array<number>(count).fill(0);
  let bin = 0;
  for (const value of sorted) {
    while (bin < count - 1 && value >= edges[bin + 1]!) bin++;
    counts[bin]! += 1;
  }
  return { logarithmic, edges, counts };
}

/** Points of the empirical distribution function at evenly spaced ranks; of equal values the last, which is their share. */
function sampleCumulative(sorted: Float64Array): Distribution['cumulative'] {
  const n = sorted.length;
  const points = Math.min(n, mostPoints);
  const cumulative: { value: number; share: number }[] = [];
  for (let point = 1; point <= points; point++) {
    const rank = Math.ceil((point * n) / points);
    const value = sorted[rank - 1]!;
    const last = cumulative.at(-1);
    if (last?.value === value) last.share = rank / n;
    else cumulative.push({ value, share: rank / n });
  }
  return cumulative;
}
