import { fileEndings, kindOfPath } from '../engine/documents/kinds.ts';
import {
  readDocument,
  type DocumentLibrary,
  type LibraryDocument,
  type LibraryKind,
} from '../engine/documents/library.ts';
import { isBelow } from './paths.ts';
import type { ParsedDocument } from '../engine/documents/parse.ts';
import type { Files } from '../engine/ports/files.ts';

/** The workspace's documents, kept between requests: an edit walks no folder and reads no other file again. */
export interface DocumentCache {
  /** The documents at and below a folder, open ones as the editor has them. */
  below(folder: string): DocumentLibrary;
  /** A file changed, came or went, or a folder went. Tells whether documents lay below it. */
  forget(path: string): boolean;
  forgetAll(): void;
}

/** `parseOpen` answers for documents that are open in the editor. */
export function createDocumentCache(
  files: Files,
  parseOpen: (path: string) => ParsedDocument | undefined,
): DocumentCache {
  const listed = new Map<string, readonly string[]>();
  const read = new Map<string, LibraryDocument | undefined>();
  /** Counts what was forgotten, so that an answer from before is not kept. */
  let age = 0;

  async function list(folder: string, kind: LibraryKind, signal: AbortSignal): Promise<readonly string[]> {
    const key = `${kind}\n${folder}`;
    const known = listed.get(key);
    if (known !== undefined) return known;
    const before = age;
    const paths = await files.find(folder, fileEndings[kind], signal);
    if (age === before) listed.set(key, paths);
    return paths;
  }

  async function readOne<K extends LibraryKind>(
    folder: string,
    path: string,
    kind: K,
    signal: AbortSignal,
  ): Promise<LibraryDocument<K> | undefined> {
    const open = parseOpen(path);
    if (open?.kind === kind) return { path, file: files.relative(folder, path), parsed: open as ParsedDocument<K> };
    const key = `${folder}\n${path}`;
    if (read.has(key)) return read.get(key) as LibraryDocument<K> | undefined;
    const before = age;
    const document = await readDocument(kind, path, files, folder, signal);
    if (age === before) read.set(key, document);
    return document;
  }

  return {
    below: folder => ({
      async all(kind, signal) {
        const documents: LibraryDocument<typeof kind>[] = [];
        for (const path of await list(folder, kind, signal)) {
          const document = await readOne(folder, path, kind, signal);
          if (document !== undefined) documents.push(document);
        }
        return documents;
      },
    }),
    forget(path) {
      age += 1;
      for (const key of read.keys()) if (key.endsWith(`\n${path}`)) read.delete(key);
      const below = [...listed.values()].flat().filter(known => isBelow(files, path, known));
      for (const key of read.keys()) if (below.some(known => key.endsWith(`\n${known}`))) read.delete(key);
      if (kindOfPath(path) !== undefined || below.length > 0) listed.clear();
      return below.length > 0;
    },
    forgetAll() {
      age += 1;
      listed.clear();
      read.clear();
    },
  };
}
