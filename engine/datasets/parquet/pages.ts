import type { PageHeader } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { deltaBinaryUnpack } from 'hyparquet/src/delta.js';
import { compressors, decompressZstd, type Compressors } from 'hyparquet-compressors';
import { brokenParquet, tooLargeParquet } from './faults.ts';
import type { ColumnMetaData } from './file.ts';

/** Bytes of one page, unpacked, and of all pages of a column that are unpacked together. */
const largestPage = 256 * 1024 * 1024;
const largestColumn = 768 * 1024 * 1024;

/** How deep a column nests, as its levels count it. */
export interface ColumnLevels {
  readonly maxDefinition: number;
  readonly maxRepetition: number;
  /** One value a row: pages outside the wanted rows can be passed over. */
  readonly flat: boolean;
}

/**
 * Walks a column chunk's pages before the decoder does, since the decoder believes what pages say: their sizes, their counts and the
 * lengths of their runs are held against what there is. Answers with decompressors that hand out what was unpacked here, so that no page
 * is unpacked twice.
 */
export function checkPages(
  bytes: Uint8Array<ArrayBuffer>,
  meta: ColumnMetaData,
  levels: ColumnLevels,
  rows: { readonly start: number; readonly end: number },
  path: string,
): Compressors {
  const unpacked = new Map<number, Uint8Array>();
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
  const expected = Number(meta.num_values);
  let values = 0;
  let total = 0;
  while (values < expected && !(levels.flat && values >= rows.end)) {
    if (reader.offset >= bytes.byteLength) throw brokenParquet(path, `the column ${nameOf(meta)} ends too early`);
    const header = parquetHeader(reader);
    const start = reader.offset;
    const size = header.compressed_page_size;
    if (!(size >= 0) || start + size > bytes.byteLength) {
      throw brokenParquet(path, `a page of the column ${nameOf(meta)} is cut off`);
    }
    reader.offset += size;
    const count = valuesOf(header);
    if (!(count >= 0) || values + (isData(header) ? count : 0) > expected) {
      throw brokenParquet(path, `the pages of the column ${nameOf(meta)} hold more values than it says`);
    }
    if (isData(header)) values += count;
    if (levels.flat && isData(header) && values < rows.start) continue;
    if (!(header.uncompressed_page_size >= 0) || header.uncompressed_page_size > largestPage) {
      throw tooLargeParquet(path, `a page of the column ${nameOf(meta)} is larger than 256 MiB`);
    }
    total += header.uncompressed_page_size;
    if (total > largestColumn) throw tooLargeParquet(path, `the column ${nameOf(meta)} is too large to unpack`);
    const page = unpackPage(bytes, start, header, meta, unpacked);
    if (isData(header)) checkRuns(page, header, count, meta, levels, path);
    else if (count > header.uncompressed_page_size * 8) {
      throw brokenParquet(path, `the dictionary of the column ${nameOf(meta)} is shorter than it says`);
    }
  }
  return handOut(meta, unpacked);
}

function nameOf(meta: ColumnMetaData): string {
  return `"${meta.path_in_schema.join('.')}"`;
}

function isData(header: PageHeader): boolean {
  return header.type !== 'DICTIONARY_PAGE' && header.type !== 'INDEX_PAGE';
}

function valuesOf(header: PageHeader): number {
  const counted = header.data_page_header ?? header.data_page_header_v2 ?? header.dictionary_page_header;
  return counted?.num_values ?? 0;
}

interface Page {
  /** The page's values, with the levels in front in a page of the first kind. */
  readonly body: Uint8Array;
  /** Levels of a page of the second kind, which are never compressed. */
  readonly levels: Uint8Array | undefined;
}

function unpackPage(
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
  header: PageHeader,
  meta: ColumnMetaData,
  unpacked: Map<number, Uint8Array>,
): Page {
  const second = header.data_page_header_v2;
  const levelBytes =
    second === undefined ? 0 : second.repetition_levels_byte_length + second.definition_levels_byte_length;
  const packed = bytes.subarray(start + levelBytes, start + header.compressed_page_size);
  const levels = second === undefined ? undefined : bytes.subarray(start, start + levelBytes);
  const size = header.uncompressed_page_size - levelBytes;
  if (meta.codec === 'UNCOMPRESSED' || second?.is_compressed === false || size === 0) return { body: packed, levels };
  const body = unpack(meta.codec, packed, size);
  unpacked.set(packed.byteOffset, body);
  return { body, levels };
}

function unpack(codec: ColumnMetaData['codec'], packed: Uint8Array, size: number): Uint8Array {
  // Room is given beforehand: the frame's own claim of its size is not believed.
  if (codec === 'ZSTD') return decompressZstd(packed, new Uint8Array(size));
  const decompress = compressors[codec];
  if (decompress === undefined) throw new Error(`its compression ${codec} is not known`);
  const body = decompress(packed, size);
  if (body.byteLength !== size) throw new Error('a page unpacks to another size than it says');
  return body;
}

function handOut(meta: ColumnMetaData, unpacked: ReadonlyMap<number, Uint8Array>): Compressors {
  const give = (packed: Uint8Array, size: number): Uint8Array => {
    const known = unpacked.get(packed.byteOffset);
    return known?.byteLength === size ? known : unpack(meta.codec, packed, size);
  };
  return { [meta.codec]: give };
}

/** Runs say how often their value repeats; the decoder would write as many, whatever the page's count. */
function checkRuns(
  { body, levels }: Page,
  header: PageHeader,
  count: number,
  meta: ColumnMetaData,
  { maxDefinition, maxRepetition }: ColumnLevels,
  path: string,
): void {
  const fault = (): Error => brokenParquet(path, `a run in the column ${nameOf(meta)} is longer than its page`);
  let at = 0;
  const second = header.data_page_header_v2;
  if (second !== undefined && levels !== undefined) {
    const repetition = second.repetition_levels_byte_length;
    if (maxRepetition > 0) checkHybrid(levels.subarray(0, repetition), widthOf(maxRepetition), count, fault);
    if (maxDefinition > 0) checkHybrid(levels.subarray(repetition), widthOf(maxDefinition), count, fault);
  } else {
    for (const highest of [maxRepetition, maxDefinition]) {
      if (highest === 0) continue;
      const length = new DataView(body.buffer, body.byteOffset, body.byteLength).getUint32(at, true);
      checkHybrid(body.subarray(at + 4, at + 4 + length), widthOf(highest), count, fault);
      at += 4 + length;
    }
  }
  const encoding = (second ?? header.data_page_header)?.encoding;
  const values = body.subarray(at);
  if (encoding === 'PLAIN_DICTIONARY' || encoding === 'RLE_DICTIONARY') {
    checkHybrid(values.subarray(1), values[0] ?? 0, count, fault);
  } else if (encoding === 'RLE') {
    // In both kinds of pages the decoder reads a length first.
    checkHybrid(values.subarray(4), 1, count, fault);
  } else if (encoding === 'DELTA_BYTE_ARRAY') checkPrefixes(values, count, meta, path);
}

function widthOf(highest: number): number {
  return 32 - Math.clz32(highest);
}

function checkHybrid(bytes: Uint8Array, width: number, count: number, fault: () => Error): void {
  let at = 0;
  let seen = 0;
  while (seen < count && at < bytes.byteLength) {
    let run = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = bytes[at] ?? 0;
      run += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      at += 1;
    } while (byte >= 0x80 && shift < 35);
    if (run % 2 === 1) {
      const groups = (run - 1) / 2;
      seen += groups * 8;
      at += groups * width;
    } else {
      if (run / 2 > count - seen) throw fault();
      seen += run / 2;
      at += (width + 7) >> 3;
    }
  }
}

/** Each text begins with a part of the one before, so a small page can stand for very long ones. */
function checkPrefixes(values: Uint8Array, count: number, meta: ColumnMetaData, path: string): void {
  if (count === 0) return;
  const reader = { view: new DataView(values.buffer, values.byteOffset, values.byteLength), offset: 0 };
  let total = 0;
  for (let part = 0; part < 2; part += 1) {
    // The count of values that are there stands in the block's own head, third.
    const lengths = new Int32Array(count);
    deltaBinaryUnpack(reader, countOf(values, reader.offset, count), lengths);
    for (const length of lengths) total += length;
  }
  if (!(total <= largestPage))
    throw tooLargeParquet(path, `a page of the column ${nameOf(meta)} is larger than 256 MiB`);
}

function countOf(values: Uint8Array, start: number, most: number): number {
  let at = start;
  let number = 0;
  for (let field = 0; field < 3; field += 1) {
    number = 0;
    let shift = 0;
    let byte: number;
    do {
      byte = values[at] ?? 0;
      number += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      at += 1;
    } while (byte >= 0x80 && shift < 35);
  }
  return Math.min(number, most);
}
