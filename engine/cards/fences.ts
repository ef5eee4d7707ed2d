import type { Digest } from '../ports/digest.ts';
import { textFingerprint, withoutFormat } from './fingerprint.ts';

/** A part of a card's body: what people wrote, or a section that was generated, between its marks. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'section'; readonly id: string; readonly print: string; readonly text: string };

const begin = /^<!-- aiwb:begin ([a-z0-9][a-z0-9-]*) ([0-9a-f]{16}) -->[ \t]*\r?\n$/;
const end = /^<!-- aiwb:end ([a-z0-9][a-z0-9-]*) -->[ \t]*(?:\r?\n)?$/;

/** Takes a body apart. A mark without its counterpart, or a second section of the same id, is text like any other. */
export function readPieces(body: string): readonly Piece[] {
  const lines = body.split(/(?<=\n)/);
  const pieces: Piece[] = [];
  const known = new Set<string>();
  let text = '';
  for (let at = 0; at < lines.length; at += 1) {
    const [, id, print] = begin.exec(lines[at] ?? '') ?? [];
    const close = id === undefined || known.has(id) ? undefined : closeOf(lines, at, id);
    if (id === undefined || print === undefined || close === undefined) {
      text += lines[at] ?? '';
      continue;
    }
    known.add(id);
    if (text !== '') pieces.push({ kind: 'text', text });
    text = '';
    pieces.push({ kind: 'section', id, print, text: lines.slice(at + 1, close).join('') });
    at = close;
  }
  if (text !== '') pieces.push({ kind: 'text', text });
  return pieces;
}

function closeOf(lines: readonly string[], from: number, id: string): number | undefined {
  for (let at = from + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (begin.test(line)) return undefined;
    const found = end.exec(line)?.[1];
    if (found !== undefined) return found === id ? at : undefined;
  }
  return undefined;
}

export function renderPieces(pieces: readonly Piece[], eol: string): string {
  return pieces
    .map(piece =>
      piece.kind === 'text'
        ? piece.text
        : `<!-- aiwb:begin ${piece.id} ${piece.print} -->${eol}${piece.text}<!-- aiwb:end ${piece.id} -->${eol}`,
    )
    .join('');
}

/** A section as the record makes it now. */
export interface FreshSection {
  readonly id: string;
  /** Markdown with its heading; ends with a line break. */
  readonly text: string;
  /** The same without its heading, to join what people wrote under theirs; absent where it says nothing or does not join. */
  readonly joining?: string;
}

/** Where people wrote a section themselves, outside of any marks: offset of its end within a text piece. */
export type FindWritten = (id: string, text: string) => number | undefined;

export interface MergedPieces {
  readonly pieces: readonly Piece[];
  /** Sections that somebody edited between their marks and that say other things than the record does now. */
  readonly edited: ReadonlySet<string>;
  /** Sections that people wrote outside of any marks. */
  readonly written: ReadonlySet<string>;
}

/**
 * Sections brought up to date in the order of `fresh`. One that was edited since it was generated is kept. A missing one is put behind
 * the section that comes before it; where people wrote it under a heading of their own, what the record says joins them there.
 */
export function mergeSections(
  pieces: readonly Piece[],
  fresh: readonly FreshSection[],
  findWritten: FindWritten,
  eol: string,
  digest: Digest,
): MergedPieces {
  const merged = [...pieces];
  const edited = new Set<string>();
  const written = new Set<string>();
  let after: Piece | undefined;
  for (const section of fresh) {
    const { id } = section;
    const own = merged.find(piece => piece.kind === 'text' && findWritten(id, piece.text) !== undefined);
    if (own !== undefined) written.add(id);
    const text = (own === undefined ? section.text : section.joining)?.replaceAll('\n', eol);
    const at = merged.findIndex(piece => piece.kind === 'section' && piece.id === id);
    const old = merged[at];
    const isUntouched = old?.kind === 'section' && textFingerprint(old.text, digest) === old.print;
    if (
      old?.kind === 'section' &&
      !isUntouched &&
      (text === undefined || withoutFormat(old.text) !== withoutFormat(text))
    ) {
      edited.add(id);
      after = old;
      continue;
    }
    if (text === undefined) {
      if (old !== undefined) drop(merged, at);
      continue;
    }
    const now: Piece = { kind: 'section', id, print: textFingerprint(text, digest), text };
    if (old?.kind === 'section' && (own === undefined || !startsWithHeading(old.text))) {
      merged[at] = withoutFormat(old.text) === withoutFormat(text) ? { ...now, text: old.text } : now;
      after = merged[at];
      continue;
    }
    if (old !== undefined) drop(merged, at);
    if (own?.kind === 'text') join(merged, own, findWritten(id, own.text) ?? own.text.length, now, eol);
    else insert(merged, after, now, eol);
    after = now;
  }
  return { pieces: merged, edited, written };
}

function startsWithHeading(text: string): boolean {
  return /^\s*#/.test(text);
}

/** Takes a section out, with the empty line that set it apart. */
function drop(pieces: Piece[], at: number): void {
  const before = pieces[at - 1];
  if (before?.kind === 'text' && /^\r?\n$/.test(before.text)) pieces.splice(at - 1, 2);
  else pieces.splice(at, 1);
}

/** Puts a section behind another one, or at the end. */
function insert(pieces: Piece[], after: Piece | undefined, section: Piece, eol: string): void {
  const found = after === undefined ? -1 : pieces.indexOf(after);
  const at = found < 0 ? pieces.length : found + 1;
  const before = pieces[at - 1];
  // A mark must begin a line, and headings stand apart.
  const gap = before === undefined ? '' : before.kind === 'text' && !before.text.endsWith('\n') ? eol + eol : eol;
  const isApart = before?.kind === 'text' && /(?:^|\n)[ \t]*\r?\n$/.test(before.text);
  const added: Piece[] = isApart || gap === '' ? [section] : [{ kind: 'text', text: gap }, section];
  pieces.splice(at, 0, ...added);
}

/** Puts a section behind what people wrote, in their section. */
function join(pieces: Piece[], own: Piece & { kind: 'text' }, end: number, section: Piece, eol: string): void {
  const head = own.text.slice(0, end);
  const trimmed = head.trimEnd();
  const rest = head.slice(trimmed.length) + own.text.slice(end);
  const tail: Piece[] = rest === '' ? [] : [{ kind: 'text', text: rest.replace(/^[ \t]*\r?\n/, '') }];
  const kept = tail.filter(piece => piece.text !== '');
  pieces.splice(pieces.indexOf(own), 1, { kind: 'text', text: trimmed + eol + eol }, section, ...kept);
}
