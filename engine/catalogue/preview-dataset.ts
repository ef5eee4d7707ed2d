import type { DatasetPreview, PreviewDataset } from '../../schemas/generated/messages.ts';
import { toFailure } from '../base/failure.ts';
import { holdsBytes, textOfValue } from '../datasets/column.ts';
import type { DatasetRow } from '../datasets/row.ts';
import { readRows } from '../datasets/rows.ts';
import type { Files } from '../ports/files.ts';
import { requireReadable } from './readable.ts';

const defaultRows = 50;
const mostColumns = 200;
/** Characters of one value that are shown; the file has the rest. */
const longestCell = 2_000;

/** The first rows of a dataset, whatever its size: reading stops after them. */
export async function previewDataset(
  { dataset, limit = defaultRows }: PreviewDataset,
  folder: string,
  files: Files,
  signal: AbortSignal,
): Promise<DatasetPreview> {
  const path = files.resolve(folder, dataset.path);
  const part = dataset.split === undefined ? { config: dataset.config, any: true } : dataset;
  await requireReadable(files, path);
  const rows: DatasetRow[] = [];
  let more = false;
  try {
    for await (const batch of readRows(files, path, dataset.format, signal, part)) {
      signal.throwIfAborted();
      more = rows.length + batch.length > limit;
      rows.push(...batch.slice(0, limit - rows.length));
      if (more) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    return { path: dataset.path, ...table(rows), more: true, failure: toFailure(error) };
  }
  return { path: dataset.path, ...table(rows), more };
}

function table(rows: readonly DatasetRow[]): Pick<DatasetPreview, 'columns' | 'rows'> {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row.values)))].slice(0, mostColumns);
  return { columns, rows: rows.map(row => ({ line: row.line, cells: columns.map(column => cell(row, column)) })) };
}

function cell({ values }: DatasetRow, column: string): string | null {
  const value = Object.hasOwn(values, column) ? values[column] : undefined;
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return `(${String(value.byteLength)} bytes)`;
  if (holdsBytes(value)) return '(bytes)';
  const text = textOfValue(value);
  return text.length > longestCell ? `${text.slice(0, longestCell)}…` : text;
}
