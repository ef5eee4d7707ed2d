import type { TextDocument } from 'vscode-languageserver-textdocument';
import { classifyCell } from '../schemas/cells.ts';
import { heldKinds } from '../engine/notebooks/held-kinds.ts';
import { createIncrementalParser, type IncrementalParser } from '../engine/documents/incremental.ts';
import { kindOfLanguage, kindOfPath, type DocumentKind } from '../engine/documents/kinds.ts';
import type { ParsedDocument } from '../engine/documents/parse.ts';
import { isCell, pathOfUri } from './uris.ts';

/** The open documents, as the client's edits have left them. */
export interface OpenDocuments {
  get(uri: string): TextDocument | undefined;
  all(): readonly TextDocument[];
}

/** The open document of a file; cells of notebooks are none. */
export function findOpen(documents: Pick<OpenDocuments, 'all'>, path: string): TextDocument | undefined {
  return documents.all().find(({ uri }) => uri.startsWith('file:') && pathOfUri(uri) === path);
}

/**
 * A document's kind: by its language, and where an editor knows it as YAML only, by its name. A cell's is what it holds: one that uses a file
 * is what the file is, a prompt is tried there, and earlier results may be compared. Absent for documents that are not ours.
 */
export function kindOfDocument(document: TextDocument): DocumentKind | undefined {
  const { languageId, uri } = document;
  const kind = kindOfLanguage(languageId);
  if (isCell(uri)) return kind && kindOfCell(document, kind === 'prompt' ? 'trial' : kind);
  return kind ?? (languageId === 'yaml' ? kindOfPath(uri) : undefined);
}

/** Every request asks for the kind of its document. */
const cellKinds = new WeakMap<TextDocument, { readonly version: number; readonly kind: DocumentKind }>();

function kindOfCell(document: TextDocument, fallback: DocumentKind): DocumentKind {
  const { version, languageId } = document;
  const known = cellKinds.get(document);
  if (known?.version === version) return known.kind;
  const classified = classifyCell(languageId, document.getText());
  const kind = classified === 'empty' || classified === 'other' ? fallback : heldKinds[classified];
  cellKinds.set(document, { version, kind });
  return kind;
}

/** Parses each version of a document once, and of a new version only what changed. */
export interface ParsedDocuments {
  /** Absent for documents that are not ours. */
  parse(document: TextDocument): ParsedDocument | undefined;
  /** The newest parse there is, perhaps of an earlier version: for help that must be instant and needs no places. */
  latest(document: TextDocument): ParsedDocument | undefined;
  forget(uri: string): void;
}

interface OpenParse {
  readonly version: number;
  readonly kind: DocumentKind;
  readonly parser: IncrementalParser<DocumentKind>;
  readonly parsed: ParsedDocument;
}

export function createParsedDocuments(): ParsedDocuments {
  const cache = new Map<string, OpenParse>();

  function parse(document: TextDocument): ParsedDocument | undefined {
    const kind = kindOfDocument(document);
    if (kind === undefined) return undefined;
    const { uri, version } = document;
    const cached = cache.get(uri);
    const isOfKind = cached?.kind === kind;
    if (isOfKind && cached.version === version) return cached.parsed;
    const parser = isOfKind ? cached.parser : createIncrementalParser(kind, isCell(uri) ? 'cell' : 'file');
    const parsed = parser.parse(document.getText());
    cache.set(uri, { version, kind, parser, parsed });
    return parsed;
  }

  return {
    parse,
    latest(document) {
      const cached = cache.get(document.uri);
      return cached !== undefined && cached.kind === kindOfDocument(document) ? cached.parsed : parse(document);
    },
    forget: uri => void cache.delete(uri),
  };
}
