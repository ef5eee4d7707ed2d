import { formatOfPath } from '../../engine/datasets/formats.ts';
import { indexLines } from '../../engine/documents/lines.ts';
import type { Range } from '../../engine/documents/diagnostic.ts';
import type { Files } from '../../engine/ports/files.ts';

const bytesLookedAt = 64 * 1024;

/** Where the first rows of a text dataset, or its header, name a column. Absent for other datasets and where it is not seen. */
export async function findColumnPlace(
  files: Files,
  dataset: string,
  column: string,
  signal: AbortSignal,
): Promise<Range | undefined> {
  const format = formatOfPath(dataset);
  if (format === undefined || format === 'parquet' || dataset.toLowerCase().endsWith('.gz')) return undefined;
  const text = await readStart(files, dataset, signal);
  if (text === undefined) return undefined;
  const span =
    format === 'csv' || format === 'tsv'
      ? findInHeader(text, format === 'csv' ? ',' : '\t', column)
      : findJsonKey(text, column, format === 'json' ? 2 : 1);
  return span && indexLines(text).rangeAt(...span);
}

async function readStart(files: Files, path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    const bytes = await files.readRange(path, 0, bytesLookedAt, signal);
    return new TextDecoder().decode(bytes);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

type Span = readonly [start: number, end: number];

/** RFC 4180: fields may be quoted, with quotes doubled inside. */
function findInHeader(text: string, delimiter: string, column: string): Span | undefined {
  let at = 0;
  while (at < text.length) {
    const start = at;
    let name = '';
    if (text[at] === '"') {
      const quoted = /"((?:[^"]|"")*)"/y;
      quoted.lastIndex = at;
      const [whole = '', inside = ''] = quoted.exec(text) ?? [];
      if (whole === '') return undefined;
      name = inside.replaceAll('""', '"');
      at += whole.length;
    } else {
      while (at < text.length && text[at] !== delimiter && !/[\r\n]/.test(text[at] ?? '')) at += 1;
      name = text.slice(start, at);
    }
    if (name === column) return [start, at];
    if (text[at] !== delimiter) return undefined;
    at += 1;
  }
  return undefined;
}

const jsonPiece = /"(?:[^"\\]|\\.)*"|[[\]{}]/g;

/** The first key of this name at a depth of brackets: 1 for rows on lines of their own, 2 for rows in a list. */
function findJsonKey(text: string, column: string, wanted: number): Span | undefined {
  let depth = 0;
  for (const { 0: piece, index } of text.matchAll(jsonPiece)) {
    if (piece === '{' || piece === '[') depth += 1;
    else if (piece === '}' || piece === ']') depth -= 1;
    else if (depth === wanted && isKey(text, index + piece.length) && readText(piece) === column)
      return [index, index + piece.length];
  }
  return undefined;
}

function isKey(text: string, after: number): boolean {
  return /^\s*:/.test(text.slice(after, after + 20));
}

function readText(piece: string): string | undefined {
  try {
    return JSON.parse(piece) as string;
  } catch {
    return undefined;
  }
}
