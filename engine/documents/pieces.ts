import { isMap, isScalar, isSeq, Pair, type Node, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ChildBlock, FieldSegment, Role, Segment } from './segments.ts';
import { parseUntrusted } from './untrusted-yaml.ts';
import { collectValue, keyText } from './values.ts';

/** A segment parsed: one field, or one child of a field. */
export interface Piece {
  readonly entry: Pair<Node, Node | null> | Node;
  /** Where the segment starts, as the ranges in `entry` count. */
  readonly origin: number;
  /** Absent for list items. */
  readonly key: string | undefined;
  readonly value: unknown;
  /** Where the collection around it ends if this is its last entry, without and with what trails it; as in `entry`. */
  readonly ends: readonly [number, number];
}

/** A collection of the tree beside its plain value. */
interface Level {
  readonly collection: YAMLMap | YAMLSeq;
  readonly value: unknown;
}

interface Surroundings {
  readonly before: string;
  readonly after: string;
  /** Entries the file has then. */
  readonly fields: number;
  /** Entries the first field has then; absent where the segment is itself a field. */
  readonly children: number | undefined;
}

/**
 * Parses a segment by itself, in surroundings like its own: below a field if it is a child, and with something of the same kind behind
 * it. Absent where it has any fault, or needs other parts of the file to be understood.
 */
export function parsePiece(text: string, { start, end, role }: Segment): Piece | undefined {
  const { before, after, fields, children } = surround(role);
  const root = parseClean(`${before}${text.slice(start, end)}${after}`);
  if (!isMap(root) || root.items.length !== fields) return undefined;
  const { value, faults, targets } = collectValue(root);
  // What an alias stands for may be anywhere.
  if (faults.length > 0 || targets.size > 0) return undefined;
  const file: Level = { collection: root, value };
  if (children === undefined) return takePiece(file, 0, before.length);
  const block = enterField(file, 0);
  return block?.collection.items.length === children ? takePiece(block, 0, before.length) : undefined;
}

const nextField = 'aiwb-next: x\n';

function surround({ level, indent, follow }: Role): Surroundings {
  const margin = ' '.repeat(indent);
  if (level === 'header')
    return { before: '', after: `${margin}${indent === 0 ? '- x\n' : nextField}`, fields: 1, children: undefined };
  if (level === 'field') {
    const isLast = follow === 'end';
    return { before: '', after: isLast ? '' : nextField, fields: isLast ? 1 : 2, children: undefined };
  }
  const before = 'k:\n';
  if (follow === 'sibling')
    return { before, after: `${margin}${level === 'item' ? '- x\n' : nextField}`, fields: 1, children: 2 };
  return follow === 'end'
    ? { before, after: '', fields: 1, children: 1 }
    : { before, after: nextField, fields: 2, children: 1 };
}

function parseClean(text: string): Node | undefined {
  try {
    const { contents, errors, warnings } = parseUntrusted(text);
    return errors.length === 0 && warnings.length === 0 ? (contents ?? undefined) : undefined;
  } catch {
    return undefined;
  }
}

/** The pieces of a parsed file by where their segments start; absent where its tree is not what the segments say. */
export function adoptPieces(
  fields: readonly FieldSegment[],
  root: Node | null,
  value: unknown,
): Map<number, Piece> | undefined {
  if (!isMap(root) || root.items.length !== fields.length) return undefined;
  const file: Level = { collection: root, value };
  const pieces = new Map<number, Piece>();
  const adopted = fields.every((field, index) => {
    const piece = takePiece(file, index, field.start);
    if (piece === undefined || keyStart(piece) !== field.start) return false;
    if (field.block === undefined) {
      pieces.set(field.start, piece);
      return true;
    }
    // Its children have pieces of their own.
    pieces.set(field.start, { ...piece, entry: new Pair((piece.entry as Pair<Node>).key, null), value: null });
    return adoptChildren(field.block, enterField(file, index), pieces);
  });
  return adopted ? pieces : undefined;
}

function adoptChildren(
  { kind, indent, children }: ChildBlock,
  block: Level | undefined,
  pieces: Map<number, Piece>,
): boolean {
  if (block?.collection.items.length !== children.length || isSeq(block.collection) !== (kind === 'item')) return false;
  return children.every(({ start, end }, index) => {
    const piece = takePiece(block, index, start);
    if (piece === undefined) return false;
    const isThere =
      kind === 'pair' ? keyStart(piece) === start + indent : isWithin((piece.entry as Node).range, start + indent, end);
    pieces.set(start, piece);
    return isThere;
  });
}

function takePiece({ collection, value }: Level, index: number, origin: number): Piece | undefined {
  const { range } = collection;
  const entry = collection.items[index] as Piece['entry'];
  if (!range) return undefined;
  const ends = [range[1], range[2]] as const;
  if (isSeq(collection)) return { entry, origin, key: undefined, value: (value as unknown[])[index], ends };
  const key = keyText((entry as Pair<Node, Node | null>).key);
  if (key === undefined) return undefined;
  return { entry, origin, key, value: (value as Readonly<Record<string, unknown>>)[key], ends };
}

function enterField({ collection, value }: Level, index: number): Level | undefined {
  const pair = collection.items[index] as Pair<Node, Node | null>;
  const key = keyText(pair.key);
  if (key === undefined || !(isMap(pair.value) || isSeq(pair.value)) || pair.value.flow === true) return undefined;
  return { collection: pair.value, value: (value as Readonly<Record<string, unknown>>)[key] };
}

function keyStart({ entry }: Piece): number | undefined {
  const { key } = entry as Pair<Node, Node | null>;
  return isScalar(key) ? key.range?.[0] : undefined;
}

function isWithin(range: Node['range'], start: number, end: number): boolean {
  return range !== null && range !== undefined && range[0] > start && range[1] <= end;
}
