import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, type Scalar } from 'yaml';
import type { Range } from '../../engine/documents/diagnostic.ts';
import { mapScalar } from '../../engine/documents/scalar-offsets.ts';
import { isMergeKey, keyText, scalarText } from '../../engine/documents/values.ts';
import { shorten } from '../markdown.ts';
import { collectAnchors } from './anchors.ts';
import type { NamingDocument } from './read-tree.ts';
import type { Named, Where } from './rule.ts';
import { endsAt, fitsStep, rowsOf, type Row } from './table.ts';
import type { Mention } from './things.ts';

const deepest = 64;
/** Aliases of aliases may stand for any number of values. */
const mostNodes = 50_000;

/** Everything a document names, in the order of the table's finds. Takes drafts; never throws. */
export function collectMentions(parsed: NamingDocument, where: Where): readonly Mention[] {
  const mentions: Mention[] = [];
  /** The same text, reached through an alias as well, is told once for each thing it names. */
  const seen = new Set<string>();
  const path: (string | number)[] = [];
  let nodesLeft = mostNodes;

  function walk(node: Node | null | undefined, open: readonly Row[]): void {
    nodesLeft -= 1;
    if (open.length === 0 || !node || path.length > deepest || nodesLeft < 0) return;
    const followed = isAlias(node) ? parsed.aliasTargets.get(node) : node;
    if (isMap(followed)) walkPairs(followed.items as Pair<Node, Node | null>[], open, new Set());
    else if (isSeq(followed)) followed.items.forEach((item, index) => step(index, undefined, item as Node, open));
  }

  function walkPairs(pairs: readonly Pair<Node, Node | null>[], open: readonly Row[], own: Set<string>): void {
    for (const pair of pairs) {
      const name = isMergeKey(pair.key) ? undefined : keyText(pair.key);
      if (name === undefined || own.has(name)) continue;
      own.add(name);
      step(name, pair.key, pair.value, open);
    }
    for (const pair of pairs) if (isMergeKey(pair.key)) walkMerged(pair.value, open, own);
  }

  /** Fields that are merged in count as those of the mapping, but for those it has itself. */
  function walkMerged(value: Node | null, open: readonly Row[], own: Set<string>): void {
    nodesLeft -= 1;
    const source = isAlias(value) ? parsed.aliasTargets.get(value) : value;
    if (nodesLeft < 0) return;
    if (isMap(source)) walkPairs(source.items as Pair<Node, Node | null>[], open, own);
    else if (isSeq(source)) for (const item of source.items) if (isAlias(item)) walkMerged(item, open, own);
  }

  function step(name: string | number, key: Node | undefined, node: Node | null, open: readonly Row[]): void {
    const depth = path.length;
    const fitting = open.filter(row => fitsStep(row, depth, name));
    if (fitting.length === 0) return;
    path.push(name);
    const value = isAlias(node) ? parsed.aliasTargets.get(node) : node;
    for (const row of fitting) {
      const scalar = row.on === 'key' ? key : value;
      if (endsAt(row, path.length) && isScalar(scalar)) tell(row, scalar);
    }
    walk(
      node,
      fitting.filter(row => row.steps.length > path.length || row.steps.at(-1) === '**'),
    );
    path.pop();
  }

  function tell(row: Row, scalar: Scalar): void {
    const text = scalarText(scalar);
    const [start, end] = scalar.range ?? [0, 0];
    if (text === '' || end <= start) return;
    for (const named of row.read({ text, path, on: row.on, draft: parsed.draft, where })) {
      const mention = toMention(parsed, row, [...path], scalar, text, named);
      const place = `${start} ${mention.part[0]} ${mention.thing.key}`;
      if (!seen.has(place)) mentions.push(mention);
      seen.add(place);
    }
  }

  walk(parsed.contents, rowsOf(parsed.kind));
  return [...mentions, ...collectAnchors(parsed, where.uri)];
}

function toMention(
  parsed: NamingDocument,
  row: Row,
  path: Mention['path'],
  scalar: Scalar,
  text: string,
  { thing, role, part = [0, text.length], isExact, base, detail }: Named,
): Mention {
  const [start, end] = spanOfPart(parsed.text, scalar, text, part);
  const range: Range = parsed.rangeAt(start, end);
  const [hitStart, hitEnd] = isExact === true ? [start, end] : (scalar.range ?? [start, end]);
  return {
    thing,
    role,
    field: row.field,
    range,
    ...(detail !== undefined && { detail: shorten(detail, 80) }),
    path,
    hit: [hitStart, hitEnd],
    scalar,
    part,
    ...(base && { base, ...(row.sort && { sort: row.sort }) }),
  };
}

/** Where a part of a scalar's value is written, as offsets. */
function spanOfPart(
  source: string,
  scalar: Scalar,
  text: string,
  [from, to]: readonly [number, number],
): readonly [start: number, end: number] {
  const [start, end] = scalar.range ?? [0, 0];
  const quote = scalar.type === 'QUOTE_DOUBLE' || scalar.type === 'QUOTE_SINGLE' ? 1 : 0;
  const isBlock = scalar.type === 'BLOCK_LITERAL' || scalar.type === 'BLOCK_FOLDED';
  if (!isBlock && source.startsWith(text, start + quote)) return [start + quote + from, start + quote + to];
  const isWhole = from === 0 && to === text.length;
  if (isWhole && !isBlock) {
    const isClosed = quote === 1 && end - start >= 2 && source[end - 1] === source[start];
    return [start + quote, isClosed ? end - 1 : end];
  }
  const offsets = mapScalar(source, scalar);
  const first = offsets?.[from];
  // The last unit's own place, and not that of the next, which a folded line may set apart.
  const last = offsets?.[Math.max(from, to - 1)];
  if (first === undefined || last === undefined || last < first) return [start, end];
  return [first, Math.min(end, isBlock || isWhole ? last + 1 : (offsets?.[to] ?? last + 1))];
}
