import type { Location, Range } from 'vscode-languageserver';
import type { ServerContext } from '../context.ts';
import { uriOfPath } from '../uris.ts';
import { findColumnPlace } from './column-places.ts';
import { findFamily, findOccurrences, type Family, type FoundOccurrence } from './family.ts';
import { isLocal, type NamedDocument, type NameTable } from './name-table.ts';
import { findAncestors, findOrigins } from './policy-kin.ts';
import { factsQuietly } from '../quiet-files.ts';
import { findSettled } from './settled.ts';
import type { Mention, Thing } from './things.ts';

/** Where something is declared; several places where it is declared several times. */
export async function findDeclarations(
  context: ServerContext,
  uri: string,
  mentions: readonly Mention[],
  { thing }: Mention,
  signal: AbortSignal,
): Promise<readonly Location[]> {
  if (thing.kind === 'file') return findFile(context, thing);
  if (isLocal(thing)) {
    const declared = mentions.filter(({ thing: { key }, role }) => key === thing.key && role === 'declaration');
    return declared.map(({ range }) => ({ uri, range }));
  }
  const { places, columns, uses } = await findSettled(context, table => lookUp(table, uri, thing), signal);
  if (places.length > 0) return places;
  const inData = await findColumns(context, columns, signal);
  return inData.length > 0 ? inData : uses;
}

interface Declared {
  readonly places: readonly Location[];
  readonly columns: readonly Thing[];
  /** What stands for a declaration where the dataset's own is not seen. */
  readonly uses: readonly Location[];
}

function lookUp(
  table: NameTable,
  uri: string,
  thing: Thing,
): { readonly answer: Declared; readonly documents: Iterable<NamedDocument> } {
  const from = documentOf(table, thing, uri);
  const family = findFamily(table, thing, from);
  const occurrences = [...findOccurrences(table, family)];
  const declared = declarationsOf(table, family, occurrences, from);
  const uses =
    thing.kind === 'column' ? [] : occurrences.filter(({ occurrence: { thing: used } }) => used.kind === 'column');
  const found = declared.length > 0 ? declared : uses;
  return {
    answer: { places: declared.map(toLocation), columns: family.columns, uses: uses.map(toLocation) },
    documents: new Set(found.map(({ document }) => document)),
  };
}

/** Of the places that declare a thing those that count for whoever asks from a document. */
function declarationsOf(
  table: NameTable,
  { within }: Family,
  occurrences: readonly FoundOccurrence[],
  from: NamedDocument | undefined,
): readonly FoundOccurrence[] {
  const declared = occurrences.filter(({ occurrence }) => occurrence.role === 'declaration');
  if (within !== undefined) {
    const origins = findOrigins(table, within);
    const above = from && findAncestors(table, from);
    const seen = declared.filter(({ document }) => document === from || above?.has(document));
    return seen.filter(({ document }) => origins.has(document));
  }
  const own = declared.filter(({ document }) => document === from);
  return own.length > 0 ? own : declared;
}

/** The document of the table from which a thing is looked up. */
export function documentOf(table: NameTable, thing: Thing, uri: string): NamedDocument | undefined {
  for (const document of table.naming(thing)) if (document.uri === uri) return document;
  return undefined;
}

export function toLocation({ document, occurrence }: FoundOccurrence): Location {
  return { uri: document.uri, range: occurrence.range };
}

async function findFile({ ports: { files } }: ServerContext, { name }: Thing): Promise<readonly Location[]> {
  return (await factsQuietly(files, name))?.kind === 'file' ? [{ uri: uriOfPath(name), range: fileStart }] : [];
}

const fileStart: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Where datasets themselves name columns. */
export async function findColumns(
  { ports: { files } }: ServerContext,
  columns: readonly Thing[],
  signal: AbortSignal,
): Promise<readonly Location[]> {
  const places: Location[] = [];
  for (const { scope, name } of columns) {
    const range = await findColumnPlace(files, scope, name, signal);
    if (range !== undefined) places.push({ uri: uriOfPath(scope), range });
  }
  return places;
}
