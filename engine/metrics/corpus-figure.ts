import { resampleStatistics } from '../statistics/corpus.ts';
import type { Estimate, Range } from '../statistics/estimate.ts';
import { wilsonInterval } from '../statistics/intervals.ts';
import { statisticRows } from '../statistics/units.ts';
import { describeEstimate, type FigureRemarks, type FigureShape } from './figure.ts';
import type { Aggregator, CorpusStatistics, Observation } from './metric.ts';

/** As many units as resampling looks at anyway. */
const mostUnits = 1000;

/** Statistics of samples summed up by row, or by group of rows once there are many. */
export interface StatisticUnits {
  readonly totals: Float64Array;
  /** `row` is absent where rows are not told apart. */
  add(row: number | undefined, statistics: Float64Array, at?: number): void;
  /** Each unit's sums, one after the other. */
  values(): Float64Array;
}

/**
 * Keeps up to 1,000 rows apart, and beyond sums them into 1,000 groups by a hash of the row, so that memory does not grow and the repeats of
 * a row stay together. Groups of random rows differ as rows do: the variance of a figure of sums is the same from either, in expectation.
 */
export function createStatisticUnits(width: number): StatisticUnits {
  const slots = new Map<number, number>();
  const totals = new Float64Array(width);
  let values = new Float64Array(16 * width);
  let isGrouped = false;
  let strangers = 0;

  function slotOf(row: number): number {
    if (isGrouped) return groupOf(row);
    const known = slots.get(row);
    if (known !== undefined) return known;
    if (slots.size === mostUnits) {
      group();
      return groupOf(row);
    }
    const slot = slots.size;
    slots.set(row, slot);
    if ((slot + 1) * width > values.length) values = enlarge(values, Math.min(mostUnits, slot * 2 + 2) * width);
    return slot;
  }

  function group(): void {
    const grouped = new Float64Array(mostUnits * width);
    for (const [row, slot] of slots) {
      const to = groupOf(row) * width;
      for (let column = 0; column < width; column++) grouped[to + column]! += values[slot * width + column]!;
    }
    values = grouped;
    isGrouped = true;
    slots.clear();
  }

  return {
    totals,
    add(row, statistics, at = 0) {
      const from = slotOf(row ?? -1 - strangers++) * width + at;
      for (let column = 0; column < statistics.length; column++) {
        values[from + column]! += statistics[column]!;
        totals[at + column]! += statistics[column]!;
      }
    },
    values: () => values.subarray(0, (isGrouped ? mostUnits : slots.size) * width),
  };
}

function enlarge(values: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(values);
  return larger;
}

function groupOf(row: number): number {
  return hashRow(row) % mostUnits;
}

/** 32-bit hash of a row's number, unrelated for neighbouring rows: the finaliser of MurmurHash3. */
export function hashRow(row: number): number {
  let hash = row | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** How a figure of summed statistics is made. */
export interface CorpusOptions {
  readonly corpus: CorpusStatistics;
  readonly width: number;
  readonly range: Range;
  /** Whether a sample can be counted; all can unless told. */
  readonly suits?: (observation: Observation) => boolean;
  /** Why a sample is not counted, after `3 of 10 answers`. */
  readonly missing?: string;
  readonly signature?: string | (() => string);
  /** Rows behind a figure in 0 … 1 that stands at an end, where resampling cannot vary, if they may be few of all. */
  readonly trials?: (totals: Float64Array) => number;
  /** Said of a figure that would mislead, from the sums; undefined where nothing is. */
  readonly warn?: (totals: Float64Array, n: number) => string | undefined;
}

/** A figure of summed statistics with a resampled interval. */
export function sumStatistics(shape: FigureShape, options: CorpusOptions): Aggregator {
  const { corpus, width, range, suits, missing = 'could not be compared', signature, warn } = options;
  const units = createStatisticUnits(width);
  let n = 0;
  let without = 0;
  return {
    add(observation) {
      if (suits?.(observation) === false) {
        without++;
        return;
      }
      n++;
      units.add(observation.row, corpus.of(observation));
    },
    point() {
      const value = n === 0 ? NaN : corpus.figure(units.totals.slice());
      return Number.isFinite(value) ? value : undefined;
    },
    values({ confidence, seed }) {
      const estimate = resampleStatistics(
        statisticRows(units.values(), width),
        sums => corpus.figure(sums),
        { confidence, seed },
        range,
      );
      const trials = options.trials?.(units.totals);
      const bounded = trials === undefined ? estimate : boundEnd(estimate, range, trials, confidence);
      const warning = n === 0 ? undefined : warn?.(units.totals, n);
      const left = without === 0 ? undefined : `${without} of ${n + without} answers ${missing}.`;
      const note = [warning, left].filter(part => part !== undefined).join(' ');
      const remarks: FigureRemarks = {
        ...(note === '' ? {} : { note }),
        signature: typeof signature === 'function' ? signature() : signature,
      };
      return [describeEstimate(shape, { ...bounded, n }, confidence, remarks)];
    },
  };
}

/**
 * A figure at an end of its range gets Wilson's interval of none or all of its trials: of the rows it rests on, which may be few of all.
 */
function boundEnd(estimate: Estimate, range: Range, trials: number, confidence: number): Estimate {
  const { point } = estimate;
  const isEnd = point !== undefined && (point === range.least || point === range.most);
  if (!isEnd || !(trials >= 1)) return estimate;
  const margin = wilsonInterval(0, trials, confidence).high;
  const bounds = point === range.least ? { low: point, high: point + margin } : { low: point - margin, high: point };
  return { ...estimate, ...bounds, method: 'Wilson' };
}
