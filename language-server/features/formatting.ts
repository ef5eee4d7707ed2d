import type { Range, TextEdit } from 'vscode-languageserver';
import { formatText } from '../../engine/edits/format.ts';
import { mostBytes } from '../../engine/documents/too-large.ts';
import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { kindOfDocument } from '../documents.ts';

/** Formats a file, or the lines of a part of it. Only white space changes; a file with errors of syntax stays as it is. */
export const formatting: Feature = {
  capabilities: () => ({ documentFormattingProvider: true, documentRangeFormattingProvider: true }),
  register: registerFormatting,
};

function registerFormatting({ connection, documents }: ServerContext): void {
  function format(uri: string, tabSize: number, range?: Range): TextEdit[] {
    const document = documents.get(uri);
    if (document === undefined || kindOfDocument(document) === undefined) return [];
    const text = document.getText();
    if (text.length > mostBytes) return [];
    const span = range && { start: document.offsetAt(range.start), end: document.offsetAt(range.end) };
    return formatText(text, { tabSize, ...(span && { range: span }) }).map(change => ({
      range: { start: document.positionAt(change.start), end: document.positionAt(change.end) },
      newText: change.text,
    }));
  }

  connection.onDocumentFormatting(({ textDocument, options }) => format(textDocument.uri, options.tabSize));
  connection.onDocumentRangeFormatting(({ textDocument, options, range }) =>
    format(textDocument.uri, options.tabSize, range),
  );
}
