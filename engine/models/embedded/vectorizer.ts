import type { LabelledText } from '../../datasets/labelled-text.ts';
import { bucketCount, forEachFeature } from './features.ts';
import type { Breather } from './training.ts';

/** Sparse row vectors in two flat arrays: row r's entries lie at starts[r] … starts[r + 1] − 1. */
export interface SparseRows {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float32Array;
}

/** What a vectorizer learnt, one entry a column. */
export interface VectorizerTables {
  /** The feature bucket of each column, ascending. */
  readonly buckets: Int32Array;
  readonly rarity: Float64Array;
  /** 1 for runs of characters, 0 for words and pairs of words. */
  readonly isGram: Uint8Array;
}

/** Turns a text into its vector in place: `columns` and `values` hold `fill(text)` entries until the next call. */
export interface Vectorizer {
  readonly width: number;
  readonly tables: VectorizerTables;
  readonly columns: Int32Array;
  readonly values: Float32Array;
  fill(text: string): number;
}

/** Features in fewer training rows than this are dropped once there are enough rows. */
const leastRows = 2;
const rowsThatAllowDropping = 40;
const logOfSmall = Float64Array.from({ length: 256 }, (_, count) => 1 + Math.log(Math.max(count, 1)));

/**
 * Learns which feature buckets matter and how rare each is. A value is (1 + ln tf) · (ln((1 + N) / (1 + df)) + 1); words and
 * character runs are scaled to the same length each, and the vector as a whole to length 1.
 */
export async function learnVectorizer(rows: readonly LabelledText[], breather: Breather): Promise<Vectorizer> {
  const frequency = new Int32Array(bucketCount);
  const seenIn = new Int32Array(bucketCount).fill(-1);
  const isGram = new Uint8Array(bucketCount);
  for (const [row, { text }] of rows.entries()) {
    forEachFeature(text, (bucket, gram) => {
      if (seenIn[bucket] === row) return;
      seenIn[bucket] = row;
      frequency[bucket]! += 1;
      if (gram) isGram[bucket] = 1;
    });
    const wait = breather.spend(text.length * 20);
    if (wait) await wait;
  }
  const least = rows.length >= rowsThatAllowDropping ? leastRows : 1;
  const buckets: number[] = [];
  const rarity: number[] = [];
  const grams: number[] = [];
  for (let bucket = 0; bucket < bucketCount; bucket++) {
    if (frequency[bucket]! < least) continue;
    buckets.push(bucket);
    rarity.push(Math.log((1 + rows.length) / (1 + frequency[bucket]!)) + 1);
    grams.push(isGram[bucket]!);
  }
  return createVectorizer({
    buckets: Int32Array.from(buckets),
    rarity: Float64Array.from(rarity),
    isGram: Uint8Array.from(grams),
  });
}

/** A vectorizer from what an earlier one learnt. */
export function createVectorizer(tables: VectorizerTables): Vectorizer {
  const { buckets, rarity, isGram } = tables;
  const width = rarity.length;
  const columnOf = new Int32Array(bucketCount).fill(-1);
  for (let column = 0; column < width; column++) columnOf[buckets[column]!] = column;
  const counts = new Int32Array(width);
  const columns = new Int32Array(width);
  const values = new Float32Array(width);
  let filled = 0;

  function count(bucket: number): void {
    const column = columnOf[bucket]!;
    if (column < 0) return;
    if (counts[column] === 0) columns[filled++] = column;
    counts[column]! += 1;
  }

  function weigh(): void {
    let wordSquares = 0;
    let gramSquares = 0;
    for (let entry = 0; entry < filled; entry++) {
      const column = columns[entry]!;
      const times = counts[column]!;
      counts[column] = 0;
      const value = (times < 256 ? logOfSmall[times]! : 1 + Math.log(times)) * rarity[column]!;
      values[entry] = value;
      if (isGram[column] === 1) gramSquares += value * value;
      else wordSquares += value * value;
    }
    const blocks = wordSquares > 0 && gramSquares > 0 ? 2 : 1;
    const wordScale = wordSquares > 0 ? 1 / Math.sqrt(wordSquares * blocks) : 0;
    const gramScale = gramSquares > 0 ? 1 / Math.sqrt(gramSquares * blocks) : 0;
    for (let entry = 0; entry < filled; entry++)
      values[entry]! *= isGram[columns[entry]!] === 1 ? gramScale : wordScale;
  }

  return {
    width,
    tables,
    columns,
    values,
    fill(text) {
      filled = 0;
      forEachFeature(text, count);
      weigh();
      return filled;
    },
  };
}

/** The vectors of all rows. */
export async function vectorizeRows(
  rows: readonly LabelledText[],
  vectorizer: Vectorizer,
  breather: Breather,
): Promise<SparseRows> {
  const starts = new Int32Array(rows.length + 1);
  let columns = new Int32Array(rows.length * 128);
  let values = new Float32Array(rows.length * 128);
  for (const [row, { text }] of rows.entries()) {
    const start = starts[row]!;
    const length = vectorizer.fill(text);
    if (start + length > columns.length) {
      const size = Math.max(columns.length * 2, start + length);
      columns = growTo(columns, new Int32Array(size));
      values = growTo(values, new Float32Array(size));
    }
    columns.set(vectorizer.columns.subarray(0, length), start);
    values.set(vectorizer.values.subarray(0, length), start);
    starts[row + 1] = start + length;
    const wait = breather.spend(text.length * 20);
    if (wait) await wait;
  }
  return { starts, columns, values };
}

function growTo<T extends Int32Array | Float32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
