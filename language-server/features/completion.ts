import {
  CompletionItemKind,
  InsertTextFormat,
  InsertTextMode,
  type CompletionItem,
  type Range,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { mostBytes, type ParsedDocument } from '../../engine/documents/parse.ts';
import { narrowSchema, schemaAt, type SchemaNode } from '../../engine/documents/schema.ts';
import { completeKeys, schemaValues } from '../completion-keys.ts';
import { offerNamedValues } from '../completion-values.ts';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { findCursor, type Cursor, type Place } from '../cursor.ts';
import { formatFlow, formatText } from '../markdown.ts';
import type { ValueOffer } from '../offers.ts';

/** Fields and values that can be written at the cursor, also while the YAML around it is broken. */
export const completion: Feature = {
  capabilities: () => ({ completionProvider: { triggerCharacters: [':', ' ', '-', '[', '{', ',', '"', "'", '/'] } }),
  register: registerCompletion,
};

function registerCompletion(context: ServerContext): void {
  const { connection, documents, parsed } = context;
  connection.onCompletion(async ({ textDocument, position }, token) => {
    const document = documents.get(textDocument.uri);
    const read = document && parsed.latest(document);
    if (document === undefined || read === undefined || read.isTooLarge || document.getText().length > mostBytes)
      return [];
    const cursor = findCursor(document.getText(), document.offsetAt(position));
    if (cursor === undefined) return [];
    const range = { start: document.positionAt(cursor.token.start), end: document.positionAt(cursor.token.end) };
    const items: CompletionItem[] = [];
    for (const place of cursor.places) {
      const found = schemaAt(read.kind, place.path);
      if (found === undefined) continue;
      const schema = place.role === 'key' ? narrowSchema(found, place.siblings) : found;
      if (place.role === 'key') {
        items.push(...completeKeys(schema, place, cursor, context.client.snippets).map(item => atRange(item, range)));
      } else {
        items.push(...(await completeValues(context, document, read, schema, place, cursor, range, signalOf(token))));
      }
    }
    return items;
  });
}

async function completeValues(
  context: ServerContext,
  document: TextDocument,
  parsed: ParsedDocument,
  schema: SchemaNode,
  place: Place,
  cursor: Cursor,
  range: Range,
  signal: AbortSignal,
): Promise<CompletionItem[]> {
  // Where a list is expected, its first item can be written right away.
  const isList = schema.items !== undefined;
  const item = schema.items ?? schema;
  const path = isList ? [...place.path, 0] : place.path;
  const scene = { workspace: context.workspace, uri: document.uri, parsed, path, siblings: place.siblings };
  const named = await offerNamedValues(scene, signal);
  const offers = (named ?? fromSchema(item)).filter(({ value }) => !place.present.includes(value));
  const wrap = isList ? listWrapper(cursor) : (text: string): string => text;
  return offers.map((offer, index) => {
    const text = writeValue(offer, item, named === undefined, cursor);
    return atRange(
      {
        label: offer.value,
        kind: offer.kind,
        detail: offer.detail,
        ...(offer.documentation !== undefined && { documentation: { kind: 'markdown', value: offer.documentation } }),
        sortText: `2${String(index).padStart(4, '0')}`,
        filterText: offer.filter ?? offer.value,
        insertText: `${needsSpace(document, cursor) ? ' ' : ''}${wrap(text)}`,
        insertTextFormat: InsertTextFormat.PlainText,
      },
      range,
    );
  });
}

function fromSchema(schema: SchemaNode): readonly ValueOffer[] {
  return schemaValues(schema).map(({ value, detail }) => ({
    value: typeof value === 'string' ? value : formatFlow(value),
    detail,
    kind: detail === 'example' ? CompletionItemKind.Text : CompletionItemKind.EnumMember,
  }));
}

/** A value as it is written at the cursor: numbers and booleans bare, texts quoted where YAML asks for it. */
function writeValue(offer: ValueOffer, schema: SchemaNode, isFromSchema: boolean, cursor: Cursor): string {
  if (cursor.token.quote !== undefined) return offer.value;
  const isText = schema.type === 'string' || schema.enum?.every(value => typeof value === 'string') === true;
  return isFromSchema && !isText ? offer.value : formatText(offer.value);
}

function listWrapper(cursor: Cursor): (text: string) => string {
  if (cursor.token.after === 'colon' || cursor.token.flow !== undefined)
    return text => (cursor.token.quote === undefined ? `[${text}]` : text);
  return text => `- ${text}`;
}

/** `field:` with the cursor right behind the colon. */
function needsSpace(document: TextDocument, cursor: Cursor): boolean {
  return (
    cursor.token.after === 'colon' &&
    cursor.token.quote === undefined &&
    document.getText()[cursor.token.start - 1] === ':'
  );
}

function atRange(item: CompletionItem, range: Range): CompletionItem {
  const { insertText = item.label, ...rest } = item;
  // Clients accept an edit of one line only; a word never spans more.
  return { ...rest, insertTextMode: InsertTextMode.adjustIndentation, textEdit: { range, newText: insertText } };
}
