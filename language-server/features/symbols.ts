import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver';
import { scanOutline, type OutlineEntry } from '../../engine/documents/outline.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { findPair, keyText, scalarText } from '../../engine/documents/values.ts';
import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';

const deepest = 5;
/** Of one document; editors show no more in a useful way. */
const mostSymbols = 10_000;
/** Fields by which a list item is known. */
const naming = ['id', 'name', 'metric', 'role', 'field'];
/** Fields of which nothing is shown but the name. */
const secret = ['apiKey', 'headers'];

/** The outline: a file's fields and list items. Of a file too large to be parsed, those that the starts of its lines show. */
export const symbols: Feature = {
  capabilities: () => ({ documentSymbolProvider: true }),
  register: registerSymbols,
};

function registerSymbols({ connection, documents, parsed }: ServerContext): void {
  connection.onDocumentSymbol(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    const read = document && parsed.parse(document);
    if (read === undefined) return [];
    if (read.isTooLarge) return scanOutline(read.text).map(entry => toOutline(read, entry));
    const collector: Collector = { parsed: read, left: mostSymbols };
    return read.contents === undefined ? [] : collectSymbols(collector, read.contents, 0);
  });
}

interface Collector {
  readonly parsed: ParsedDocument;
  /** How many symbols may still be made. */
  left: number;
}

function collectSymbols(collector: Collector, node: Node | null | undefined, depth: number): DocumentSymbol[] {
  if (depth > deepest) return [];
  if (isMap(node)) {
    return (node.items as Pair<Node, Node | null>[]).flatMap(pair => {
      const name = keyText(pair.key);
      if (name === undefined || name === '') return [];
      return toSymbol(collector, name, pair.key, pair.value ?? undefined, depth);
    });
  }
  if (!isSeq(node)) return [];
  return node.items.flatMap((item, index) => {
    const itemNode = item as Node;
    if (!itemNode.range || itemNode.range[1] <= itemNode.range[0]) return [];
    return toSymbol(collector, nameOfItem(itemNode, index), itemNode, itemNode, depth);
  });
}

function toSymbol(
  collector: Collector,
  name: string,
  head: Node,
  value: Node | undefined,
  depth: number,
): DocumentSymbol[] {
  if (collector.left <= 0) return [];
  collector.left -= 1;
  const { parsed } = collector;
  const [start, headEnd] = head.range ?? [0, 0, 0];
  const end = Math.max(headEnd, value?.range?.[1] ?? 0);
  const isSecret = secret.includes(name);
  const detail = isSecret ? '' : shorten(head === value ? titleOf(value) : scalarText(value));
  const symbol = {
    name: shorten(name) || '-',
    ...(detail !== '' && { detail }),
    kind: isSeq(value)
      ? SymbolKind.Array
      : isMap(value)
        ? SymbolKind.Object
        : isAlias(value)
          ? SymbolKind.Variable
          : SymbolKind.Property,
    range: parsed.rangeAt(start, end),
    selectionRange: parsed.rangeAt(start, headEnd),
  };
  return [{ ...symbol, children: isSecret ? [] : collectSymbols(collector, value, depth + 1) }];
}

function toOutline(parsed: ParsedDocument, { name, start, end, blockEnd, items }: OutlineEntry): DocumentSymbol {
  return {
    name: shorten(name) || '-',
    kind: items.length > 0 ? SymbolKind.Array : SymbolKind.Property,
    range: parsed.rangeAt(start, blockEnd),
    selectionRange: parsed.rangeAt(start, end),
    children: items.map(item => toOutline(parsed, item)),
  };
}

/** What a list item says of itself beside its name. */
function titleOf(item: Node | undefined): string {
  return isMap(item) ? scalarText(findPair(item, 'title')?.value) : '';
}

function nameOfItem(item: Node, index: number): string {
  if (isScalar(item)) return scalarText(item);
  if (isMap(item)) {
    const named = naming.map(name => findPair(item, name)).find(pair => pair !== undefined) ?? item.items[0];
    if (isScalar(named?.value)) return scalarText(named.value);
    const key = keyText(named?.key);
    if (key !== undefined) return key;
  }
  return String(index + 1);
}

/** One line of at most 60 characters and their ellipsis; never half a surrogate pair. */
function shorten(text: string): string {
  const line = text.slice(0, 400).replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 60).replace(/[\uD800-\uDBFF]$/, '')}…` : line;
}
