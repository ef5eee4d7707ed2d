import type { MetricValue } from '../../schemas/generated/messages.ts';
import { resampleStatistics } from '../statistics/corpus.ts';
import type { Estimate } from '../statistics/estimate.ts';
import { differBounds } from '../statistics/figure-gap.ts';
import { wilsonInterval } from '../statistics/intervals.ts';
import { statisticRows } from '../statistics/units.ts';
import { hashRow } from './corpus-figure.ts';
import { describeEstimate, type FigureShape } from './figure.ts';
import { quoteGroup } from './group-names.ts';
import { ownSuffix, type Identity } from './identity.ts';
import type { AggregateOptions, Aggregator, CorpusStatistics, Metric, Observation } from './metric.ts';
import { createSampleList, type SampleList } from './sample-list.ts';
import { readScore } from './score-metric.ts';

/** More perturbations than this are not told apart. */
const mostPerturbations = 64;

/** Collects rows as they are and perturbed, and tells by how much the latter are worse. */
interface LossCounter {
  addPlain(observation: Observation): void;
  addPerturbed(perturbation: string, observation: Observation): void;
  loss(perturbation: string, options: AggregateOptions): Estimate;
}

/** The loss under each perturbation, the worst first. */
export function startRobustness(identity: Identity, inner: Metric): Aggregator {
  const counter = createCounter(inner);
  const names = new Set<string>();
  let leftOut = 0;
  return {
    add(observation) {
      const { perturbation } = observation;
      if (perturbation === undefined) {
        counter.addPlain(observation);
        return;
      }
      if (!names.has(perturbation) && names.size === mostPerturbations) {
        leftOut++;
        return;
      }
      names.add(perturbation);
      counter.addPerturbed(perturbation, observation);
    },
    values(options) {
      const shape = { kind: 'quality', unit: inner.unit, direction: 'lower' } as const;
      const worst = { ...shape, metric: identity.id, label: identity.label };
      const sorted = [...names].sort();
      if (sorted.length === 0) return [{ ...worst, value: null, n: 0, note: 'No row was asked perturbed.' }];
      const each = sorted.map((name): MetricValue => {
        const one = {
          ...shape,
          metric: `${identity.id}.${name}`,
          label: `Loss in ${inner.label}, ${name}${ownSuffix(identity)}`,
        };
        return describeEstimate(one, counter.loss(name, options), options.confidence);
      });
      return [describeWorst(worst, sorted, counter, options, leftOut), ...each];
    },
  };
}

/** All losses' intervals hold together at Bonferroni's level; the largest true loss is then between their largest bounds. */
function describeWorst(
  shape: FigureShape,
  names: readonly string[],
  counter: LossCounter,
  { confidence, seed }: AggregateOptions,
  leftOut: number,
): MetricValue {
  const level = 1 - (1 - confidence) / names.length;
  const losses = names.flatMap(name => {
    const loss = counter.loss(name, { confidence: level, seed });
    return loss.point === undefined ? [] : [{ name, ...loss, point: loss.point }];
  });
  const [first] = losses;
  if (first === undefined)
    return { ...shape, value: null, n: 0, note: 'No row has a score both as it is and perturbed.' };
  const worst = losses.reduce((most, loss) => (loss.point > most.point ? loss : most), first);
  const isBounded = losses.every(({ low, high }) => low !== undefined && high !== undefined);
  const bounds = isBounded
    ? {
        low: Math.max(...losses.map(({ low = worst.point }) => low)),
        high: Math.max(...losses.map(({ high = worst.point }) => high)),
        confidence,
        method: names.length === 1 ? worst.method : `${worst.method}, Bonferroni over ${names.length}`,
      }
    : {};
  const others = leftOut === 0 ? '' : ` ${leftOut} answers under further perturbations are left out.`;
  return {
    ...shape,
    value: worst.point,
    n: worst.n,
    ...bounds,
    note: `Worst under ${quoteGroup(worst.name)}.${others}`,
  };
}

function createCounter(inner: Metric): LossCounter {
  const sign = inner.direction === 'lower' ? -1 : 1;
  if (inner.corpus !== undefined) return pairStatistics(inner.corpus, sign);
  return inner.score === undefined ? compareFigures(inner, sign) : pairScores(inner, inner.score, sign);
}

/** Differences of scores, row by row. */
function pairScores({ id, unit }: Metric, score: NonNullable<Metric['score']>, sign: number): LossCounter {
  const read = readScore(id, score);
  const plain = createSampleList();
  const perturbed = new Map<string, SampleList>();
  const push = (list: SampleList, observation: Observation) => {
    const value = read(observation);
    if (value !== undefined && Number.isFinite(value)) list.push(observation.row, value);
  };
  return {
    addPlain: observation => {
      push(plain, observation);
    },
    addPerturbed: (name, observation) => {
      push(entryOf(perturbed, name, createSampleList), observation);
    },
    loss(name, { confidence }) {
      const means = meanByRow(plain);
      const differences = createSampleList();
      const list = perturbed.get(name) ?? createSampleList();
      const rows = list.rows();
      list.values().forEach((value, index) => {
        const before = means.get(rows[index]!);
        if (before !== undefined) differences.push(rows[index], sign * (before - value));
      });
      return stayUncertain(differences.estimate(confidence, {}, 'difference'), means.size, unit, confidence);
    },
  };
}

/** Where no row differs from the others, t would call the loss certain: then Wilson's bound of the share of rows that might lose all. */
function stayUncertain(loss: Estimate, rows: number, unit: Metric['unit'], confidence: number): Estimate {
  const { point, low, high } = loss;
  if (point === undefined || rows === 0 || low !== high) return loss;
  const margin = wilsonInterval(0, rows, confidence).high * (unit === 'points' ? 100 : 1);
  return { ...loss, low: point - margin, high: point + margin, method: 'Wilson, as no row differs' };
}

function meanByRow(list: SampleList): Map<number, number> {
  const sums = new Map<number, { sum: number; n: number }>();
  const rows = list.rows();
  list.values().forEach((value, index) => {
    const entry = entryOf(sums, rows[index]!, () => ({ sum: 0, n: 0 }));
    entry.sum += value;
    entry.n++;
  });
  return new Map(Array.from(sums, ([row, { sum, n }]) => [row, sum / n]));
}

/** Difference of two figures of summed statistics, over the rows that are in both. */
function pairStatistics(corpus: CorpusStatistics, sign: number): LossCounter {
  const plain = createRowSample();
  const perturbed = new Map<string, RowSample>();
  return {
    addPlain: observation => {
      plain.add(observation.row, corpus.of(observation));
    },
    addPerturbed: (name, observation) => {
      entryOf(perturbed, name, createRowSample).add(observation.row, corpus.of(observation));
    },
    loss(name, options) {
      const other = perturbed.get(name)?.rows ?? new Map<number, Float64Array>();
      const pairs = [...plain.rows].flatMap(([row, before]) => {
        const after = other.get(row);
        return after === undefined ? [] : [[before, after] as const];
      });
      const width = pairs[0]?.[0].length ?? 0;
      const values = new Float64Array(pairs.length * 2 * width);
      pairs.forEach(([before, after], index) => {
        values.set(before, index * 2 * width);
        values.set(after, index * 2 * width + width);
      });
      if (width === 0) return { n: 0, point: undefined, method: 'bootstrap' };
      const gap = (sums: Float64Array) =>
        sign * (corpus.figure(sums.subarray(0, width)) - corpus.figure(sums.subarray(width)));
      return resampleStatistics(statisticRows(values, 2 * width), gap, options);
    },
  };
}

/** Statistics by row, of a random sample of the rows once there are many. */
interface RowSample {
  readonly rows: ReadonlyMap<number, Float64Array>;
  add(row: number | undefined, statistics: Float64Array): void;
}

const mostSampledRows = 20_000;

/** Keeps the rows whose hash is small, so that every sample keeps the same ones and rows can be paired. */
function createRowSample(): RowSample {
  const rows = new Map<number, Float64Array>();
  let bar = 2 ** 32;
  return {
    rows,
    add(row, statistics) {
      if (row === undefined || hashRow(row) >= bar) return;
      const known = rows.get(row);
      if (known === undefined) rows.set(row, statistics.slice());
      else statistics.forEach((value, index) => (known[index]! += value));
      while (rows.size > mostSampledRows) {
        bar /= 2;
        for (const kept of rows.keys()) if (hashRow(kept) >= bar) rows.delete(kept);
      }
    },
  };
}

/** Difference of two figures that cannot be paired by row, such as macro F1, from their own intervals: wider than a paired one would be. */
function compareFigures(inner: Metric, sign: number): LossCounter {
  const plain = inner.startAggregate();
  const perturbed = new Map<string, Aggregator>();
  return {
    addPlain: observation => {
      plain.add(observation);
    },
    addPerturbed: (name, observation) => {
      entryOf(perturbed, name, () => inner.startAggregate()).add(observation);
    },
    loss(name, options) {
      const before = plain.values(options)[0];
      const after = perturbed.get(name)?.values(options)[0];
      const method = 'MOVER, unpaired';
      if (typeof before?.value !== 'number' || typeof after?.value !== 'number')
        return { n: 0, point: undefined, method };
      const known = { n: after.n, point: sign * (before.value - after.value), method };
      const bounded = [sign === 1 ? before : after, sign === 1 ? after : before].flatMap(({ value, low, high }) =>
        value === null || low === undefined || high === undefined ? [] : [{ value, low, high }],
      );
      const [larger, smaller] = bounded;
      return larger === undefined || smaller === undefined ? known : { ...known, ...differBounds(larger, smaller) };
    },
  };
}

function entryOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = create()));
  return value;
}
