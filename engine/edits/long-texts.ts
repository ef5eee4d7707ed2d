import type { TextChange } from './change.ts';
import type { Piece } from './tokens.ts';

/** Moves the lines of a block text (`|`, `>`) to where its level now is. The text itself stays as it is, to the byte. `header` is its `|` or `>` with the indicators. */
export function shiftBlock(text: string, piece: Piece, header: string): readonly TextChange[] {
  // A text that is the whole document has no level to follow.
  if (piece.level.parent === undefined) return [];
  const source = text.slice(piece.start, piece.end);
  const counted = /\d/.exec(header)?.[0];
  const first = /^(?:[ ]*\r?\n)*( *)\S/.exec(source)?.[1]?.length ?? 0;
  const indent = counted === undefined ? first : piece.level.column + Number(counted);
  const delta = counted === undefined ? piece.indent - indent : piece.level.indent - piece.level.column;
  const changes: TextChange[] = [];
  let at = piece.start;
  for (const line of source.split('\n')) {
    const content = line.replace(/\r$/, '');
    const spaces = /^ */.exec(content)?.[0].length ?? 0;
    const isBlank = spaces === content.length;
    if (isBlank && spaces <= indent) {
      // White space up to the indentation is none of the text.
      if (spaces > 0) changes.push({ start: at, end: at + spaces, text: '' });
    } else if (delta > 0) changes.push({ start: at, end: at, text: ' '.repeat(delta) });
    else if (delta < 0) changes.push({ start: at, end: at + Math.min(-delta, spaces), text: '' });
    at += line.length + 1;
  }
  return changes;
}

/** Gives the further lines of a quoted or plain text their column; blank lines among them count as line breaks and stay. */
export function shiftScalar(source: string, start: number, indent: number): readonly TextChange[] {
  const changes: TextChange[] = [];
  const [first = '', ...others] = source.split('\n');
  let at = start + first.length + 1;
  for (const line of others) {
    const spaces = /^[ \t]*/.exec(line)?.[0] ?? '';
    const isBlank = spaces.length === line.replace(/\r$/, '').length;
    const wanted = isBlank ? '' : ' '.repeat(indent);
    if (spaces !== wanted) changes.push({ start: at, end: at + spaces.length, text: wanted });
    at += line.length + 1;
  }
  return changes;
}
