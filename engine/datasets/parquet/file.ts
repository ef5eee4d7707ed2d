import {
  parquetMetadataAsync,
  parquetSchema,
  type ColumnChunk,
  type FileMetaData,
  type SchemaElement,
  type SchemaTree,
} from 'hyparquet';
import { WorkbenchError } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';
import { brokenParquet, tooLargeParquet } from './faults.ts';
import { isDecimal } from './values.ts';

/** An opened Parquet file: what its footer says, checked against the file's size. */
export interface ParquetFile {
  readonly path: string;
  /** As the decoder reads it: decimals and what else is converted here are raw. */
  readonly metadata: FileMetaData;
  /** The root of the columns, as the file describes them. */
  readonly schema: SchemaTree;
}

/** One column of one row group. */
export type ColumnMetaData = NonNullable<ColumnChunk['meta_data']>;

const largestFooter = 64 * 1024 * 1024;
const mostGroupRows = 50_000_000;

/**
 * Reads a Parquet file's footer. Throws `dataset-invalid` for what is no Parquet file, is cut off, or claims more than it can hold.
 */
export async function openParquet(files: Files, path: string, signal: AbortSignal): Promise<ParquetFile> {
  const size = (await files.facts(path))?.size ?? 0;
  if (size < 12) throw brokenParquet(path, 'it is too short');
  const tail = await files.readRange(path, size - 8, size, signal);
  const view = new DataView(tail.buffer);
  if (tail.byteLength < 8 || view.getUint32(4, true) !== magic) {
    throw brokenParquet(path, 'its last bytes are not those of a Parquet file');
  }
  if (view.getUint32(0, true) > Math.min(largestFooter, size - 8)) throw brokenParquet(path, 'its footer is too long');
  const slice = async (start: number, end = size): Promise<ArrayBuffer> =>
    (await files.readRange(path, start, end, signal)).buffer;
  const metadata = await guardParquet(path, signal, () =>
    parquetMetadataAsync({ byteLength: size, slice }, { geoparquet: false }),
  );
  return guardParquet(path, signal, () => {
    checkGroups(metadata, size, path);
    const schema = parquetSchema(metadata);
    checkNames(schema, path);
    return { path, schema, metadata: { ...metadata, schema: metadata.schema.map(rawElement) } };
  });
}

const magic = 0x31524150;

/** Turns whatever the decoder throws at foreign bytes into an error a person can act on. */
export async function guardParquet<T>(path: string, signal: AbortSignal, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WorkbenchError || !(error instanceof Error)) throw error;
    throw brokenParquet(path, error.message, error);
  }
}

/** What the decoder would round, refuse, or read by a notation of its own is read raw and converted by `toPlainValue`. */
function rawElement(element: SchemaElement): SchemaElement {
  const { converted_type: converted, logical_type: logical } = element;
  const raw =
    isDecimal(element) ||
    converted === 'INTERVAL' ||
    converted === 'BSON' ||
    logical?.type === 'GEOMETRY' ||
    logical?.type === 'GEOGRAPHY';
  if (!raw) return element;
  const copy = { ...element };
  delete copy.converted_type;
  delete copy.logical_type;
  return copy;
}

function checkGroups(metadata: FileMetaData, size: number, path: string): void {
  for (const group of metadata.row_groups) {
    if (group.num_rows < 0n || group.num_rows > BigInt(mostGroupRows)) {
      throw tooLargeParquet(path, `it claims ${String(group.num_rows)} rows in one row group`);
    }
    for (const { meta_data: meta, file_path: elsewhere } of group.columns) {
      if (elsewhere !== undefined && elsewhere !== '') throw brokenParquet(path, 'its columns lie in other files');
      if (meta === undefined) throw brokenParquet(path, 'it is encrypted, or a column is not described');
      const start = meta.dictionary_page_offset || meta.data_page_offset;
      const end = start + meta.total_compressed_size;
      if (start < 0n || meta.total_compressed_size < 0n || end > BigInt(size)) {
        throw brokenParquet(path, `the column "${meta.path_in_schema.join('.')}" reaches beyond the file's end`);
      }
      if (meta.num_values < group.num_rows || meta.num_values > BigInt(mostGroupRows) * 4n) {
        throw brokenParquet(
          path,
          `the column "${meta.path_in_schema.join('.')}" claims ${String(meta.num_values)} values in ${String(group.num_rows)} rows`,
        );
      }
    }
  }
}

function checkNames(schema: SchemaTree, path: string): void {
  const names = schema.children.map(child => child.element.name);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) throw brokenParquet(path, `it has two columns "${repeated}"`);
}
