import type { TextDocument } from 'vscode-languageserver-textdocument';
import { kindOfLanguage, type DocumentKind } from '../engine/documents/kinds.ts';
import { parseDocument, type ParsedDocument } from '../engine/documents/parse.ts';

/** The open documents, as the client's edits have left them. */
export interface OpenDocuments {
  get(uri: string): TextDocument | undefined;
  all(): readonly TextDocument[];
}

/** Parses each version of a document once. */
export interface ParsedDocuments {
  /** Absent for documents that are not ours. */
  parse(document: TextDocument): ParsedDocument | undefined;
  forget(uri: string): void;
}

export function createParsedDocuments(): ParsedDocuments {
  const cache = new Map<
    string,
    { readonly version: number; readonly kind: DocumentKind; readonly parsed: ParsedDocument }
  >();
  return {
    parse(document) {
      const kind = kindOfLanguage(document.languageId);
      if (kind === undefined) return undefined;
      const cached = cache.get(document.uri);
      if (cached?.version === document.version && cached.kind === kind) return cached.parsed;
      const parsed = parseDocument(kind, document.getText());
      cache.set(document.uri, { version: document.version, kind, parsed });
      return parsed;
    },
    forget: uri => void cache.delete(uri),
  };
}
