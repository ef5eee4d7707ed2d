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
  /** The newest parse there is, perhaps of an earlier version: for help that must be instant and needs no places. */
  latest(document: TextDocument): ParsedDocument | undefined;
  forget(uri: string): void;
}

export function createParsedDocuments(): ParsedDocuments {
  const cache = new Map<
    string,
    { readonly version: number; readonly kind: DocumentKind; readonly parsed: ParsedDocument }
  >();
  function parse(document: TextDocument): ParsedDocument | undefined {
    const kind = kindOfLanguage(document.languageId);
    if (kind === undefined) return undefined;
    const cached = cache.get(document.uri);
    if (cached?.version === document.version && cached.kind === kind) return cached.parsed;
    const parsed = parseDocument(kind, document.getText());
    cache.set(document.uri, { version: document.version, kind, parsed });
    return parsed;
  }

  return {
    parse,
    latest(document) {
      const cached = cache.get(document.uri);
      return cached !== undefined && cached.kind === kindOfLanguage(document.languageId)
        ? cached.parsed
        : parse(document);
    },
    forget: uri => void cache.delete(uri),
  };
}
