import { WorkbenchError } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';
import { readDelimited } from './csv.ts';
import type { FileFormat } from './formats.ts';
import { readJsonArray } from './json-array.ts';
import { readJsonLines } from './jsonl.ts';
import { readParquet } from './parquet/read.ts';
import type { DatasetRow } from './row.ts';

/** Rows of one file, in batches. A text file whose name ends in `.gz` is unpacked on the way. */
export function readFileRows(
  files: Files,
  path: string,
  format: FileFormat,
  signal: AbortSignal,
): AsyncIterable<readonly DatasetRow[]> {
  if (format === 'parquet') return readParquet(files, path, signal);
  const chunks = path.toLowerCase().endsWith('.gz') ? unpack(files, path, signal) : files.stream(path, signal);
  if (format === 'jsonl') return readJsonLines(chunks, path);
  if (format === 'json') return readJson(chunks, path);
  return readDelimited(chunks, path, format === 'csv' ? ',' : '\t');
}

/** Text packs to a tenth or a fifth; what unpacks to more than this is made to fill the memory or the day. */
const mostUnpacked = 200;
const alwaysUnpacked = 16 * 1024 * 1024;

async function* unpack(files: Files, path: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
  const packed = (await files.facts(path))?.size ?? 0;
  const most = Math.max(alwaysUnpacked, packed * mostUnpacked);
  let bytes = 0;
  for await (const chunk of files.streamGzip(path, signal)) {
    bytes += chunk.byteLength;
    if (bytes > most) {
      throw new WorkbenchError(
        'dataset-invalid',
        `${path} unpacks to more than ${String(mostUnpacked)} times its size.`,
        {
          remedy: 'No text packs so well: check what the file is, or unpack it yourself.',
          place: { path },
        },
      );
    }
    yield chunk;
  }
}

/** Many files called `.json` hold a row a line; the first character tells. */
async function* readJson(chunks: AsyncIterable<Uint8Array>, path: string): AsyncIterable<readonly DatasetRow[]> {
  const iterator = chunks[Symbol.asyncIterator]();
  const head: Uint8Array[] = [];
  let first: number | undefined;
  while (first === undefined) {
    const next = await iterator.next();
    if (next.done === true) break;
    head.push(next.value);
    first = next.value.find(byte => byte > space && !byteOrderMark.has(byte));
  }
  const whole = rejoin(head, iterator);
  yield* first === openBrace ? readJsonLines(whole, path) : readJsonArray(whole, path);
}

const space = 32;
const openBrace = 123;
const byteOrderMark = new Set([0xef, 0xbb, 0xbf]);

async function* rejoin(head: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
