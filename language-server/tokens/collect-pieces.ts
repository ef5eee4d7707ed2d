import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { mapScalar } from '../../engine/documents/scalar-offsets.ts';
import {
  allowedValues,
  childSchema,
  narrowSchema,
  rootSchema,
  type SchemaNode,
} from '../../engine/documents/schema.ts';
import { isMergeKey, keyText } from '../../engine/documents/values.ts';
import type { ColouredPiece } from './legend.ts';
import type { Paint, Scene } from './paints.ts';
import { childPlace, tokenPlaces, type TokenPlace } from './token-places.ts';

/** Offsets; only what touches them is wanted. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What is known of a node before it is looked at. */
interface Known {
  readonly place: TokenPlace | undefined;
  readonly schema: SchemaNode | undefined;
  /** The node's value in the document's draft. */
  readonly value: unknown;
}

const deepest = 64;

/** Names, ids, amounts, anchors and templates of a document, in its order. One walk over the tree. */
export function collectPieces(parsed: ParsedDocument, scene: Scene, stretch?: Stretch): readonly ColouredPiece[] {
  const { text } = parsed;
  const pieces: ColouredPiece[] = [];

  function visit(node: Node | null | undefined, known: Known, depth: number): void {
    if (node === null || node === undefined || depth > deepest || !touches(node, stretch)) return;
    if (isAlias(node)) return void pieces.push(pieceOf(node, 'alias'));
    pieces.push(...anchorOf(text, node));
    if (isScalar(node))
      pieces.push(...paintScalar(text, node, known.place?.value ?? paintAllowed(known.schema), scene));
    else if (isMap(node)) visitPairs(node.items as Pair<Node, Node | null>[], known, depth);
    else if (isSeq(node))
      for (const [index, item] of node.items.entries()) visit(item as Node, childOf(known, index), depth + 1);
  }

  function visitPairs(pairs: readonly Pair<Node, Node | null>[], known: Known, depth: number): void {
    for (const pair of pairs) {
      const key = keyText(pair.key);
      const child = childOf(known, key);
      if (isMergeKey(pair.key)) pieces.push(pieceOf(pair.key, 'merge'));
      else if (isScalar(pair.key) && touches(pair.key, stretch))
        pieces.push(...anchorOf(text, pair.key), ...paintScalar(text, pair.key, child.place?.key, scene));
      visit(pair.value, child, depth + 1);
    }
  }

  const { contents, draft: value, kind } = parsed;
  visit(contents, { place: tokenPlaces(kind), schema: rootSchema(kind), value }, 0);
  return pieces;
}

function touches(node: Node, stretch: Stretch | undefined): boolean {
  const [start, end] = node.range ?? [0, 0];
  // An anchor stands before its node.
  return stretch === undefined || (start - longestAnchor <= stretch.end && end >= stretch.start);
}

function childOf({ place, schema, value }: Known, step: string | number | undefined): Known {
  return {
    place: childPlace(place, typeof step === 'string' ? step : undefined),
    schema: step === undefined ? undefined : schema && childSchema(narrowSchema(schema, value), step),
    value:
      typeof value === 'object' && value !== null && step !== undefined && Object.hasOwn(value, step)
        ? (value as Readonly<Record<string | number, unknown>>)[step]
        : undefined,
  };
}

function pieceOf(node: Node, role: 'alias' | 'merge'): ColouredPiece {
  const [start, end] = node.range ?? [0, 0];
  return { start, end, type: role === 'alias' ? 'macro' : 'keyword' };
}

const longestAnchor = 256;

/** `&name` before a node. */
function anchorOf(text: string, node: Node): readonly ColouredPiece[] {
  const { anchor } = node as { readonly anchor?: string };
  const at = node.range?.[0];
  if (anchor === undefined || at === undefined) return [];
  const start = text.lastIndexOf(`&${anchor}`, at);
  const end = start + anchor.length + 1;
  if (start < 0 || start < at - longestAnchor || end > at) return [];
  return [{ start, end, type: 'macro', modifiers: ['declaration'] }];
}

const allowedTexts = new WeakMap<SchemaNode, ReadonlySet<unknown>>();

/** One of the texts that a field may have. */
function paintAllowed(schema: SchemaNode | undefined): Paint | undefined {
  if (schema === undefined) return undefined;
  let allowed = allowedTexts.get(schema);
  if (allowed === undefined) {
    allowed = new Set(allowedValues(schema).filter(value => typeof value === 'string'));
    allowedTexts.set(schema, allowed);
  }
  const known = allowed;
  return known.size === 0
    ? undefined
    : text => (known.has(text) ? [{ start: 0, end: text.length, type: 'enumMember' }] : []);
}

/** A scalar's pieces, placed in the file. */
function paintScalar(text: string, scalar: Scalar, paint: Paint | undefined, scene: Scene): readonly ColouredPiece[] {
  const { source, value } = scalar;
  const words = typeof value === 'string' ? value : (source ?? '');
  if (paint === undefined || words === '' || !scalar.range) return [];
  const painted = paint(words, scene);
  if (painted.length === 0) return [];
  const [start] = scalar.range;
  const first = scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE' ? start + 1 : start;
  if (text.startsWith(words, first))
    return painted.map(piece => ({ ...piece, start: first + piece.start, end: first + piece.end }));
  const offsets = mapScalar(text, scalar);
  if (offsets === undefined) return [];
  return painted.flatMap(piece => {
    const from = offsets[piece.start];
    const to = offsets[piece.end];
    return from === undefined || to === undefined || to <= from ? [] : [{ ...piece, start: from, end: to }];
  });
}
