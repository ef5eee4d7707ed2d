import type { DatasetColumn, DatasetSplit } from '../../schemas/generated/messages.ts';
import { columnValue, textOfValue } from '../datasets/column.ts';
import type { DatasetRow } from '../datasets/row.ts';

/** Gathers what rows have in their columns. Memory does not grow with the rows. */
export interface ColumnCounter {
  take(rows: readonly DatasetRow[]): void;
  columns(): DatasetColumn[];
  /** Rows by the values of the columns that name splits. */
  splits(): DatasetSplit[];
}

type ValueType = DatasetColumn['types'][number];

interface Counted {
  readonly types: Map<ValueType, number>;
  filled: number;
  /** Undefined once there are too many. */
  values: Set<string> | undefined;
}

/** More columns are no table for people. */
const mostColumns = 500;
/** A column with more values makes no slices. */
const mostValues = 100;
const longestValue = 200;
const shownValues = 12;

export function createColumnCounter(splitFields: readonly string[]): ColumnCounter {
  const columns = new Map<string, Counted>();
  const splits = new Map(splitFields.map(field => [field, new Map<string, number>()]));
  let rows = 0;

  function count(name: string, value: unknown): void {
    const known = columns.get(name);
    if (known === undefined && columns.size >= mostColumns) return;
    const column: Counted = known ?? { types: new Map(), filled: 0, values: new Set() };
    columns.set(name, column);
    if (value === null || value === undefined || value === '') return;
    const type = typeOf(value);
    column.filled += 1;
    column.types.set(type, (column.types.get(type) ?? 0) + 1);
    if (column.values === undefined) return;
    const text = type === 'text' || type === 'number' || type === 'boolean' ? textOfValue(value) : undefined;
    if (text === undefined || text.length > longestValue) column.values = undefined;
    else if (column.values.add(text).size > mostValues) column.values = undefined;
  }

  return {
    take(batch) {
      for (const row of batch) {
        rows += 1;
        for (const name of Object.keys(row.values)) count(name, row.values[name]);
        for (const [field, counts] of splits) {
          const value = columnValue(row, field);
          if (value === undefined || value === null || typeof value === 'object') continue;
          const name = textOfValue(value);
          if (counts.has(name) || counts.size < mostValues) counts.set(name, (counts.get(name) ?? 0) + 1);
        }
      }
    },
    columns: () =>
      [...columns].map(([name, { types, filled, values }]) => ({
        name,
        types: [...types].sort((a, b) => b[1] - a[1]).map(([type]) => type),
        empty: rows - filled,
        ...(values === undefined || values.size === 0
          ? {}
          : { distinct: values.size, values: [...values].slice(0, shownValues).map(value => value.slice(0, 60)) }),
      })),
    splits: () =>
      [...splits].flatMap(([field, counts]) => [...counts].map(([name, count]) => ({ field, name, rows: count }))),
  };
}

function typeOf(value: unknown): ValueType {
  if (typeof value === 'number' || typeof value === 'bigint') return 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (value instanceof Uint8Array) return 'bytes';
  if (Array.isArray(value)) return 'list';
  return typeof value === 'object' ? 'object' : 'text';
}
