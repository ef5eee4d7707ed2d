import { decodePieces } from './json.ts';
import type { StreamParser } from './sse.ts';

const newline = 10;

/** JSON lines from bytes as they arrive: any split, UTF-8 included; empty lines are skipped. `limit` bounds one line, in bytes. */
export function createLineParser(onLine: (line: string) => void, limit: number): StreamParser {
  let carried: Uint8Array[] = []; // Bytes after the last line end, kept as they came so that a long line is joined once.
  let carriedLength = 0;

  function keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    carried.push(piece);
    carriedLength += piece.length;
  }

  function takeCarried(): string {
    const text = carried.length === 0 ? '' : decodePieces(carried).trim();
    carried = [];
    carriedLength = 0;
    return text;
  }

  return {
    push(chunk) {
      let start = 0;
      for (let end = chunk.indexOf(newline); end >= 0; end = chunk.indexOf(newline, start)) {
        keep(chunk.subarray(start, end));
        start = end + 1;
        if (carriedLength > limit) return false;
        const line = takeCarried();
        if (line !== '') onLine(line);
      }
      keep(chunk.subarray(start));
      return carriedLength <= limit;
    },
    end() {
      const rest = takeCarried();
      return rest === '' ? undefined : rest;
    },
  };
}
