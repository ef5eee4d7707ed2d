import type { Form } from './cell-fields.ts';
import { composeTree, composeValue, type PlacedField, type PlacedPiece } from './compose.ts';
import type { DocumentKind } from './kinds.ts';
import { describeDocument, readWhole, type ParsedDocument, type ReadText } from './parse.ts';
import { adoptPieces, parsePiece, type Piece } from './pieces.ts';
import { cutSegments, type FieldSegment, type Segment } from './segments.ts';
import { whyTooLarge } from './too-large.ts';
import type { Alias, Node } from 'yaml';

/** Parses the versions of one document, one after the other. */
export interface IncrementalParser<K extends DocumentKind> {
  /** The same as `parseDocument`; after an edit only the fields or items that changed are read again. Earlier answers stay as they are. */
  readonly parse: (text: string) => ParsedDocument<K>;
}

/** A version without faults, cut up. */
interface Snapshot {
  readonly text: string;
  readonly pieces: ReadonlyMap<number, Known>;
}

interface Known {
  readonly segment: Segment;
  readonly piece: Piece;
}

/** The share of a text that is read again by itself at most: beyond it a parse of the whole is hardly slower, and its faults are exact. */
const mostChanged = 0.25;

export function createIncrementalParser<K extends DocumentKind>(kind: K, form: Form = 'file'): IncrementalParser<K> {
  let last: Snapshot | undefined;

  function read(text: string): ReadText {
    const fields = whyTooLarge(text) === undefined ? cutSegments(text) : undefined;
    const update = last && fields && updatePieces(last, text, fields);
    if (update !== undefined && fields !== undefined) {
      const composed = compose(fields, update);
      if (composed !== undefined) {
        last = { text, pieces: update };
        return composed;
      }
    }
    const whole = readWhole(kind, text);
    const pieces = fields && adopt(whole, fields);
    if (pieces !== undefined) last = { text, pieces };
    return whole;
  }

  return { parse: text => describeDocument(kind, text, read(text), form) };
}

function adopt(
  { syntax, collected, readTree }: ReadText,
  fields: readonly FieldSegment[],
): ReadonlyMap<number, Known> | undefined {
  if (syntax.length > 0 || collected.faults.length > 0 || collected.targets.size > 0) return undefined;
  const pieces = adoptPieces(fields, readTree(undefined), collected.value);
  if (pieces === undefined) return undefined;
  const known = new Map<number, Known>();
  for (const segment of segmentsOf(fields)) {
    const piece = pieces.get(segment.start);
    if (piece !== undefined) known.set(segment.start, { segment, piece });
  }
  return known;
}

/** The pieces of a text of which an earlier version is known; absent where one cannot be read by itself, or most would have to be. */
function updatePieces(
  last: Snapshot,
  text: string,
  fields: readonly FieldSegment[],
): ReadonlyMap<number, Known> | undefined {
  const same = compareTexts(last.text, text);
  const grown = text.length - last.text.length;
  const pieces = new Map<number, Known>();
  let changed = 0;
  for (const segment of segmentsOf(fields)) {
    const shift = segment.end <= same.before ? 0 : segment.start >= text.length - same.after ? grown : undefined;
    const known = shift === undefined ? undefined : last.pieces.get(segment.start - shift);
    if (known !== undefined && shift !== undefined && isSame(known.segment, segment, shift)) {
      pieces.set(segment.start, { segment, piece: known.piece });
      continue;
    }
    changed += segment.end - segment.start;
    const piece = changed > text.length * mostChanged ? undefined : parsePiece(text, segment);
    if (piece === undefined) return undefined;
    pieces.set(segment.start, { segment, piece });
  }
  return pieces;
}

function isSame(before: Segment, after: Segment, shift: number): boolean {
  const [one, other] = [before.role, after.role];
  return (
    before.end + shift === after.end &&
    one.level === other.level &&
    one.indent === other.indent &&
    one.follow === other.follow
  );
}

/** How much two texts share at the start and at the end, without overlap. */
function compareTexts(one: string, other: string): { readonly before: number; readonly after: number } {
  const most = Math.min(one.length, other.length);
  let before = 0;
  while (before < most && one.charCodeAt(before) === other.charCodeAt(before)) before += 1;
  let after = 0;
  while (after < most - before && one.charCodeAt(one.length - 1 - after) === other.charCodeAt(other.length - 1 - after))
    after += 1;
  return { before, after };
}

function compose(fields: readonly FieldSegment[], pieces: ReadonlyMap<number, Known>): ReadText | undefined {
  const place = ({ start }: Segment): PlacedPiece[] => {
    const known = pieces.get(start);
    return known === undefined ? [] : [{ piece: known.piece, start }];
  };
  const placed = fields.flatMap((field): PlacedField[] => {
    const block = field.block && { ...field.block, children: field.block.children.flatMap(place) };
    return place(field).map(own => ({ ...own, block }));
  });
  const value = composeValue(placed);
  if (value === undefined || placed.length === 0) return undefined;
  return {
    syntax: [],
    collected: { value, faults: [], targets: new Map<Alias, Node>() },
    readTree: path => composeTree(placed, path),
  };
}

function* segmentsOf(fields: readonly FieldSegment[]): Iterable<Segment> {
  for (const field of fields) {
    yield field;
    if (field.block !== undefined) yield* field.block.children;
  }
}
