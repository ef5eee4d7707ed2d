import type { TextChange } from './change.ts';
import { shiftBlock, shiftScalar } from './long-texts.ts';
import type { Level, Piece } from './tokens.ts';

/** The changes of white space between and in `pieces` that give every line its place. */
export function layOut(text: string, pieces: readonly Piece[], tabSize: number): readonly TextChange[] {
  const changes: TextChange[] = [];
  const eol = /\r?\n/.exec(text)?.[0] ?? '\n';
  /** The first column of each bracket's line that is open. */
  const open: number[] = [];
  let lineIndent = 0;
  let header = '';
  let previous: Piece | undefined;
  let newlines: string[] = [];

  function place(piece: Piece, index: number): void {
    const from = previous?.end ?? 0;
    const isFirst = previous === undefined || newlines.length > 0 || endsLine(previous, text);
    if (isFirst) {
      // The lines of a block text are moved by themselves.
      lineIndent = piece.kind === 'block' ? 0 : findIndent(piece, index);
      const isBefore = previous !== undefined && !endsLine(previous, text);
      const kept = previous === undefined ? [] : newlines.slice(0, isBefore ? 2 : 1);
      change(from, piece.start, kept.join('') + ' '.repeat(lineIndent));
    } else if (previous !== undefined) {
      const gap = text.slice(from, piece.start);
      change(from, piece.start, chooseGap(previous, piece, gap));
    }
    followBrackets(piece, isFirst);
    changeInside(piece);
  }

  function followBrackets(piece: Piece, isFirst: boolean): void {
    if (piece.kind === 'close') open.pop();
    if (piece.kind !== 'open') return;
    const outer = open.at(-1);
    if (outer === undefined) open.push(isFirst ? lineIndent : piece.level.indent);
    else open.push(Math.max(lineIndent, outer));
  }

  function changeInside(piece: Piece): void {
    const source = text.slice(piece.start, piece.end);
    if (piece.kind === 'comment') change(piece.start + source.trimEnd().length, piece.end, '');
    else if (piece.kind === 'header') header = source;
    else if (piece.kind === 'block') changes.push(...shiftBlock(text, piece, header));
    else if (piece.kind === 'scalar' && source.includes('\n')) {
      const isRoot = piece.level.parent === undefined;
      const outer = open.at(-1);
      const indent = outer === undefined ? piece.indent : outer + tabSize;
      if (!isRoot || outer !== undefined) changes.push(...shiftScalar(source, piece.start, indent));
    }
  }

  function findIndent(piece: Piece, index: number): number {
    const outer = open.at(-1);
    if (outer !== undefined && piece.kind !== 'close') return outer + tabSize;
    // Behind more than one bracket YAML wants the closing one deeper than the field.
    if (outer !== undefined) return open.length === 1 || outer > (open[0] ?? 0) ? outer : outer + tabSize;
    return piece.kind === 'comment' ? findCommentIndent(piece, index) : piece.indent;
  }

  /** A comment belongs to the level it stands at, else to what follows. */
  function findCommentIndent(comment: Piece, index: number): number {
    const column = columnOf(text, comment.start);
    const next = pieces.slice(index + 1).find(isContent);
    if (next !== undefined && columnOf(text, next.start) === column) return next.indent;
    for (const start of [next?.level, lastLevel]) {
      for (let level = start; level?.parent !== undefined; level = level.parent)
        if (level.column === column) return level.indent;
    }
    return next?.indent ?? 0;
  }

  function change(start: number, end: number, wanted: string): void {
    const trimmed = trimCommon(text.slice(start, end), wanted);
    if (trimmed !== undefined)
      changes.push({ start: start + trimmed.before, end: end - trimmed.after, text: trimmed.text });
  }

  let lastLevel: Level | undefined;
  for (const [index, piece] of pieces.entries()) {
    if (piece.kind === 'space') continue;
    if (piece.kind === 'newline') {
      newlines.push(text.slice(piece.start, piece.end));
      continue;
    }
    place(piece, index);
    if (piece.kind !== 'comment') lastLevel = piece.level;
    previous = piece;
    newlines = [];
  }
  if (previous !== undefined) change(previous.end, text.length, endsLine(previous, text) ? '' : (newlines[0] ?? eol));
  return changes;
}

function isContent({ kind }: Piece): boolean {
  return kind !== 'space' && kind !== 'newline' && kind !== 'comment';
}

/** A block text holds the line break it ends with. */
function endsLine(piece: Piece, text: string): boolean {
  return piece.kind === 'block' && text[piece.end - 1] === '\n';
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** White space between two tokens of a line; `gap` is what there is. */
function chooseGap(before: Piece, after: Piece, gap: string): string {
  if (after.kind === 'comment') return gap.includes('\t') ? ' ' : gap;
  if (before.kind === 'other' || after.kind === 'other') return gap;
  if (after.kind === 'colon') return before.kind === 'alias' || before.kind === 'property' ? gap : '';
  if (after.kind === 'close' || after.kind === 'comma') return before.kind === 'colon' ? gap : '';
  switch (before.kind) {
    case 'open':
      return '';
    case 'comma':
    case 'colon':
    case 'dash':
    case 'property':
      return ' ';
    default:
      return gap;
  }
}

/** What is different between two texts, without what both start and end with; absent where nothing is. */
export function trimCommon(
  old: string,
  wanted: string,
): { readonly before: number; readonly after: number; readonly text: string } | undefined {
  if (old === wanted) return undefined;
  const most = Math.min(old.length, wanted.length);
  let before = 0;
  while (before < most && old[before] === wanted[before]) before += 1;
  // Never between \r and \n.
  while (before > 0 && old[before - 1] === '\r') before -= 1;
  let after = 0;
  while (after < most - before && old[old.length - 1 - after] === wanted[wanted.length - 1 - after]) after += 1;
  while (after > 0 && old[old.length - after] === '\n') after -= 1;
  return { before, after, text: wanted.slice(before, wanted.length - after) };
}
