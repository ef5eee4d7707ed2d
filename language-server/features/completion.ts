import type { CompletionItem, CompletionList, Position } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { mostBytes } from '../../engine/documents/too-large.ts';
import { completeComment } from '../completion/comments.ts';
import { createOfferLists, type Offer, type OfferLists } from '../completion/list.ts';
import { completePlace } from '../completion/places.ts';
import { completeTemplate } from '../completion/template.ts';
import { signalOf, type ServerContext } from '../context.ts';
import { findCursor } from '../completion/cursor.ts';
import type { Feature } from '../feature.ts';
import { createFileLister, type FileLister } from '../list-files.ts';

/** Fields, values and snippets that can be written at the cursor, also while the YAML around it is broken. */
export const completion: Feature = {
  capabilities: () => ({
    completionProvider: {
      // No `:`: `embedded:` goes on behind it, and VS Code asks anew after every one of these.
      triggerCharacters: [' ', '-', '[', '{', ',', '"', "'", '/', '*', '|', '%', '@'],
      resolveProvider: true,
    },
  }),
  register: registerCompletion,
};

function registerCompletion(context: ServerContext): void {
  const { connection, documents, parsed } = context;
  const lists = createOfferLists();
  const files = createFileLister(context.ports.clock);
  connection.onCompletion(async ({ textDocument, position }, token) => {
    const document = documents.get(textDocument.uri);
    const read = document && parsed.latest(document);
    if (document === undefined || read === undefined || read.isTooLarge || document.getText().length > mostBytes)
      return [];
    // The document moves on while it is typed in; the editor fits what was asked for at one place to what was typed since.
    const asked = TextDocument.create(document.uri, document.languageId, document.version, document.getText());
    try {
      return await complete(context, lists, files, asked, read, position, signalOf(token));
    } catch (error) {
      if (token.isCancellationRequested) return [];
      throw error;
    }
  });
  connection.onCompletionResolve(item => lists.resolve(item));
}

async function complete(
  context: ServerContext,
  lists: OfferLists,
  files: FileLister,
  document: TextDocument,
  read: ParsedDocument,
  position: Position,
  signal: AbortSignal,
): Promise<CompletionItem[] | CompletionList> {
  const text = document.getText();
  const offset = document.offsetAt(position);
  const lineStart = document.offsetAt({ line: position.line, character: 0 });
  const answer = (offers: readonly Offer[], start: number, end: number): CompletionItem[] | CompletionList => {
    const range = { start: document.positionAt(start), end: document.positionAt(end) };
    const lineBreak = /\r?\n/.exec(text)?.[0] ?? '\n';
    return lists.answer(offers, { range, typed: text.slice(start, offset), lineBreak }, context.client);
  };
  const template = await completeTemplate(context, document, read.kind, offset, signal);
  if (template !== undefined) return answer(template.offers, template.start, template.end);
  const cursor = findCursor(text, offset);
  if (cursor === undefined) {
    const comment = completeComment(text.slice(lineStart, offset), position.line, () => context.parsed.parse(document));
    return comment === undefined ? [] : answer(comment.offers, lineStart + comment.start, offset);
  }
  const offers: Offer[] = [];
  for (const place of cursor.places) {
    offers.push(...(await completePlace({ context, files, document, read, cursor, offset }, place, signal)));
  }
  return answer(offers, cursor.token.start, cursor.token.end);
}
