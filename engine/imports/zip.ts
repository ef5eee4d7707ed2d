import { WorkbenchError } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';
import type { Inflate } from '../ports/inflate.ts';

/** One file inside a ZIP archive. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes once decompressed, as the directory claims. */
  readonly size: number;
}

/** A ZIP archive on disk (PKWARE APPNOTE 6.3.10): its directory is in memory, its entries are read one at a time. */
export interface ZipArchive {
  readonly entries: readonly ZipEntry[];
  /** Throws `file-unreadable` for an entry that is damaged, encrypted, packed some other way, or larger than the limit. */
  read(name: string, signal: AbortSignal): Promise<Uint8Array>;
}

interface Located extends ZipEntry {
  readonly method: number;
  readonly encrypted: boolean;
  readonly packed: number;
  readonly offset: number;
}

const longestTail = 22 + 0xffff;
const mostEntries = 2_000_000;
const largestDirectory = 512 * 2 ** 20;
/** Bytes one entry may decompress to. */
const largestEntry = 256 * 2 ** 20;

/** Opens an archive. Throws `file-invalid` when the file is none, or its directory is damaged. */
export async function openZip(
  files: Files,
  inflate: Inflate,
  path: string,
  size: number,
  signal: AbortSignal,
): Promise<ZipArchive> {
  const { start, length, count } = await findDirectory(files, path, size, signal);
  const bytes = await files.readRange(path, start, start + length, signal);
  const located = readDirectory(bytes, count, path);
  const byName = new Map(located.map(entry => [entry.name, entry]));
  return {
    entries: located.map(({ name, size: unpacked }) => ({ name, size: unpacked })),
    async read(name, innerSignal) {
      const entry = byName.get(name);
      if (entry === undefined) throw damaged(path, `it has no entry ${name}`);
      return readEntry(files, inflate, path, entry, innerSignal);
    },
  };
}

interface Directory {
  readonly start: number;
  readonly length: number;
  readonly count: number;
}

async function findDirectory(files: Files, path: string, size: number, signal: AbortSignal): Promise<Directory> {
  const from = Math.max(0, size - longestTail);
  const tail = viewOf(await files.readRange(path, from, size, signal));
  for (let at = tail.byteLength - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) !== 0x06054b50) continue;
    const found = { count: tail.getUint16(at + 10, true), length: tail.getUint32(at + 12, true) };
    const start = tail.getUint32(at + 16, true);
    const isLarge = found.count === 0xffff || found.length === 0xffffffff || start === 0xffffffff;
    const directory = isLarge ? await findLargeDirectory(files, path, tail, at, signal) : { start, ...found };
    if (directory.count > mostEntries || directory.length > largestDirectory) throw damaged(path, 'it is too large');
    if (directory.start + directory.length > size) throw damaged(path, 'its directory lies outside the file');
    return directory;
  }
  throw damaged(path, 'no directory was found at its end');
}

/** ZIP64: a locator before the end record points at the larger one. */
async function findLargeDirectory(
  files: Files,
  path: string,
  tail: DataView,
  end: number,
  signal: AbortSignal,
): Promise<Directory> {
  const locator = end - 20;
  if (locator < 0 || tail.getUint32(locator, true) !== 0x07064b50) throw damaged(path, 'its ZIP64 locator is missing');
  const at = readLong(tail, locator + 8, path);
  const record = viewOf(await files.readRange(path, at, at + 56, signal));
  if (record.byteLength < 56 || record.getUint32(0, true) !== 0x06064b50)
    throw damaged(path, 'its ZIP64 record is missing');
  return {
    count: readLong(record, 32, path),
    length: readLong(record, 40, path),
    start: readLong(record, 48, path),
  };
}

function readDirectory(bytes: Uint8Array, count: number, path: string): Located[] {
  const view = viewOf(bytes);
  const decoder = new TextDecoder('utf-8');
  const entries: Located[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50)
      throw damaged(path, 'its directory is cut off');
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const end = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (end > bytes.length) throw damaged(path, 'its directory is cut off');
    const sizes = {
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    };
    entries.push({
      name: decoder.decode(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      ...widen(sizes, view, at + 46 + nameLength, extraLength, path),
    });
    at = end;
  }
  return entries;
}

type Sizes = Pick<Located, 'packed' | 'size' | 'offset'>;

/** Numbers that do not fit 32 bits stand in the ZIP64 extra field, in this order and only where the short one is full. */
function widen(sizes: Sizes, view: DataView, start: number, length: number, path: string): Sizes {
  const full = 0xffffffff;
  if (sizes.size !== full && sizes.packed !== full && sizes.offset !== full) return sizes;
  for (let at = start; at + 4 <= start + length;) {
    const fieldLength = view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      let next = at + 4;
      const read = (short: number): number => {
        if (short !== full) return short;
        if (next + 8 > at + 4 + fieldLength) throw damaged(path, 'a size is missing');
        next += 8;
        return readLong(view, next - 8, path);
      };
      return { size: read(sizes.size), packed: read(sizes.packed), offset: read(sizes.offset) };
    }
    at += 4 + fieldLength;
  }
  throw damaged(path, 'a size is missing');
}

async function readEntry(
  files: Files,
  inflate: Inflate,
  path: string,
  entry: Located,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (entry.encrypted) throw damaged(path, `${entry.name} is encrypted`);
  if (entry.size > largestEntry || entry.packed > largestEntry) throw damaged(path, `${entry.name} is too large`);
  const header = viewOf(await files.readRange(path, entry.offset, entry.offset + 30, signal));
  if (header.byteLength < 30 || header.getUint32(0, true) !== 0x04034b50)
    throw damaged(path, `${entry.name} is not where the directory says`);
  const start = entry.offset + 30 + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = await files.readRange(path, start, start + entry.packed, signal);
  if (packed.length < entry.packed) throw damaged(path, `${entry.name} is cut off`);
  const limit = Math.max(1, entry.size);
  switch (entry.method) {
    case 0:
      return packed;
    case 8:
      return inflate.deflated(packed, limit);
    case 93:
      return inflate.zstandard(packed, limit);
    default:
      throw damaged(path, `${entry.name} is packed by method ${entry.method}, which is not read here`);
  }
}

function readLong(view: DataView, at: number, path: string): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw damaged(path, 'a size is impossible');
  return value;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function damaged(path: string, what: string): WorkbenchError {
  return new WorkbenchError('file-invalid', `${path} is no readable ZIP archive: ${what}.`, {
    remedy: 'Copy the file again from where it was made.',
    place: { path },
  });
}
