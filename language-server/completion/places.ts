import { CompletionItemKind } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { childSchema, narrowSchema, schemaAt, tagOf, type SchemaNode } from '../../engine/documents/schema.ts';
import { findAnchors, offerAliases, offerMergeKey } from './anchors.ts';
import { completeKeys, completeMappings, completeNames, completeSnippets, schemaValues } from './keys.ts';
import { closeness, type Offer } from './list.ts';
import { offerUnits } from './units.ts';
import { offerNamedValues, offerNames } from './values.ts';
import type { ServerContext } from '../context.ts';
import type { Cursor, Place } from './cursor.ts';
import type { FileLister } from '../list-files.ts';
import { formatFlow, formatText } from '../markdown.ts';
import type { Scene, ValueOffer } from './offers.ts';

/** What is being written, and for whom. */
export interface Writing {
  readonly context: ServerContext;
  readonly files: FileLister;
  readonly document: TextDocument;
  readonly read: ParsedDocument;
  readonly cursor: Cursor;
  readonly offset: number;
}

/** Everything that can be written at one of the places the cursor may stand for. */
export async function completePlace(writing: Writing, place: Place, signal: AbortSignal): Promise<readonly Offer[]> {
  if (place.role === 'value' && standsForAlias(writing, place)) return completeAliases(writing, place);
  const schema = schemaOf(writing.read, place);
  if (schema === undefined) return [];
  return place.role === 'key'
    ? completeFields(writing, schema, place, signal)
    : completeValues(writing, schema, place, signal);
}

function standsForAlias({ document, cursor: { token } }: Writing, { path }: Place): boolean {
  if (token.quote !== undefined) return false;
  return document.getText()[token.start] === '*' || path.at(-1) === '<<' || path.at(-2) === '<<';
}

function completeAliases(writing: Writing, place: Place): readonly Offer[] {
  const isMerge = place.path.at(-1) === '<<' || place.path.at(-2) === '<<';
  const anchors = findAnchors(writing.document.getText(), writing.cursor.token.start);
  return offerAliases(isMerge ? anchors.filter(({ isMapping }) => isMapping) : anchors).map((offer, index) =>
    toOffer(offer, index, writing, place, offer.value),
  );
}

async function completeFields(
  writing: Writing,
  schema: SchemaNode,
  place: Place,
  signal: AbortSignal,
): Promise<readonly Offer[]> {
  const { context, read, cursor, document } = writing;
  const { snippets } = context.client;
  const names = await offerNames(sceneOf(writing, place.path, place), signal);
  const isEntry =
    place.path.length > 0 && place.dash !== true && !cursor.token.hasColon && cursor.token.quote === undefined;
  const merges = isEntry && schema.items === undefined && !place.present.includes('<<');
  return [
    ...completeKeys(schema, place, cursor, snippets),
    ...completeNames(names, place, cursor),
    ...completeSnippets(read.kind, schema, place, cursor, snippets),
    ...(merges ? offerMergeKey(findAnchors(document.getText(), cursor.token.start), snippets) : []),
  ];
}

async function completeValues(
  writing: Writing,
  schema: SchemaNode,
  place: Place,
  signal: AbortSignal,
): Promise<readonly Offer[]> {
  const { context, read, cursor } = writing;
  const { token } = cursor;
  // Where a list is expected, its first item can be written right away.
  const isList = schema.items !== undefined;
  if (isList && token.after !== 'colon' && token.flow === undefined) return [];
  const item = schema.items ?? schema;
  const scene = sceneOf(writing, isList ? [...place.path, 0] : place.path, place);
  const named = await offerNamedValues(scene, signal);
  const offers = named ?? offerFromSchema(item, scene, context.ports.clock.now());
  return [
    ...offers
      .filter(({ value }) => !place.present.includes(value))
      .map((offer, index) => {
        const written = writeValue(offer, item, named === undefined, cursor);
        // Only the beginning of a path: it would not be asked on behind a closing bracket.
        const isWhole = offer.isBeginning !== true;
        return toOffer(
          offer,
          index,
          writing,
          place,
          isList && isWhole && token.quote === undefined ? `[${written}]` : written,
        );
      }),
    ...completeMappings(read.kind, schema, place, cursor, context.client.snippets),
  ];
}

function sceneOf({ context, files, document, read, cursor, offset }: Writing, path: DocumentPath, place: Place): Scene {
  return {
    context,
    workspace: context.workspace,
    files,
    uri: document.uri,
    parsed: read,
    path,
    siblings: place.siblings,
    typed: document.getText().slice(cursor.token.start, offset),
  };
}

/** The schema of a place, of the shape that the fields around it say. */
function schemaOf({ kind, draft, cell }: ParsedDocument, { role, path, siblings }: Place): SchemaNode | undefined {
  const form = cell === undefined ? 'file' : 'cell';
  const at = (place: DocumentPath, content?: unknown): SchemaNode | undefined => schemaAt(kind, place, content, form);
  const last = path.at(-1);
  // The places of list items in a cut text are not those in the file.
  const known = path.some(part => typeof part === 'number') ? undefined : draft;
  if (role === 'key' || last === undefined) {
    const found = at(path, last === undefined ? undefined : known) ?? at(path);
    const narrowed = found && narrowSchema(at(path) ?? found, siblings);
    // The file that a cell uses has what must be there.
    return narrowed && cell?.use !== undefined ? { ...narrowed, required: [] } : narrowed;
  }
  const parent = at(path.slice(0, -1));
  const tag = parent && tagOf(parent);
  if (parent === undefined) return undefined;
  if (tag === undefined) return at(path, known) ?? childSchema(parent, last);
  if (tag.field === last) return childSchema(parent, last);
  return childSchema(narrowSchema(parent, siblings), last) ?? childSchema(parent, last);
}

/** What the schema lists or shows, and what is usual for a value with a unit. */
function offerFromSchema(schema: SchemaNode, { path, typed }: Scene, now: number): readonly ValueOffer[] {
  const listed = schemaValues(schema).map(({ value, detail }): ValueOffer => ({
    value: typeof value === 'string' ? value : formatFlow(value),
    detail,
    kind: detail === 'example' ? CompletionItemKind.Text : CompletionItemKind.EnumMember,
  }));
  const field = path.findLast(part => typeof part === 'string');
  const usual = offerUnits(schema, field, typed, now);
  return [...listed, ...usual.filter(({ value }) => !listed.some(other => other.value === value))];
}

function toOffer(
  { value, detail, kind, describe, filter, isBeginning }: ValueOffer,
  index: number,
  { cursor, document, offset }: Writing,
  place: Place,
  written: string,
): Offer {
  const typed = document.getText().slice(cursor.token.start, offset);
  const rank = filter === undefined ? 0 : closeness(typed, filter);
  return {
    label: value,
    kind,
    detail,
    ...(describe !== undefined && { describe }),
    sort: `2${rank}${String(index).padStart(4, '0')}`,
    filter: filter ?? value,
    text: `${cursor.needsSpace ? ' ' : ''}${place.dash === true ? '- ' : ''}${written}`,
    isSnippet: false,
    again: isBeginning === true,
  };
}

/** A value as it is written at the cursor: numbers and booleans bare, texts quoted where YAML asks for it. */
function writeValue({ value, isBare }: ValueOffer, schema: SchemaNode, isFromSchema: boolean, cursor: Cursor): string {
  if (cursor.token.quote === '"') return JSON.stringify(value).slice(1, -1);
  if (cursor.token.quote === "'") return value.replaceAll("'", "''");
  const isText = schema.type === 'string' || schema.enum?.every(one => typeof one === 'string') === true;
  return isBare === true || (isFromSchema && !isText) ? value : formatText(value);
}
