import { dash, greater, newline } from './characters.ts';
import { beyond, endOfLine, enterLine, isAtRest, skipSpaces, type Cursor } from './cursor.ts';
import { joint } from './scalars.ts';

/** A text below `|`, `|-`, `>` or `>-`, indented deeper than `parent`. */
export function readBlockText(cursor: Cursor, parent: number): string {
  const { text, at } = cursor;
  const isFolded = text.charCodeAt(at) === greater;
  const isStripped = text.charCodeAt(at + 1) === dash;
  const header = skipSpaces(text, at + (isStripped ? 2 : 1));
  // Indentation and what is kept at the end may be told there.
  if (text.charCodeAt(header) !== newline) throw beyond;
  const margin = skipSpaces(text, header + 1) - header - 1;
  if (margin <= parent) throw beyond;
  const lines = takeLines(cursor, header + 1, margin);
  if (cursor.indent > parent) throw beyond;
  return (isFolded ? foldLines(lines) : lines.join('\n')) + (isStripped ? '' : '\n');
}

/** The lines that are indented by `margin` or are empty, without the empty ones at the end. */
function takeLines(cursor: Cursor, from: number, margin: number): string[] {
  const { text } = cursor;
  const lines: string[] = [];
  let filled = 0;
  let start = from;
  while (start < text.length) {
    const end = endOfLine(text, start);
    const first = skipSpaces(text, start);
    if (first < end) {
      if (first - start < margin) break;
      lines.push(text.slice(start + margin, end));
      filled = lines.length;
      // Spaces may belong to the text or not.
    } else if (end > start) throw beyond;
    else lines.push('');
    start = end + 1;
  }
  if (filled === 0 || lines[0] === '') throw beyond;
  // A comment that is indented may look like a line of the text.
  const first = skipSpaces(text, start);
  if (first > start && isAtRest(text, first)) throw beyond;
  enterLine(cursor, start);
  return lines.slice(0, filled);
}

function foldLines(lines: readonly string[]): string {
  let value = '';
  let empty = 0;
  for (const [index, line] of lines.entries()) {
    if (line === '') empty += 1;
    else {
      // Lines that are indented further are not folded.
      if (line.startsWith(' ')) throw beyond;
      value += (index === 0 ? '' : joint(empty)) + line;
      empty = 0;
    }
  }
  return value;
}
