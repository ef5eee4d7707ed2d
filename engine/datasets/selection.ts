import { WorkbenchError } from '../base/errors.ts';
import type { Dataset } from '../../schemas/generated/files.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { didYouMean } from '../base/suggest.ts';
import type { DatasetRow } from './row.ts';
import { readRows } from './rows.ts';

/** A row of the asked split, ready to be asked. */
export interface AskedRow {
  /** Position in the asked split, from 0. */
  readonly index: number;
  readonly line: number;
  readonly input: string;
  readonly target: string;
  readonly slices: Readonly<Record<string, string>>;
  /** Every column, for prompts. */
  readonly values: Readonly<Record<string, unknown>>;
  /** SHA-256 over input, target and slices. */
  readonly digest: string;
}

/** Where a dataset lies and which of its rows are meant. */
export interface DatasetSelection {
  readonly path: string;
  readonly dataset: Dataset;
  /** The stricter of the file's own limit and the one given at the start. */
  readonly limit: number | undefined;
}

/** Rows of the asked split in file order, in batches. Throws `dataset-…` errors with the row's line. */
export async function* readAskedRows(
  files: Files,
  digest: Digest,
  selection: DatasetSelection,
  signal: AbortSignal,
): AsyncIterable<readonly AskedRow[]> {
  const { dataset, limit } = selection;
  let index = 0;
  for await (const rows of readRows(files, selection.path, dataset.format, signal)) {
    signal.throwIfAborted();
    const asked: AskedRow[] = [];
    for (const row of rows) {
      if (!isInSplit(row, selection, dataset.split?.test)) continue;
      if (limit !== undefined && index >= limit) break;
      asked.push(toAskedRow(row, index, selection, digest));
      index += 1;
    }
    if (asked.length > 0) yield asked;
    if (limit !== undefined && index >= limit) return;
  }
}

function toAskedRow(row: DatasetRow, index: number, selection: DatasetSelection, digest: Digest): AskedRow {
  const { dataset } = selection;
  const input = columnText(row, dataset.input, selection.path);
  const target = columnText(row, dataset.target, selection.path);
  const slices: Record<string, string> = {};
  for (const column of dataset.slices ?? []) slices[column] = columnText(row, column, selection.path);
  return {
    index,
    line: row.line,
    input,
    target,
    slices,
    values: row.values,
    digest: digest.sha256(JSON.stringify([input, target, slices])),
  };
}

/** Whether a row belongs to the named split; every row does when the dataset has none. */
export function isInSplit(row: DatasetRow, selection: DatasetSelection, split: string | undefined): boolean {
  const field = selection.dataset.split?.field;
  if (field === undefined || split === undefined) return field === undefined;
  return columnText(row, field, selection.path) === split;
}

/** A column's value as text. Numbers and booleans become text; objects and arrays become JSON. */
export function columnText(row: DatasetRow, column: string, path: string): string {
  const value = Object.hasOwn(row.values, column) ? row.values[column] : undefined;
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value !== undefined && value !== null) return JSON.stringify(value);
  const place = { path, line: row.line };
  if (Object.hasOwn(row.values, column)) {
    throw new WorkbenchError(
      'dataset-invalid',
      `${path}:${String(row.line)}: the column "${column}" is empty (null).`,
      {
        remedy: 'Complete the row or remove it.',
        place,
      },
    );
  }
  const columns = Object.keys(row.values);
  throw new WorkbenchError(
    'dataset-column-missing',
    `${path}:${String(row.line)}: this row has no column "${column}"${didYouMean(column, columns)}.`,
    { remedy: `The row has: ${columns.slice(0, 20).join(', ')}.`, place },
  );
}
