import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { collectFolds } from '../syntax/folds.ts';
import { kindOfDocument } from '../documents.ts';

/** Fields, list items, texts and comments that can be folded. */
export const folding: Feature = {
  capabilities: () => ({ foldingRangeProvider: true }),
  register: registerFolding,
};

function registerFolding(context: ServerContext): void {
  const { connection, documents } = context;
  connection.onFoldingRanges(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    if (document === undefined || kindOfDocument(document) === undefined) return null;
    return [...collectFolds(document.getText(), context.client.folding)];
  });
}
