import { WorkbenchError } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';
import type { DatasetRow } from '../row.ts';
import { openColumns } from './batch.ts';
import { FlatTable } from './flatbuffer.ts';
import { readFields, type ArrowField } from './schema.ts';

const largestHead = 16 * 1024 * 1024;
const largestBody = 512 * 1024 * 1024;
const batchRows = 1024;

/** What an Arrow stream says of itself before its rows. */
interface ArrowSchema {
  readonly fields: readonly ArrowField[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** What a message's head says it holds, by `Message.fbs`. */
const schemaMessage = 1;
const batchMessage = 3;

/**
 * Rows of a file in Arrow's streaming format (as `save_to_disk` of the `datasets` library writes it), one record batch after the other; with
 * the schema's metadata. A row's `line` is its number. Throws `dataset-invalid` for another or a broken file.
 */
export async function* readArrow(
  files: Files,
  path: string,
  signal: AbortSignal,
): AsyncIterable<{ readonly rows: readonly DatasetRow[]; readonly metadata: ReadonlyMap<string, string> }> {
  const size = (await files.facts(path))?.size ?? 0;
  let schema: ArrowSchema | undefined;
  let at = 0;
  let line = 1;
  for (;;) {
    const message = await readMessage(files, path, at, size, signal);
    if (message === undefined) break;
    const { head, bodyStart, bodyLength } = message;
    const kind = guard(path, () => head.int8(1, 0));
    if (kind === schemaMessage) schema = guard(path, () => readSchema(head));
    else if (kind === batchMessage && schema !== undefined) {
      const body = await files.readRange(path, bodyStart, bodyStart + bodyLength, signal);
      const { fields, metadata } = schema;
      for (const rows of readBatch(path, head, fields, body, line)) {
        yield { rows, metadata };
        signal.throwIfAborted();
        line += rows.length;
      }
    } else throw broken(path, 'it holds something else than rows');
    at = bodyStart + bodyLength;
  }
  if (schema === undefined) throw broken(path, 'it does not begin with its columns');
}

interface Message {
  readonly head: FlatTable;
  readonly bodyStart: number;
  readonly bodyLength: number;
}

/** The message that starts at `at`; absent at the stream's end. */
async function readMessage(
  files: Files,
  path: string,
  at: number,
  size: number,
  signal: AbortSignal,
): Promise<Message | undefined> {
  const prefix = await files.readRange(path, at, at + 8, signal);
  if (prefix.byteLength === 0 && at > 0) return undefined;
  if (prefix.byteLength < 8) throw broken(path, 'it is cut off');
  const view = new DataView(prefix.buffer);
  if (view.getUint32(0, true) !== 0xffff_ffff) throw broken(path, 'it is no Arrow stream');
  const length = view.getInt32(4, true);
  if (length === 0) return undefined;
  if (length < 0 || length > largestHead) throw broken(path, 'the head of a message is too long');
  const bytes = await files.readRange(path, at + 8, at + 8 + length, signal);
  if (bytes.byteLength < length) throw broken(path, 'it is cut off');
  return guard(path, () => {
    const head = FlatTable.root(new DataView(bytes.buffer));
    const bodyStart = at + 8 + length;
    const bodyLength = head.int64(3);
    if (!(bodyLength >= 0) || bodyStart + bodyLength > size) throw new Error('a batch is cut off');
    if (bodyLength > largestBody) throw new Error('a batch is larger than 512 MiB');
    return { head, bodyStart, bodyLength };
  });
}

function readSchema(head: FlatTable): ArrowSchema {
  const schema = head.table(2);
  if (schema === undefined) throw new Error('its columns are not described');
  if (schema.int16(0, 0) !== 0) throw new Error('its numbers have their highest bytes first');
  const metadata = schema.tables(2).map((entry): [string, string] => [entry.text(0) ?? '', entry.text(1) ?? '']);
  return { fields: readFields(schema.tables(1)), metadata: new Map(metadata) };
}

function* readBatch(
  path: string,
  head: FlatTable,
  fields: readonly ArrowField[],
  body: Uint8Array<ArrayBuffer>,
  firstLine: number,
): Iterable<readonly DatasetRow[]> {
  const { count, columns } = guard(path, () => {
    const batch = head.table(2);
    const rows = batch?.int64(0) ?? 0;
    // Columns of nulls take no bytes; a batch has no more rows than its bytes could hold as bits.
    if (batch === undefined || !(rows >= 0) || rows > Math.max(batchRows, body.byteLength * 8)) {
      throw new Error('a batch claims more rows than it holds');
    }
    return { count: rows, columns: openColumns(batch, fields, new DataView(body.buffer), rows) };
  });
  for (let from = 0; from < count; from += batchRows) {
    yield guard(path, () =>
      Array.from({ length: Math.min(batchRows, count - from) }, (_, index): DatasetRow => {
        const values = Object.create(null) as Record<string, unknown>;
        fields.forEach(({ name }, column) => (values[name] = columns[column]?.(from + index)));
        return { line: firstLine + from + index, values };
      }),
    );
  }
}

function guard<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof WorkbenchError || !(error instanceof Error)) throw error;
    throw broken(path, error.message, error);
  }
}

function broken(path: string, what: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('dataset-invalid', `${path} cannot be read as Arrow: ${what}.`, {
    remedy: 'Export the dataset to Parquet with `to_parquet`, and read that.',
    place: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}
