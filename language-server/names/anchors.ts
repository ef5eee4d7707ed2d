import { isAlias, isMap, isSeq, type Node, type Pair } from 'yaml';
import type { NamingDocument } from './read-tree.ts';
import { thing, type Mention, type Thing } from './things.ts';

const deepest = 64;

/** The anchors of a document and their aliases. A name that is given twice means the nearest before. */
export function collectAnchors(parsed: NamingDocument, uri: string): readonly Mention[] {
  if (!parsed.text.includes('&')) return [];
  const anchors = new Map<Node, Thing>();
  const mentions: Mention[] = [];

  function declare(node: Node, name: string): void {
    const at = findAnchor(parsed.text, node, name);
    if (at === undefined) return;
    const anchor = thing('anchor', `${uri}#${at}`, name);
    anchors.set(node, anchor);
    mentions.push(toMention(parsed, anchor, 'declaration', at));
  }

  function visit(node: Node | null | undefined, depth: number): void {
    if (!node || depth > deepest) return;
    if (isAlias(node)) {
      const target = parsed.aliasTargets.get(node);
      const anchor = target && anchors.get(target);
      if (anchor !== undefined) mentions.push(toMention(parsed, anchor, 'reference', node.range?.[0] ?? 0));
      return;
    }
    const name = (node as { readonly anchor?: string }).anchor;
    if (name !== undefined) declare(node, name);
    if (isSeq(node)) for (const item of node.items) visit(item as Node, depth + 1);
    else if (isMap(node)) {
      for (const pair of node.items as Pair<Node, Node | null>[]) {
        visit(pair.key, depth + 1);
        visit(pair.value, depth + 1);
      }
    }
  }

  visit(parsed.contents, 0);
  return mentions;
}

/** The mark, `&` or `*`, stands before the name. */
function toMention(parsed: NamingDocument, anchor: Thing, role: Mention['role'], mark: number): Mention {
  const start = mark + 1;
  const end = start + anchor.name.length;
  return {
    thing: anchor,
    role,
    field: role === 'declaration' ? '&' : '*',
    range: parsed.rangeAt(start, end),
    path: [],
    hit: [mark, end],
    part: [0, anchor.name.length],
  };
}

/** Offset of the `&` that names a node; it stands before the node's own text, perhaps with a comment between. */
function findAnchor(text: string, node: Node, name: string): number | undefined {
  const start = node.range?.[0];
  if (start === undefined) return undefined;
  let found = findBefore(text, name, start);
  while (found !== undefined) {
    const line = text.slice(text.lastIndexOf('\n', found) + 1, found);
    const earlier = /(^|\s)#/.test(line) ? findBefore(text, name, found - 1) : undefined;
    if (earlier === undefined) return found;
    found = earlier;
  }
  return undefined;
}

function findBefore(text: string, name: string, before: number): number | undefined {
  for (let at = text.lastIndexOf(`&${name}`, before); at >= 0; at = text.lastIndexOf(`&${name}`, at - 1)) {
    const next = text[at + 1 + name.length];
    if (next === undefined || /[\s,[\]{}]/.test(next)) return at;
    if (at === 0) return undefined;
  }
  return undefined;
}
