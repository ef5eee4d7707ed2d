import type { SampleColumns } from '../ports/store.ts';

/** Samples of a variant by row: for each sample the number of its row among a baseline's, −1 where the baseline has no such row. */
export type RowNumbers = Int32Array;

/** A baseline's rows, to which the samples of other variants are matched by content and occurrence. */
export interface RowIndex {
  readonly rows: number;
  /** The baseline's own. */
  readonly own: RowNumbers;
  match(columns: SampleColumns): RowNumbers;
}

/** Rows are numbered in the order the baseline answered them. */
export function indexRows(baseline: SampleColumns): RowIndex {
  const numbers = new Map<number | string, number>();
  const own = new Int32Array(baseline.count);
  for (let sample = 0; sample < baseline.count; sample++) {
    const key = keyOf(baseline, sample);
    let row = numbers.get(key);
    if (row === undefined) numbers.set(key, (row = numbers.size));
    own[sample] = row;
  }
  return {
    rows: numbers.size,
    own,
    match(columns) {
      const matched = new Int32Array(columns.count);
      for (let sample = 0; sample < columns.count; sample++) {
        matched[sample] = numbers.get(keyOf(columns, sample)) ?? -1;
      }
      return matched;
    },
  };
}

/** Most rows are the first of their content, so that their key is a number as it stands. */
function keyOf({ content, occurrence }: SampleColumns, sample: number): number | string {
  return occurrence[sample] === 0 ? content[sample]! : `${String(content[sample])}/${String(occurrence[sample])}`;
}

/** The mean of each row's values over its repeats; NaN for rows without a value. `once` is false where some row has several. */
export function meanByRow(
  numbers: RowNumbers,
  values: Float64Array,
  rows: number,
): { readonly means: Float64Array; readonly once: boolean } {
  const means = new Float64Array(rows).fill(NaN);
  let counts: Uint32Array | undefined;
  for (let sample = 0; sample < numbers.length; sample++) {
    const row = numbers[sample]!;
    const value = values[sample]!;
    if (row < 0 || Number.isNaN(value)) continue;
    if (Number.isNaN(means[row]!)) {
      means[row] = value;
      continue;
    }
    counts ??= new Uint32Array(rows).fill(1);
    counts[row]! += 1;
    means[row]! += (value - means[row]!) / counts[row]!;
  }
  return { means, once: counts === undefined };
}
