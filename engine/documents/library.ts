import type { Files } from '../ports/files.ts';
import { fileEndings } from './kinds.ts';
import { parseDocument, type ParseDocument, type ParsedDocument } from './parse.ts';
import { mostBytes } from './too-large.ts';

/** Kinds that files refer to by name. */
export type LibraryKind = keyof typeof fileEndings;

/** A file of the workspace, read. */
export interface LibraryDocument<K extends LibraryKind = LibraryKind> {
  /** Absolute path. */
  readonly path: string;
  /** The same relative to the workspace folder, with forward slashes. */
  readonly file: string;
  readonly parsed: ParsedDocument<K>;
}

/** The workspace's files of a kind. Files that cannot be read are left out: whoever opens them is told. */
export interface DocumentLibrary {
  all<K extends LibraryKind>(kind: K, signal: AbortSignal): Promise<readonly LibraryDocument<K>[]>;
}

/** The files at and below a folder, each kind read once, when it is first asked for. */
export function createDocumentLibrary(
  files: Files,
  folder: string,
  parse: ParseDocument = parseDocument,
): DocumentLibrary {
  const known = new Map<LibraryKind, readonly LibraryDocument[]>();
  return {
    async all(kind, signal) {
      const documents = known.get(kind) ?? (await readDocuments(kind, files, folder, parse, signal));
      known.set(kind, documents);
      return documents as readonly LibraryDocument<typeof kind>[];
    },
  };
}

async function readDocuments<K extends LibraryKind>(
  kind: K,
  files: Files,
  folder: string,
  parse: ParseDocument,
  signal: AbortSignal,
): Promise<readonly LibraryDocument<K>[]> {
  const found: LibraryDocument<K>[] = [];
  for (const path of await files.find(folder, fileEndings[kind], signal)) {
    const document = await readDocument(kind, path, files, folder, signal, parse);
    if (document !== undefined) found.push(document);
  }
  return found;
}

/** One file of the workspace folder; absent when it cannot be read. */
export async function readDocument<K extends LibraryKind>(
  kind: K,
  path: string,
  files: Files,
  folder: string,
  signal: AbortSignal,
  parse: ParseDocument = parseDocument,
): Promise<LibraryDocument<K> | undefined> {
  const text = await readQuietly(files, path, signal);
  return text === undefined ? undefined : { path, file: files.relative(folder, path), parsed: parse(kind, text) };
}

async function readQuietly(files: Files, path: string, signal: AbortSignal): Promise<string | undefined> {
  try {
    return await files.readText(path, signal, mostBytes);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
