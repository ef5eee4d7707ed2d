import { isMap, isPair, isScalar, isSeq, Pair, Scalar, YAMLMap, YAMLSeq, type Node } from 'yaml';
import type { DocumentPath } from './diagnostic.ts';
import type { Piece } from './pieces.ts';
import type { ChildKind } from './segments.ts';
import { setOwn } from './values.ts';

/** A piece where it stands in one version of a text. */
export interface PlacedPiece {
  readonly piece: Piece;
  readonly start: number;
}

/** A field as it is put together: by itself, or its key over pieces of its children. */
export interface PlacedField extends PlacedPiece {
  readonly block: PlacedBlock | undefined;
}

export interface PlacedBlock {
  readonly kind: ChildKind;
  readonly indent: number;
  readonly children: readonly PlacedPiece[];
}

/** The value that the whole text has; absent where a key stands twice, which is told with both its places by a parse of the whole. */
export function composeValue(fields: readonly PlacedField[]): Readonly<Record<string, unknown>> | undefined {
  const value: Record<string, unknown> = {};
  for (const { piece, block } of fields) {
    if (piece.key === undefined || Object.hasOwn(value, piece.key)) return undefined;
    const own = block === undefined ? piece.value : composeChildren(block);
    if (own === undefined) return undefined;
    setOwn(value, piece.key, own);
  }
  return value;
}

function composeChildren({ kind, children }: PlacedBlock): unknown {
  if (kind === 'item') return children.map(({ piece }) => piece.value);
  const value: Record<string, unknown> = {};
  for (const { piece } of children) {
    if (piece.key === undefined || Object.hasOwn(value, piece.key)) return undefined;
    setOwn(value, piece.key, piece.value);
  }
  return value;
}

/**
 * The tree that the whole text has, without its comments. Pieces that stand where they were parsed are shared, others copied. With a path,
 * only what lies along it is there, and the first keys above: enough to find its place without a copy of all the rest.
 */
export function composeTree(fields: readonly PlacedField[], along?: DocumentPath): Node {
  const root = new YAMLMap();
  for (const { block, ...placed } of fields) {
    const isWanted = along === undefined || along[0] === placed.piece.key;
    if (block === undefined && isWanted) root.items.push(placeEntry(placed) as Pair<Node, Node | null>);
    else root.items.push(new Pair(placeKey(placed), block && isWanted ? composeBlock(block, along?.slice(1)) : null));
  }
  root.range = [fields[0]?.start ?? 0, ...endOfFields(fields)];
  return root;
}

function endOfFields(fields: readonly PlacedField[]): [number, number] {
  const last = fields.at(-1);
  if (last === undefined) return [0, 0];
  const lastChild = last.block?.children.at(-1);
  if (lastChild === undefined) return endsOf(last);
  const [, end] = endsOf(lastChild);
  return [end, end];
}

function composeBlock({ kind, indent, children }: PlacedBlock, along?: DocumentPath): YAMLMap | YAMLSeq {
  const isWanted = ({ piece }: PlacedPiece, index: number): boolean =>
    along === undefined || along[0] === (kind === 'item' ? index : piece.key);
  const items = children.flatMap((child, index): unknown[] => {
    if (isWanted(child, index)) return [placeEntry(child)];
    if (kind === 'item') return [undefined];
    return index === 0 ? [new Pair(placeKey(child), null)] : [];
  });
  const collection = kind === 'item' ? new YAMLSeq() : new YAMLMap();
  collection.items = items;
  const [first] = children;
  const last = children.at(-1);
  if (first !== undefined && last !== undefined) collection.range = [first.start + indent, ...endsOf(last)];
  return collection;
}

function placeKey({ piece, start }: PlacedPiece): Node {
  const { key } = piece.entry as Pair<Node, Node | null>;
  const shift = start - piece.origin;
  return shift === 0 ? key : shiftNode(key, shift);
}

function endsOf({ piece, start }: PlacedPiece): [number, number] {
  const shift = start - piece.origin;
  return [piece.ends[0] + shift, piece.ends[1] + shift];
}

function placeEntry({ piece, start }: PlacedPiece): Piece['entry'] {
  const shift = start - piece.origin;
  return shift === 0 ? piece.entry : shiftEntry(piece.entry, shift);
}

function shiftEntry<T extends Piece['entry']>(entry: T, shift: number): T {
  return (isPair(entry) ? shiftPair(entry, shift) : shiftNode(entry, shift)) as T;
}

function shiftPair({ key, value }: Pair<Node, Node | null>, shift: number): Pair<Node, Node | null> {
  return new Pair<Node, Node | null>(shiftNode(key, shift), value === null ? null : shiftNode(value, shift));
}

function shiftNode(node: Node, shift: number): Node {
  const copy = copyNode(node, shift);
  const { range, tag, anchor } = node as Node & { readonly anchor?: string };
  if (tag !== undefined) copy.tag = tag;
  if (anchor !== undefined) (copy as { anchor?: string }).anchor = anchor;
  if (range) copy.range = [range[0] + shift, range[1] + shift, range[2] + shift];
  return copy;
}

function copyNode(node: Node, shift: number): Node {
  if (isScalar(node)) {
    const copy = new Scalar(node.value);
    if (node.source !== undefined) copy.source = node.source;
    if (node.type !== undefined) copy.type = node.type;
    return copy;
  }
  if (isMap(node)) {
    const copy = new YAMLMap();
    copy.items = (node.items as Pair<Node, Node | null>[]).map(pair => shiftPair(pair, shift));
    if (node.flow !== undefined) copy.flow = node.flow;
    return copy;
  }
  const copy = new YAMLSeq();
  if (isSeq(node)) {
    copy.items = (node.items as Node[]).map(item => shiftNode(item, shift));
    if (node.flow !== undefined) copy.flow = node.flow;
  }
  return copy;
}
