import type { Location, ReferenceParams } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { findMentions, findOwnFile } from '../names/at-position.ts';
import { documentOf, findColumns, toLocation } from '../names/declarations.ts';
import { findFamily, findOccurrences, type Family, type FoundOccurrence } from '../names/family.ts';
import { isLocal, type NamedDocument, type NameTable } from '../names/name-table.ts';
import { findOrigins } from '../names/policy-kin.ts';
import { findSettled } from '../names/settled.ts';
import type { Thing } from '../names/things.ts';

/** How many places are sent at once to a client that takes them as they come. */
const portion = 100;

/** Everything in the workspace that names the same thing; on a prompt's name or a file's first line, everything that names the file. */
export const references: Feature = {
  capabilities: () => ({ referencesProvider: true }),
  register: registerReferences,
};

function registerReferences(context: ServerContext): void {
  const { connection, documents } = context;
  connection.onReferences(async (params, token, _, partial): Promise<Location[]> => {
    const document = documents.get(params.textDocument.uri);
    if (document === undefined) return [];
    const found = await findReferences(context, document, params, signalOf(token));
    if (partial === undefined) return [...found];
    for (let at = 0; at < found.length; at += portion) partial.report(found.slice(at, at + portion));
    return [];
  });
}

async function findReferences(
  context: ServerContext,
  document: TextDocument,
  { position, context: { includeDeclaration } }: ReferenceParams,
  signal: AbortSignal,
): Promise<readonly Location[]> {
  const { uri } = document;
  const [mention] = await findMentions(context, document, position);
  const thing = mention?.thing ?? findOwnFile(context, document, position);
  if (thing === undefined) return [];
  if (isLocal(thing)) {
    const mentions = await context.names.mentions(document);
    const same = mentions.filter(
      ({ thing: { key }, role }) => key === thing.key && (includeDeclaration || role !== 'declaration'),
    );
    return same.map(({ range }) => ({ uri, range }));
  }
  const { places, columns } = await findSettled(
    context,
    table => lookUp(table, thing, uri, includeDeclaration),
    signal,
  );
  return includeDeclaration ? [...(await findColumns(context, columns, signal)), ...places] : places;
}

function lookUp(
  table: NameTable,
  thing: Thing,
  uri: string,
  includeDeclaration: boolean,
): {
  readonly answer: { readonly places: readonly Location[]; readonly columns: readonly Thing[] };
  readonly documents: Iterable<NamedDocument>;
} {
  const family = findFamily(table, thing, documentOf(table, thing, uri));
  const declares = judgeDeclarations(table, family);
  const found = [...findOccurrences(table, family)].filter(place => includeDeclaration || !declares(place));
  return {
    answer: { places: found.map(toLocation), columns: family.columns },
    documents: new Set(found.map(({ document }) => document)),
  };
}

/** Policies that make a control stricter state it again; only the first to ask for it declares it. */
function judgeDeclarations(table: NameTable, { within }: Family): (place: FoundOccurrence) => boolean {
  const origins = within && findOrigins(table, within);
  return ({ document, occurrence }) => occurrence.role === 'declaration' && origins?.has(document) !== false;
}
