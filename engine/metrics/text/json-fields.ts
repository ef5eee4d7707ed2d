import { isNear, type Tolerance } from './numeric.ts';

export interface FieldOptions {
  /** Elements of an array may stand in any order; default false: they are compared place by place. */
  readonly anyOrder?: boolean;
  /** How far numbers may differ; default not at all. */
  readonly tolerance?: Tolerance;
  /** Compare texts without case; default false. */
  readonly ignoreCase?: boolean;
  /** A field that is `null` counts as left out; default false. */
  readonly nullIsAbsent?: boolean;
}

/** Fields right, wrongly there and wrongly missing; a field with a wrong value is both of the last. Those of a corpus are the sum. */
export interface FieldCounts {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
}

/** Each in 0..1. */
export interface FieldScores {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Comparisons of two elements that one sample may take where any order is allowed; beyond it arrays are compared place by place. */
const maxComparisons = 50_000;
const none: FieldCounts = { truePositives: 0, falsePositives: 0, falseNegatives: 0 };

/**
 * Compares two JSON values field by field: a field is the path to a text, number, boolean, null or empty object or array. A number and a text that look alike are
 * different. In any order, each element is matched with the one it shares most fields with, best pairs first.
 * `actual` is `undefined` where an answer has no JSON: then every field is missing. Values are at most 100 deep, as `extractJson` gives them.
 */
export function compareFields(expected: unknown, actual: unknown, options: FieldOptions): FieldCounts {
  const work = { left: maxComparisons };
  if (actual === undefined) return { ...none, falseNegatives: countFields(expected, options) };
  return compare(expected, actual, options, work);
}

/** Precision, recall and F1 of counts: of one sample, or summed up (micro average). 1 where there is no field at all. */
export function scoreFields({ truePositives, falsePositives, falseNegatives }: FieldCounts): FieldScores {
  if (truePositives + falsePositives + falseNegatives === 0) return { precision: 1, recall: 1, f1: 1 };
  const precision = truePositives === 0 ? 0 : truePositives / (truePositives + falsePositives);
  const recall = truePositives === 0 ? 0 : truePositives / (truePositives + falseNegatives);
  const f1 = (2 * truePositives) / (2 * truePositives + falsePositives + falseNegatives);
  return { precision, recall, f1 };
}

interface Work {
  left: number;
}

function compare(expected: unknown, actual: unknown, options: FieldOptions, work: Work): FieldCounts {
  if (isFilled(expected) && isFilled(actual) && Array.isArray(expected) === Array.isArray(actual)) {
    if (Array.isArray(expected) && Array.isArray(actual)) return compareArrays(expected, actual, options, work);
    return compareObjects(expected, actual, options, work);
  }
  if (isSame(expected, actual, options)) return { ...none, truePositives: countFields(expected, options) };
  return {
    truePositives: 0,
    falsePositives: countFields(actual, options),
    falseNegatives: countFields(expected, options),
  };
}

function isFilled(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

/** Whether two values without fields of their own are equal. */
function isSame(expected: unknown, actual: unknown, { tolerance = {}, ignoreCase }: FieldOptions): boolean {
  if (typeof expected === 'number' && typeof actual === 'number') return isNear(actual, expected, tolerance);
  if (typeof expected === 'string' && typeof actual === 'string' && ignoreCase) {
    return expected.toLowerCase() === actual.toLowerCase();
  }
  if (typeof expected === 'object' && typeof actual === 'object' && expected !== null && actual !== null) {
    return !isFilled(expected) && !isFilled(actual) && Array.isArray(expected) === Array.isArray(actual);
  }
  return expected === actual;
}

function countFields(value: unknown, options: FieldOptions): number {
  if (value === null && options.nullIsAbsent) return 0;
  if (!isFilled(value)) return 1;
  return Object.values(value).reduce<number>((sum, part) => sum + countFields(part, options), 0);
}

function compareObjects(expected: object, actual: object, options: FieldOptions, work: Work): FieldCounts {
  const has = new Map(Object.entries(actual) as [string, unknown][]);
  let counts = none;
  for (const [key, value] of Object.entries(expected) as [string, unknown][]) {
    counts = add(counts, has.has(key) ? compare(value, has.get(key), options, work) : missing(value, options));
    has.delete(key);
  }
  for (const value of has.values()) counts = add(counts, extra(value, options));
  return counts;
}

function compareArrays(
  expected: readonly unknown[],
  actual: readonly unknown[],
  options: FieldOptions,
  work: Work,
): FieldCounts {
  const pairs = options.anyOrder ? matchElements(expected, actual, options, work) : undefined;
  let counts = none;
  const taken = new Set(pairs);
  expected.forEach((value, index) => {
    const at = pairs === undefined ? index : pairs[index]!;
    counts = add(
      counts,
      at >= 0 && at < actual.length ? compare(value, actual[at], options, work) : missing(value, options),
    );
  });
  actual.forEach((value, index) => {
    const used = pairs === undefined ? index < expected.length : taken.has(index);
    if (!used) counts = add(counts, extra(value, options));
  });
  return counts;
}

/** For each expected element the place of its match, −1 for none; `undefined` where that would take too many comparisons. */
function matchElements(
  expected: readonly unknown[],
  actual: readonly unknown[],
  options: FieldOptions,
  work: Work,
): number[] | undefined {
  work.left -= expected.length * actual.length;
  if (work.left < 0) return undefined;
  const candidates: { index: number; at: number; hits: number; misses: number }[] = [];
  expected.forEach((value, index) => {
    actual.forEach((other, at) => {
      const { truePositives, falsePositives, falseNegatives } = compare(value, other, options, work);
      candidates.push({ index, at, hits: truePositives, misses: falsePositives + falseNegatives });
    });
  });
  candidates.sort((a, b) => b.hits - a.hits || a.misses - b.misses || a.index - b.index || a.at - b.at);
  const pairs = new Array<number>(expected.length).fill(-1);
  const taken = new Set<number>();
  for (const { index, at } of candidates) {
    if (pairs[index]! >= 0 || taken.has(at)) continue;
    pairs[index] = at;
    taken.add(at);
  }
  return pairs;
}

function missing(value: unknown, options: FieldOptions): FieldCounts {
  return { ...none, falseNegatives: countFields(value, options) };
}

function extra(value: unknown, options: FieldOptions): FieldCounts {
  return { ...none, falsePositives: countFields(value, options) };
}

function add(a: FieldCounts, b: FieldCounts): FieldCounts {
  return {
    truePositives: a.truePositives + b.truePositives,
    falsePositives: a.falsePositives + b.falsePositives,
    falseNegatives: a.falseNegatives + b.falseNegatives,
  };
}
