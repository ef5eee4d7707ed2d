import { WorkbenchError } from '../base/errors.ts';
import { didYouMean } from '../base/suggest.ts';
import type { DatasetRow } from './row.ts';

/**
 * A column's value; `a.b` is the field `b` inside column `a`, where no column has the whole name. Numbers name items of lists. Absent
 * where the row has no such column, null where it is empty.
 */
export function columnValue(row: DatasetRow, column: string): unknown {
  if (Object.hasOwn(row.values, column)) return row.values[column] ?? null;
  let value: unknown = row.values;
  for (const name of column.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
      return value === null ? null : undefined;
    }
    value = (value as Readonly<Record<string, unknown>>)[name];
  }
  return value ?? null;
}

/**
 * A column's value as text. Numbers and booleans become text; objects and arrays become JSON. Throws `dataset-invalid` for an empty value
 * and for bytes, `dataset-column-missing` where there is no such column.
 */
export function columnText(row: DatasetRow, column: string, path: string): string {
  const value = columnValue(row, column);
  if (value === undefined) throw missingColumn(row, column, path);
  if (value === null) throw invalidColumn(row, column, path, 'is empty (null)', 'Complete the row or remove it.');
  if (holdsBytes(value)) {
    const remedy = 'Name a column of text, or name this one as `dataset.audio` or `dataset.images`.';
    throw invalidColumn(row, column, path, `holds ${typeName(value)}, which is no text`, remedy);
  }
  return textOfValue(value);
}

/** A value that is there as text: see `columnText`. */
export function textOfValue(value: unknown): string {
  return typeof value === 'string'
    ? value
    : typeof value === 'number' || typeof value === 'boolean'
      ? String(value)
      : JSON.stringify(value);
}

/** Whether a value is bytes, or has some in it at any depth. */
export function holdsBytes(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return value instanceof Uint8Array || Object.values(value).some(holdsBytes);
}

function typeName(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes (binary, ${String(value.byteLength)} long)`;
  return Array.isArray(value) ? 'a list with bytes in it' : 'a struct with bytes in it';
}

/** `data/x.jsonl:3: the column "a" is empty (null).` */
export function invalidColumn(
  row: DatasetRow,
  column: string,
  path: string,
  what: string,
  remedy: string,
): WorkbenchError {
  const file = row.file ?? path;
  const message = `${file}:${String(row.line)}: the column "${column}" ${what}.`;
  return new WorkbenchError('dataset-invalid', message, { remedy, place: { path: file, line: row.line } });
}

export function missingColumn(row: DatasetRow, column: string, path: string): WorkbenchError {
  const columns = Object.keys(row.values);
  const file = row.file ?? path;
  return new WorkbenchError(
    'dataset-column-missing',
    `${file}:${String(row.line)}: this row has no column "${column}"${didYouMean(column, columns)}.`,
    { remedy: `The row has: ${columns.slice(0, 20).join(', ')}.`, place: { path: file, line: row.line } },
  );
}
