import { WorkbenchError } from '../base/errors.ts';

/** A longer line is no dataset row but a file of another kind, or a broken one. */
export const longestLine = 16 * 1024 * 1024;

/** A text that ends at a line break, with the number of its first line (from 1). */
export interface Line {
  readonly number: number;
  readonly text: string;
}

/**
 * Decodes UTF-8 bytes as they come, a piece of text for each chunk. A byte order mark at the start is dropped.
 * Throws `dataset-invalid` on bytes that are not UTF-8.
 */
export async function* decodeText(chunks: AsyncIterable<Uint8Array>, path: string): AsyncIterable<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of chunks) yield decoder.decode(chunk, { stream: true });
    const rest = decoder.decode();
    if (rest !== '') yield rest;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new WorkbenchError('dataset-invalid', `${path} is not UTF-8 text.`, {
      remedy: 'Save the dataset as UTF-8.',
      place: { path },
      cause: error,
    });
  }
}

/**
 * Lines of a file, without their line breaks (LF or CRLF) and without empty ones, in batches as they arrive. Memory is bounded by the longest line;
 * one longer than `longestLine` characters ends the reading with `dataset-invalid`.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, path: string): AsyncIterable<readonly Line[]> {
  let pending = '';
  let number = 1;
  for await (const text of decodeText(chunks, path)) {
    const lines: Line[] = [];
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      if (end === start && pending === '') {
        number += 1;
        start = end + 1;
        continue;
      }
      const raw = pending + text.slice(start, end);
      pending = '';
      lines.push({ number, text: raw.endsWith('\r') ? raw.slice(0, -1) : raw });
      number += 1;
      start = end + 1;
    }
    pending += text.slice(start);
    if (pending.length > longestLine) throw tooLong(path, number);
    if (lines.length > 0) yield lines;
  }
  if (pending !== '') yield [{ number, text: pending.endsWith('\r') ? pending.slice(0, -1) : pending }];
}

export function tooLong(path: string, line: number): WorkbenchError {
  return new WorkbenchError('dataset-invalid', `${path}:${String(line)}: this row is longer than 16 MB.`, {
    remedy: 'Check that the file is a dataset with one row a line.',
    place: { path, line },
  });
}
