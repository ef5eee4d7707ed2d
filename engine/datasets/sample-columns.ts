import type { Files } from '../ports/files.ts';
import { columnValue, holdsBytes, textOfValue } from './column.ts';
import type { Source } from './split.ts';
import { readRows } from './rows.ts';

/** What the first rows of a dataset hold in some of its columns. */
export interface DatasetSample {
  /** Rows that were looked at. */
  readonly rows: number;
  /** Whether these are all rows there are. */
  readonly isWhole: boolean;
  readonly columns: ReadonlyMap<string, ColumnSample>;
}

/** The values of one column, as texts. */
export interface ColumnSample {
  /** Rows that have a value. */
  readonly filled: number;
  /** Different values in order of appearance, at most 2,000. */
  readonly values: ReadonlySet<string>;
  /** Whether `values` has all of them. */
  readonly hasAllValues: boolean;
}

const mostRows = 5_000;
const mostValues = 2_000;
/** UTF-16 units of text looked at in all. */
const mostText = 8 * 1024 * 1024;

/**
 * Looks at the first 5,000 rows of a dataset, or fewer where they are long. Throws what reading throws: a sample that a broken row ends is none.
 */
export async function sampleColumns(
  files: Files,
  { path, format, part }: Source,
  columns: readonly string[],
  signal: AbortSignal,
): Promise<DatasetSample> {
  const counters = new Map(
    columns.map((column): [string, Counter] => [column, { filled: 0, values: new Set(), hasAllValues: true }]),
  );
  let rows = 0;
  let text = 0;
  for await (const batch of readRows(files, path, format, signal, { any: true, ...part })) {
    signal.throwIfAborted();
    for (const row of batch) {
      if (rows >= mostRows || text >= mostText) return finish(rows, false, counters);
      rows += 1;
      for (const [column, counter] of counters) text += addValue(counter, columnValue(row, column));
    }
  }
  return finish(rows, true, counters);
}

interface Counter {
  filled: number;
  readonly values: Set<string>;
  hasAllValues: boolean;
}

/** Returns how long the value's text is. */
function addValue(counter: Counter, value: unknown): number {
  if (value === undefined || value === null || holdsBytes(value)) return 0;
  const text = textOfValue(value);
  counter.filled += 1;
  if (counter.values.size < mostValues || counter.values.has(text)) counter.values.add(text);
  else counter.hasAllValues = false;
  return text.length;
}

function finish(rows: number, isWhole: boolean, columns: ReadonlyMap<string, Counter>): DatasetSample {
  return { rows, isWhole, columns };
}
