import type { Files } from '../../ports/files.ts';

/** A piece of a file, small enough to hold and to send again. */
export interface Part {
  /** From 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
}

const usualPart = 16 * 2 ** 20;
/** S3 takes 10,000 parts of a file, Azure 50,000. */
const mostParts = 9_000;

/** A file as it is uploaded: whole where it is small, else in parts of which one at a time is in memory. */
export async function partsOf(
  path: string,
  files: Pick<Files, 'facts' | 'readRange'>,
  signal: AbortSignal,
): Promise<{ readonly whole?: Uint8Array; readonly parts: AsyncIterable<Part> }> {
  const size = (await files.facts(path))?.size ?? 0;
  if (size <= usualPart) return { whole: await files.readRange(path, 0, size, signal), parts: none() };
  const bytes = Math.max(usualPart, Math.ceil(size / mostParts));
  return { parts: readParts(path, size, bytes, files, signal) };
}

async function* readParts(
  path: string,
  size: number,
  bytes: number,
  files: Pick<Files, 'readRange'>,
  signal: AbortSignal,
): AsyncIterable<Part> {
  for (let at = 0, number = 1; at < size; at += bytes, number += 1)
    yield { number, bytes: await files.readRange(path, at, Math.min(at + bytes, size), signal) };
}

async function* none(): AsyncIterable<Part> {
  // Nothing.
}
