import {
  LSPErrorCodes,
  ResponseError,
  type Position,
  type PrepareRenameResult,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { findMentions } from '../names/at-position.ts';
import { documentOf } from '../names/declarations.ts';
import { replaceName, toWorkspaceEdit, type DocumentEdits } from '../names/edits.ts';
import { findFamily, findOccurrences, type Family } from '../names/family.ts';
import type { ReadDocument } from '../names/name-index.ts';
import { isLocal, type NamedDocument, type NameTable } from '../names/name-table.ts';
import { findNewFault, refuse, whyNoAnchor, whyNotRenamed, whyTaken, whyTakenHere } from '../names/renaming.ts';
import { findSettled, type Found } from '../names/settled.ts';
import type { Mention, Occurrence, Thing } from '../names/things.ts';

/** Of very many documents only so many are checked for what the new name would break. */
const mostChecked = 50;

/** Renames a thing wherever the workspace names it. */
export const rename: Feature = {
  capabilities: ({ preparesRename }) => ({ renameProvider: preparesRename ? { prepareProvider: true } : true }),
  register: registerRename,
};

function registerRename(context: ServerContext): void {
  const { connection, documents } = context;
  connection.onPrepareRename(async ({ textDocument, position }, token): Promise<PrepareRenameResult | null> => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return null;
    const asked = await findRenamable(context, document, position, signalOf(token));
    return asked === undefined ? null : { range: asked.mention.range, placeholder: asked.mention.thing.name };
  });
  connection.onRenameRequest(async ({ textDocument, position, newName }, token): Promise<WorkspaceEdit | null> => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return null;
    const signal = signalOf(token);
    const asked = await findRenamable(context, document, position, signal);
    if (asked === undefined) throw refuse('There is no name here that can be renamed.');
    return newName === asked.mention.thing.name ? null : renameThing(context, asked, newName, signal);
  });
}

/** What is asked about. */
interface Renamable {
  readonly document: TextDocument;
  readonly mention: Mention;
  /** Everything the document names. */
  readonly mentions: readonly Mention[];
  /** Absent where the name counts in the document only. */
  readonly workspace: Users | undefined;
}

/** The documents that name something, those that declare it first. */
interface Users {
  readonly table: NameTable;
  readonly family: Family;
  readonly documents: readonly NamedDocument[];
  readonly declared: readonly Occurrence[];
}

async function findRenamable(
  context: ServerContext,
  document: TextDocument,
  position: Position,
  signal: AbortSignal,
): Promise<Renamable | undefined> {
  const found = await findMentions(context, document, position);
  const [first] = found;
  let reason: string | undefined;
  // A text may stand for one thing or another: the first that can be renamed is meant.
  for (const mention of found.filter(({ hit }) => hit[0] === first?.hit[0] && hit[1] === first.hit[1])) {
    const renamable = await lookUp(context, document, mention, signal);
    const why = whyNotRenamed(mention, renamable.declared);
    if (why === undefined) return renamable;
    reason ??= why;
  }
  if (reason !== undefined) throw refuse(reason);
  return undefined;
}

async function lookUp(
  context: ServerContext,
  document: TextDocument,
  mention: Mention,
  signal: AbortSignal,
): Promise<Renamable & { readonly declared: readonly Occurrence[] }> {
  const { thing } = mention;
  const mentions = await context.names.mentions(document);
  const workspace = isLocal(thing)
    ? undefined
    : await findSettled(context, table => findUsers(table, thing, document.uri), signal);
  const declared =
    workspace?.declared ?? mentions.filter(({ thing: { key }, role }) => key === thing.key && role === 'declaration');
  return { document, mention, mentions, workspace, declared };
}

function findUsers(table: NameTable, thing: Thing, uri: string): Found<Users> {
  const family = findFamily(table, thing, documentOf(table, thing, uri));
  const found = [...findOccurrences(table, family)];
  const declaring = found.filter(({ occurrence: { role } }) => role === 'declaration');
  const documents = [...new Set([...declaring, ...found].map(({ document }) => document))];
  return { answer: { table, family, documents, declared: declaring.map(({ occurrence }) => occurrence) }, documents };
}

async function renameThing(
  context: ServerContext,
  { document, mention: { thing }, mentions, workspace }: Renamable,
  name: string,
  signal: AbortSignal,
): Promise<WorkspaceEdit> {
  const reason =
    (thing.kind === 'anchor' ? whyNoAnchor(name) : undefined) ??
    (workspace === undefined
      ? whyTakenHere(mentions, thing, name)
      : whyTaken(workspace.table, workspace.family, thing, name));
  if (reason !== undefined) throw refuse(reason);
  const read =
    workspace === undefined ? [await readOpen(context, document)] : await readAll(context, workspace.documents, signal);
  const changes = read
    .map(one => ({ read: one, edits: editsOf(one, thing, name) }))
    .filter(({ edits }) => edits.length > 0);
  for (const { read: one, edits } of changes.slice(0, mostChecked)) {
    const fault = findNewFault(one, edits);
    if (fault !== undefined) throw refuse(fault);
  }
  if (read.some(({ uri, version }) => version !== undefined && context.documents.get(uri)?.version !== version))
    throw new ResponseError(LSPErrorCodes.ContentModified, 'A document changed meanwhile.');
  const edits = changes.map(({ read: { uri, version }, edits: own }): DocumentEdits => ({ uri, version, edits: own }));
  return toWorkspaceEdit(edits, context.client);
}

async function readAll(
  { names }: ServerContext,
  users: readonly NamedDocument[],
  signal: AbortSignal,
): Promise<readonly ReadDocument[]> {
  const read: ReadDocument[] = [];
  for (const user of users) {
    const document = await names.read(user, signal);
    signal.throwIfAborted();
    if (document !== undefined) read.push(document);
  }
  return read;
}

async function readOpen({ names, parsed }: ServerContext, document: TextDocument): Promise<ReadDocument> {
  const mentions = await names.mentions(document);
  const read = parsed.parse(document);
  if (read === undefined) throw new ResponseError(LSPErrorCodes.ContentModified, 'The document changed meanwhile.');
  return { uri: document.uri, version: document.version, parsed: read, mentions };
}

function editsOf({ parsed, mentions }: ReadDocument, { key }: Thing, name: string): readonly TextEdit[] {
  return mentions.filter(({ thing }) => thing.key === key).map(mention => replaceName(parsed, mention, name));
}
