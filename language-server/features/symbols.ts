import { isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { SymbolKind, type DocumentSymbol } from 'vscode-languageserver';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { findPair, keyText, scalarText } from '../../engine/documents/values.ts';
import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';

const deepest = 5;
/** Fields by which a list item is known. */
const naming = ['id', 'name', 'metric', 'role', 'field'];

/** The outline: a file's fields and list items. */
export const symbols: Feature = {
  capabilities: () => ({ documentSymbolProvider: true }),
  register: registerSymbols,
};

function registerSymbols({ connection, documents, parsed }: ServerContext): void {
  connection.onDocumentSymbol(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    const read = document && parsed.parse(document);
    return read?.contents ? collectSymbols(read, read.contents, 0) : [];
  });
}

function collectSymbols(parsed: ParsedDocument, node: Node | null | undefined, depth: number): DocumentSymbol[] {
  if (depth > deepest) return [];
  if (isMap(node)) {
    return (node.items as Pair<Node, Node | null>[]).flatMap(pair => {
      const name = keyText(pair.key);
      if (name === undefined || name === '') return [];
      return [toSymbol(parsed, name, pair.key, pair.value ?? undefined, name === 'apiKey' ? deepest : depth)];
    });
  }
  if (!isSeq(node)) return [];
  return node.items.flatMap((item, index) => {
    const itemNode = item as Node;
    if (!itemNode.range || itemNode.range[1] <= itemNode.range[0]) return [];
    return [toSymbol(parsed, nameOfItem(itemNode, index), itemNode, itemNode, depth)];
  });
}

function toSymbol(
  parsed: ParsedDocument,
  name: string,
  head: Node,
  value: Node | undefined,
  depth: number,
): DocumentSymbol {
  const [start, headEnd] = head.range ?? [0, 0, 0];
  const end = Math.max(headEnd, value?.range?.[1] ?? 0);
  const detail = shorten(isScalar(value) && head !== value ? scalarText(value) : head === value ? titleOf(value) : '');
  return {
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
    children: collectSymbols(parsed, value, depth + 1),
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

function shorten(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 60 ? `${line.slice(0, 60)}…` : line;
}
