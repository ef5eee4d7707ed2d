import { DocumentHighlightKind, type DocumentHighlight } from 'vscode-languageserver';
import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { findMentions } from '../names/at-position.ts';

/** Other places in the file that name the same thing. */
export const documentHighlights: Feature = {
  capabilities: () => ({ documentHighlightProvider: true }),
  register: registerDocumentHighlights,
};

function registerDocumentHighlights(context: ServerContext): void {
  const { connection, documents, names } = context;
  connection.onDocumentHighlight(async ({ textDocument, position }): Promise<DocumentHighlight[]> => {
    const document = documents.get(textDocument.uri);
    const [asked] = document === undefined ? [] : await findMentions(context, document, position);
    if (document === undefined || asked === undefined) return [];
    const { version } = document;
    const same = (await names.mentions(document)).filter(({ thing: { key } }) => key === asked.thing.key);
    if (document.version !== version) return [];
    return same.map(({ range, role }) => ({
      range,
      kind: role === 'declaration' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
    }));
  });
}
