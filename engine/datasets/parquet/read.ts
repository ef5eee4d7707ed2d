import type { ParquetParsers, RowGroup, SchemaTree } from 'hyparquet';
import type { Compressors } from 'hyparquet-compressors';
import { assembleAsync, readRowGroup } from 'hyparquet/src/rowgroup.js';
import { getMaxDefinitionLevel, getMaxRepetitionLevel, getTreePath, isFlatColumn } from 'hyparquet/src/schema.js';
import type { Files } from '../../ports/files.ts';
import type { DatasetRow } from '../row.ts';
import { brokenParquet, tooLargeParquet } from './faults.ts';
import { guardParquet, openParquet, type ColumnMetaData, type ParquetFile } from './file.ts';
import { checkPages } from './pages.ts';
import { toPlainValue } from './values.ts';

/** Unpacked bytes that are decoded at once, as the footer tells them; larger row groups are read in several goes. */
const windowBytes = 8 * 1024 * 1024;
/** Each go reads the group's bytes again, so very large groups are read in larger parts. */
const mostWindows = 32;
const smallestWindow = 16;
const batchRows = 1024;
const largestChunk = 512 * 1024 * 1024;

/**
 * Rows of a Parquet file in order; a row's `line` is its number. One row group at most is in memory, those of more than `most` unpacked
 * bytes in parts.
 */
export async function* readParquet(
  files: Files,
  path: string,
  signal: AbortSignal,
  most = windowBytes,
): AsyncIterable<readonly DatasetRow[]> {
  const file = await openParquet(files, path, signal);
  let first = 0;
  for (const group of file.metadata.row_groups) {
    const rows = Number(group.num_rows);
    const step = windowOf(group, most);
    for (let start = 0; start < rows; start += step) {
      const end = Math.min(rows, start + step);
      yield* readWindow(files, file, group, { first, start, end }, signal);
      signal.throwIfAborted();
    }
    first += rows;
  }
}

function windowOf(group: RowGroup, most: number): number {
  const rows = Number(group.num_rows);
  let bytes = 0;
  for (const { meta_data: meta } of group.columns) bytes += Number(meta?.total_uncompressed_size ?? 0n);
  if (bytes <= most) return Math.max(1, rows);
  return Math.max(smallestWindow, Math.ceil(rows / mostWindows), Math.ceil((rows * most) / bytes));
}

/** Rows `start` to `end` of a group whose first row is the file's row `first`. */
interface Window {
  readonly first: number;
  readonly start: number;
  readonly end: number;
}

async function* readWindow(
  files: Files,
  file: ParquetFile,
  group: RowGroup,
  window: Window,
  signal: AbortSignal,
): AsyncIterable<readonly DatasetRow[]> {
  const columns: { readonly node: SchemaTree; readonly valueAt: (row: number) => unknown }[] = [];
  for (const node of file.schema.children) {
    columns.push({ node, valueAt: await readTopColumn(files, file, group, node, window, signal) });
  }
  for (let from = window.start; from < window.end; from += batchRows) {
    yield await guardParquet(file.path, signal, () => {
      const rows: DatasetRow[] = [];
      for (let row = from; row < Math.min(window.end, from + batchRows); row += 1) {
        const values = Object.create(null) as Record<string, unknown>;
        for (const { node, valueAt } of columns) values[node.element.name] = toPlainValue(node, valueAt(row));
        rows.push({ line: window.first + row + 1, values });
      }
      return rows;
    });
  }
}

interface ColumnPlan {
  readonly columnMetadata: ColumnMetaData;
  readonly range: { readonly startByte: number; readonly endByte: number };
}

async function readTopColumn(
  files: Files,
  file: ParquetFile,
  group: RowGroup,
  node: SchemaTree,
  window: Window,
  signal: AbortSignal,
): Promise<(row: number) => unknown> {
  const { path, metadata } = file;
  const name = node.element.name;
  const plans = group.columns.flatMap(({ meta_data: meta }) =>
    meta?.path_in_schema[0] === name ? [{ columnMetadata: meta, range: rangeOf(meta) }] : [],
  );
  if (plans.length === 0) throw brokenParquet(path, `a row group lacks the column "${name}"`);
  const parts: {
    readonly plan: ColumnPlan;
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly compressors: Compressors;
  }[] = [];
  for (const plan of plans) {
    const { startByte, endByte } = plan.range;
    if (endByte - startByte > largestChunk)
      throw tooLargeParquet(path, `the column "${name}" is too large to read at once`);
    const bytes = await files.readRange(path, startByte, endByte, signal);
    parts.push({ plan, bytes, compressors: await checkColumn(file, bytes, plan.columnMetadata, window, signal) });
  }
  return guardParquet(path, signal, async () => {
    const groupRows = Number(group.num_rows);
    const selected = { groupStart: window.first, groupRows, selectStart: window.start, selectEnd: window.end };
    const groups = parts.map(({ plan, bytes, compressors }) =>
      readRowGroup(
        {
          file: { byteLength: bytes.byteLength, slice: () => bytes.buffer },
          metadata,
          compressors,
          utf8: false,
          parsers: parsersFor(name),
        },
        { metadata, rowStart: 0, fetches: [], groups: [] },
        { chunks: [plan], rowGroup: group, ...selected },
      ),
    );
    const asyncColumns = groups.flatMap(part => part.asyncColumns);
    const assembled = assembleAsync({ ...selected, asyncColumns }, file.schema).asyncColumns[0];
    if (assembled === undefined) throw new Error(`the column "${name}" cannot be put together`);
    const { data, skipped } = await assembled.data;
    return rowFinder(data, skipped, window, name);
  });
}

function rangeOf(meta: ColumnMetaData): { readonly startByte: number; readonly endByte: number } {
  const start = meta.dictionary_page_offset || meta.data_page_offset;
  return { startByte: Number(start), endByte: Number(start + meta.total_compressed_size) };
}

function checkColumn(
  file: ParquetFile,
  bytes: Uint8Array<ArrayBuffer>,
  meta: ColumnMetaData,
  window: Window,
  signal: AbortSignal,
) {
  return guardParquet(file.path, signal, () => {
    const nodes = getTreePath(file.schema, meta.path_in_schema);
    const levels = {
      maxDefinition: getMaxDefinitionLevel(nodes),
      maxRepetition: getMaxRepetitionLevel(nodes),
      flat: isFlatColumn(nodes),
    };
    return checkPages(bytes, meta, levels, window, file.path);
  });
}

/** The value of a row of the group, looked up in the pages that were decoded. */
function rowFinder(
  pages: readonly ArrayLike<unknown>[],
  skipped: number,
  window: Window,
  name: string,
): (row: number) => unknown {
  let decoded = skipped;
  for (const page of pages) decoded += page.length;
  if (skipped > window.start || decoded < window.end) throw new Error(`the column "${name}" has too few values`);
  let page = 0;
  let start = skipped;
  return row => {
    for (let length = pages[page]?.length ?? 0; row >= start + length; length = pages[page]?.length ?? 0) {
      start += length;
      page += 1;
    }
    return pages[page]?.[row - start];
  };
}

/** Numbers stay as they are stored, for `toPlainValue`; texts must be UTF-8. */
function parsersFor(column: string): ParquetParsers {
  const asStored = <T>(value: T): T => value;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const textOf = (bytes: Uint8Array | undefined): string | undefined => {
    if (bytes === undefined) return undefined;
    try {
      return decoder.decode(bytes);
    } catch (error) {
      throw new Error(`a text in the column "${column}" is not UTF-8`, { cause: error });
    }
  };
  return {
    timestampFromMilliseconds: asStored,
    timestampFromMicroseconds: asStored,
    timestampFromNanoseconds: asStored,
    dateFromDays: asStored,
    stringFromBytes: textOf,
    jsonFromBytes: bytes => parseJson(textOf(bytes)),
    geometryFromBytes: asStored,
    geographyFromBytes: asStored,
    uuidFromBytes: uuidText,
  };
}

/** A column that promises JSON and holds something else keeps its text. */
function parseJson(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function uuidText(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
