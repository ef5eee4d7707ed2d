import type { DocumentKind, FileKind } from '../documents/kinds.ts';
import { splitCell } from '../documents/cell-fields.ts';
import { parseDocument, type ParsedDocument } from '../documents/parse.ts';
import { rebasePaths } from '../documents/rebase.ts';
import { editOf, editTexts, replaceTexts, rewrite, type NewText } from '../edits/rewrite.ts';
import type { Files } from '../ports/files.ts';
import { listOverrides, overlay } from './overlay.ts';

/** A file that a cell uses. */
export interface UsedFile {
  /** Absolute. */
  readonly path: string;
  readonly parsed: ParsedDocument;
}

/** A cell that uses a file, and what comes of the two. */
export interface ComposedCell {
  readonly cell: ParsedDocument;
  readonly used: UsedFile;
  /** The text of a file in the used file's place that means what the cell means. */
  readonly parsed: ParsedDocument;
}

/** The kinds of file a cell can use. */
export type UsableKind = Exclude<FileKind, 'workbench'>;

/** What the cell holds that uses a file of a kind. */
export function kindOfUse(kind: UsableKind): DocumentKind {
  return kind === 'prompt' ? 'trial' : kind;
}

/**
 * Lays a cell's fields over the file it uses. The cell's paths, which start from the notebook's folder, come to start from the file's.
 * @param texts what stands in the cell in place of what is written: see `findReferences`
 */
export async function composeCell(
  cell: ParsedDocument,
  used: UsedFile,
  folder: string,
  texts: readonly NewText[],
  files: Files,
  signal: AbortSignal,
): Promise<ComposedCell> {
  const written = replaceTexts(splitCell(cell.draft, 'cell').content, texts);
  const rebased = await rebasePaths(cell.kind, written, folder, files.parent(used.path), files, signal);
  const own = replaceTexts(written, rebased);
  const { draft, text } = used.parsed;
  const edits = listOverrides(draft, own).map(editOf);
  return { cell, used, parsed: parseDocument(cell.kind, rewrite(text, edits, overlay(draft, own))) };
}

/** The text of a document with its relative paths as they must be written in another folder. */
export async function moveText(
  parsed: ParsedDocument,
  from: string,
  to: string,
  files: Files,
  signal: AbortSignal,
): Promise<string> {
  const rebased = await rebasePaths(parsed.kind, parsed.draft, from, to, files, signal);
  if (rebased.length === 0) return parsed.text;
  return rewrite(parsed.text, [editTexts(rebased)], replaceTexts(parsed.draft, rebased));
}
