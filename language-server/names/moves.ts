import type { TextEdit } from 'vscode-languageserver';
import { writePath } from '../../engine/documents/rebase.ts';
import type { Files } from '../../engine/ports/files.ts';
import { scalarText } from '../../engine/documents/values.ts';
import { isBelow } from '../paths.ts';
import { replaceName, type DocumentEdits } from './edits.ts';
import type { NameIndex, ReadDocument } from './name-index.ts';
import type { NamedDocument } from './name-table.ts';
import { factsQuietly } from '../quiet-files.ts';
import type { PathBase } from './things.ts';

/** A file or folder that gets another path; both are absolute. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/** The edits that keep every path right once files and folders have moved; they are for the documents as they are before. */
export async function findMoveEdits(
  names: NameIndex,
  files: Files,
  moves: readonly Move[],
  signal: AbortSignal,
): Promise<readonly DocumentEdits[]> {
  const moved = (path: string): string => movePath(files, moves, path);
  const table = await names.ready(signal);
  const found: DocumentEdits[] = [];
  for (const document of [...table.documents()].filter(one => isConcerned(one, moved))) {
    const read = await names.read(document, signal);
    signal.throwIfAborted();
    if (read === undefined) continue;
    const edits = await editPaths(read, files, moved);
    if (edits.length > 0) found.push({ uri: read.uri, version: read.version, edits });
  }
  return found;
}

function movePath(files: Files, moves: readonly Move[], path: string): string {
  for (const { from, to } of moves) {
    if (path === from) return to;
    if (isBelow(files, from, path)) return files.resolve(to, files.relative(from, path));
  }
  return path;
}

function isConcerned({ path, occurrences }: NamedDocument, moved: (path: string) => string): boolean {
  if (path !== undefined && moved(path) !== path) return true;
  return occurrences.some(({ thing: { kind, name } }) => kind === 'file' && moved(name) !== name);
}

async function editPaths(
  { parsed, mentions }: ReadDocument,
  files: Files,
  moved: (path: string) => string,
): Promise<readonly TextEdit[]> {
  const edits = new Map<number, TextEdit>();
  for (const mention of mentions) {
    const { thing, base, hit } = mention;
    if (base === undefined || edits.has(hit[0])) continue;
    if (base.isLoose === true && (await factsQuietly(files, thing.name)) === undefined) continue;
    const text = scalarText(mention.scalar);
    const target = moved(thing.name);
    const folder = folderOf(files, { ...base, path: moved(base.path) });
    if (files.resolve(folder, text) === target) continue;
    edits.set(hit[0], replaceName(parsed, mention, writePath(files, folder, target, text)));
  }
  return [...edits.values()];
}

function folderOf(files: Files, { path, isFolder }: PathBase): string {
  return isFolder ? path : files.parent(path);
}
