import type { Position, Range } from './diagnostic.ts';

/** Turns offsets into positions and back. The line table is made on first use: a document without findings needs none. */
export interface LineIndex {
  readonly positionAt: (offset: number) => Position;
  readonly offsetAt: (position: Position) => number;
  readonly rangeAt: (start: number, end: number) => Range;
  /** Text of a line without its line break; empty beyond the end. */
  readonly lineText: (line: number) => string;
}

/** Lines end at \r\n, \n or \r, as editors count them. */
export function indexLines(text: string): LineIndex {
  let starts: readonly number[] | undefined;
  const lineStarts = (): readonly number[] => (starts ??= findLineStarts(text));

  function positionAt(offset: number): Position {
    const all = lineStarts();
    const wanted = Math.max(0, Math.min(offset, text.length));
    let low = 0;
    let high = all.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((all[middle] ?? 0) <= wanted) low = middle;
      else high = middle - 1;
    }
    const start = all[low] ?? 0;
    return { line: low, character: Math.min(wanted, endOfLine(low)) - start };
  }

  function endOfLine(line: number): number {
    const all = lineStarts();
    let end = all[line + 1] ?? text.length;
    const start = all[line] ?? text.length;
    while (end > start && line + 1 < all.length && (text[end - 1] === '\n' || text[end - 1] === '\r')) end -= 1;
    return end;
  }

  return {
    positionAt,
    offsetAt(position) {
      const all = lineStarts();
      if (position.line < 0) return 0;
      const start = all[position.line];
      if (start === undefined) return text.length;
      return Math.min(start + Math.max(0, position.character), endOfLine(position.line));
    },
    rangeAt: (start, end) => ({ start: positionAt(start), end: positionAt(Math.max(start, end)) }),
    lineText(line) {
      const start = lineStarts()[line];
      return start === undefined ? '' : text.slice(start, endOfLine(line));
    },
  };
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10) starts.push(index + 1);
    else if (code === 13 && text.charCodeAt(index + 1) !== 10) starts.push(index + 1);
  }
  return starts;
}
