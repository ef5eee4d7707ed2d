import { viewOf, type ByteSource } from '../scan/bytes.ts';

/** One entry as the archive's directory tells it. */
export interface ZipMember {
  readonly name: string;
  /** 0 stored, 8 deflated; others are not read. */
  readonly method: number;
  readonly encrypted: boolean;
  readonly packed: number;
  readonly size: number;
  /** Of its local header. */
  readonly offset: number;
  /** Unix file type and permissions, 0 where none are told. */
  readonly mode: number;
  readonly crc: number;
}

/** What a ZIP archive holds. `faults` are what readers disagree over or stumble on. */
export interface ZipDirectory {
  readonly members: readonly ZipMember[];
  /** Offset of the first local header; more than 0 where something stands before the archive. */
  readonly start: number;
  readonly faults: readonly string[];
}

const longestTail = 22 + 0xffff;
const mostMembers = 1_000_000;
const largestDirectory = 256 * 2 ** 20;

/** Reads a ZIP archive's directory (APPNOTE 6.3.10). Undefined where there is none; `faults` tells what is wrong with one there is. */
export async function readZipDirectory(source: ByteSource): Promise<ZipDirectory | undefined> {
  const found = await findEnd(source);
  if (found === undefined) return undefined;
  const { start, length, count, shift } = found;
  const faults: string[] = [];
  if (count > mostMembers || length > largestDirectory) return { members: [], start: 0, faults: ['it is too large'] };
  const bytes = await source.read(start + shift, start + shift + length);
  const members: ZipMember[] = [];
  const view = viewOf(bytes);
  let at = 0;
  while (at + 46 <= bytes.length && view.getUint32(at, true) === 0x02014b50) {
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const end = at + 46 + nameLength + extraLength + view.getUint16(at + 32, true);
    if (end > bytes.length) {
      faults.push('its directory is cut off');
      break;
    }
    const sizes = widen(
      {
        packed: view.getUint32(at + 20, true),
        size: view.getUint32(at + 24, true),
        offset: view.getUint32(at + 42, true),
      },
      view,
      at + 46 + nameLength,
      extraLength,
    );
    if (sizes === undefined) {
      faults.push('a size in its directory is impossible');
      break;
    }
    const madeOn = view.getUint8(at + 5);
    members.push({
      name: decodeName(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: view.getUint16(at + 10, true),
      encrypted: (view.getUint16(at + 8, true) & 1) === 1,
      mode: madeOn === 3 ? view.getUint16(at + 40, true) : 0,
      crc: view.getUint32(at + 16, true),
      packed: sizes.packed,
      size: sizes.size,
      offset: sizes.offset + shift,
    });
    at = end;
    if (members.length > mostMembers) break;
  }
  if (members.length !== count) faults.push(`its directory names ${members.length} entries and counts ${count}`);
  if (at !== length) faults.push('there is something else in its directory');
  if (shift > 0) faults.push(`${shift} bytes stand before it`);
  const first = members.reduce((least, { offset }) => Math.min(least, offset), start + shift);
  return { members, start: first, faults };
}

interface End {
  readonly start: number;
  readonly length: number;
  readonly count: number;
  /** What stands before the archive: its own offsets begin behind it. */
  readonly shift: number;
}

async function findEnd(source: ByteSource): Promise<End | undefined> {
  const from = Math.max(0, source.size - longestTail);
  const bytes = await source.read(from, source.size);
  const tail = viewOf(bytes);
  for (let at = tail.byteLength - 22; at >= 0; at--) {
    if (tail.getUint32(at, true) !== 0x06054b50) continue;
    const count = tail.getUint16(at + 10, true);
    const length = tail.getUint32(at + 12, true);
    const start = tail.getUint32(at + 16, true);
    if (count === 0xffff || length === 0xffffffff || start === 0xffffffff) {
      const large = await findLargeEnd(source, tail, at);
      if (large !== undefined) return large;
    }
    const shift = from + at - length - start;
    if (shift >= 0 && (await isDirectoryAt(source, start + shift, length))) return { start, length, count, shift };
  }
  return undefined;
}

async function isDirectoryAt(source: ByteSource, at: number, length: number): Promise<boolean> {
  if (length === 0) return true;
  const bytes = await source.read(at, at + 4);
  return bytes.length === 4 && viewOf(bytes).getUint32(0, true) === 0x02014b50;
}

/** ZIP64: a locator before the end record points at the larger one. */
async function findLargeEnd(source: ByteSource, tail: DataView, at: number): Promise<End | undefined> {
  const locator = at - 20;
  if (locator < 0 || tail.getUint32(locator, true) !== 0x07064b50) return undefined;
  const place = Number(tail.getBigUint64(locator + 8, true));
  if (!Number.isSafeInteger(place)) return undefined;
  const bytes = await source.read(place, place + 56);
  const record = viewOf(bytes);
  if (record.byteLength < 56 || record.getUint32(0, true) !== 0x06064b50) return undefined;
  const count = Number(record.getBigUint64(32, true));
  const length = Number(record.getBigUint64(40, true));
  const start = Number(record.getBigUint64(48, true));
  if (![count, length, start].every(Number.isSafeInteger)) return undefined;
  return { count, length, start, shift: 0 };
}

interface Sizes {
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

/** Numbers that do not fit 32 bits stand in the ZIP64 extra field, in this order and only where the short one is full. */
function widen(sizes: Sizes, view: DataView, start: number, length: number): Sizes | undefined {
  const full = 0xffffffff;
  if (sizes.size !== full && sizes.packed !== full && sizes.offset !== full) return sizes;
  for (let at = start; at + 4 <= start + length;) {
    const fieldEnd = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1) {
      let next = at + 4;
      let broken = fieldEnd > start + length;
      const read = (short: number): number => {
        if (short !== full || broken) return short;
        broken ||= next + 8 > fieldEnd;
        if (broken) return 0;
        next += 8;
        return Number(view.getBigUint64(next - 8, true));
      };
      const wide = { size: read(sizes.size), packed: read(sizes.packed), offset: read(sizes.offset) };
      const whole = [wide.size, wide.packed, wide.offset].every(Number.isSafeInteger);
      return broken || !whole ? undefined : wide;
    }
    at = fieldEnd;
  }
  return undefined;
}

/** Where an entry's packed bytes begin; undefined with the reason where its own header says something else than the directory. */
export async function locateMember(
  source: ByteSource,
  member: ZipMember,
): Promise<
  { readonly start: number; readonly fault?: string } | { readonly start: undefined; readonly fault: string }
> {
  const header = await source.read(member.offset, member.offset + 30 + 0xffff);
  if (header.length < 30 || viewOf(header).getUint32(0, true) !== 0x04034b50)
    return { start: undefined, fault: 'it is not where the directory says' };
  const view = viewOf(header);
  const nameLength = view.getUint16(26, true);
  const start = member.offset + 30 + nameLength + view.getUint16(28, true);
  if (start + member.packed > source.size) return { start: undefined, fault: 'it is cut off' };
  const name = decodeName(header.subarray(30, 30 + nameLength));
  if (name !== member.name) return { start, fault: 'its own header calls it something else than the directory' };
  if (view.getUint16(8, true) !== member.method)
    return { start, fault: 'its own header says it is packed another way than the directory does' };
  return { start };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const latin1 = new TextDecoder('latin1');

function decodeName(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    // Older archives write names in some code page: what matters is that each has one and the same name here.
    return latin1.decode(bytes);
  }
}
