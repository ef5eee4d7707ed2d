import type { Files } from '../../ports/files.ts';

/** Bytes that are read where they are needed: a file, a part of one, or what is in memory. */
export interface ByteSource {
  readonly size: number;
  /** From `start` up to `end`, fewer where the source ends before. */
  read(start: number, end: number): Promise<Uint8Array>;
}

const blockBytes = 512 * 1024;

/** A file, read in blocks of which the last is kept: small reads one behind the other cost one read of the disk. */
export function fileSource(files: Files, path: string, size: number, signal: AbortSignal): ByteSource {
  let from = 0;
  let block: Uint8Array = new Uint8Array(0);
  return {
    size,
    async read(start, end) {
      const last = Math.min(end, size);
      if (start >= last) return new Uint8Array(0);
      if (start >= from && last <= from + block.length) return block.subarray(start - from, last - from);
      if (last - start > blockBytes) return files.readRange(path, start, last, signal);
      block = await files.readRange(path, start, Math.min(size, start + blockBytes), signal);
      from = start;
      return block.subarray(0, last - start);
    },
  };
}

export function memorySource(bytes: Uint8Array): ByteSource {
  return { size: bytes.length, read: (start, end) => Promise.resolve(bytes.subarray(start, end)) };
}

/** A part of another source. */
export function partOf(source: ByteSource, start: number, length: number): ByteSource {
  const size = Math.max(0, Math.min(length, source.size - start));
  return {
    size,
    read: (from, to) => source.read(start + Math.min(from, size), start + Math.min(to, size)),
  };
}

/** All of it, a piece at a time. */
export async function* piecesOf(source: ByteSource, signal: AbortSignal): AsyncIterable<Uint8Array> {
  for (let at = 0; at < source.size; at += blockBytes) {
    signal.throwIfAborted();
    const piece = await source.read(at, Math.min(source.size, at + blockBytes));
    if (piece.length === 0) return;
    yield piece;
  }
}

const empty = new Uint8Array(0);

/** Offset of the first of several byte strings, each of 2 bytes to 1 KiB, from `start` on; absent where there is none. */
export async function findFirst(
  source: ByteSource,
  needles: readonly Uint8Array[],
  start: number,
  signal: AbortSignal,
): Promise<{ readonly at: number; readonly needle: number } | undefined> {
  const longest = Math.max(...needles.map(needle => needle.length), 1);
  // By their first two bytes, so that bytes which begin many of them cost no more than others.
  const starts = new Map<number, number[]>();
  const begins = new Uint8Array(65_536);
  for (const [index, needle] of needles.entries()) {
    const key = ((needle[0] ?? 0) << 8) | (needle[1] ?? 0);
    begins[key] = 1;
    starts.set(key, [...(starts.get(key) ?? []), index]);
  }
  for (let at = start; at < source.size; at += blockBytes) {
    signal.throwIfAborted();
    const bytes = await source.read(at, Math.min(source.size, at + blockBytes + longest));
    if (bytes.length === 0) return undefined;
    const end = Math.min(bytes.length, blockBytes);
    for (let i = 0; i < end; i++) {
      const key = ((bytes[i] ?? 0) << 8) | (bytes[i + 1] ?? 0);
      if (begins[key] === 0) continue;
      for (const needle of starts.get(key) ?? [])
        if (beginsAt(bytes, i, needles[needle] ?? empty)) return { at: at + i, needle };
    }
  }
  return undefined;
}

/** Whether `needle` stands at `at`. */
export function beginsAt(bytes: Uint8Array, at: number, needle: Uint8Array): boolean {
  if (at + needle.length > bytes.length) return false;
  for (let i = 0; i < needle.length; i++) if (bytes[at + i] !== needle[i]) return false;
  return true;
}

/** The bytes of ASCII text. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, character => character.charCodeAt(0));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const decoder = new TextDecoder('utf-8');

/** As text; what is no UTF-8 becomes the replacement character. */
export function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}
