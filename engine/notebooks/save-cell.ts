import type { CellSource, CellText, NamedResult } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { invalidFileError } from '../documents/failure.ts';
import { languageIds, type DocumentKind } from '../documents/kinds.ts';
import { parseDocument, type ParsedDocument } from '../documents/parse.ts';
import { writePath } from '../documents/rebase.ts';
import { writeFlow } from '../edits/write-value.ts';
import type { Files } from '../ports/files.ts';
import { writePrompt } from '../prompts/trial-text.ts';
import { writeContent } from './cell-text.ts';
import { kindOfUse, moveText } from './compose-cell.ts';
import { composeUsed, parseCell, type CellPorts } from './read-cell.ts';
import { createNameResolver } from './resolve-names.ts';
import { findUnreadable, kindOfUsed } from './used-file.ts';

/**
 * The text of a file at `path` that means what a cell means: a used file's fields are written out, results are named by their runs, paths
 * start from the file's folder. Of a prompt what it is tried with is left out, which prompt files cannot hold. Throws as `readCell` does.
 */
export async function writeCellAsFile(
  source: CellSource,
  results: readonly NamedResult[],
  path: string,
  { files, store }: CellPorts,
  signal: AbortSignal,
): Promise<string> {
  const { notebook } = source;
  const cell = parseCell(source);
  if (cell === undefined || cell.kind === 'comparison') throw isNoFile(cell);
  requireEnding(cell.kind, path);
  const texts = await createNameResolver(cell, notebook, results, store).replace(signal);
  const target = files.parent(path);
  if (cell.cell?.use === undefined) {
    const parsed = parseDocument(cell.kind, writeContent(cell, texts, 'cut'));
    return finish(cell.kind, await moveText(parsed, files.parent(notebook), target, files, signal));
  }
  const { parsed, used } = await composeUsed(cell, notebook, texts, files, signal);
  return finish(cell.kind, await moveText(parsed, files.parent(used.path), target, files, signal));
}

function finish(kind: DocumentKind, text: string): string {
  const written = kind === 'trial' ? writePrompt(text) : text;
  return written.endsWith('\n') ? written : `${written}\n`;
}

/** A cell that means what a file means: with its text, or by its name. Throws `usage` for files that cells cannot hold. */
export async function writeFileAsCell(
  path: string,
  notebook: string,
  how: 'copy' | 'use',
  files: Files,
  signal: AbortSignal,
): Promise<CellText> {
  const used = kindOfUsed(path);
  if (used === undefined) throw holdsNone(path);
  const language = languageIds[used];
  const folder = files.parent(notebook);
  if (how === 'use') return { language, text: `use: ${writeFlow(writePath(files, folder, path, ''))}` };
  const parsed: ParsedDocument = parseDocument(kindOfUse(used), await files.readText(path, signal));
  if (findUnreadable(parsed) !== undefined) throw invalidFileError(path, parsed.diagnostics);
  const text = await moveText(parsed, files.parent(path), folder, files, signal);
  return { language, text: text.replace(/\r?\n$/, '') };
}

const endings: Readonly<Partial<Record<DocumentKind, string>>> = {
  bench: '.bench.yaml',
  tune: '.tune.yaml',
  policy: '.policy.yaml',
  trial: '.prompt.yml',
};

function requireEnding(kind: DocumentKind, path: string): void {
  const named = kindOfUsed(path);
  if (named !== undefined && kindOfUse(named) === kind) return;
  throw new WorkbenchError('usage', `${path}: the name of a file says what it is, and this is not the cell's kind.`, {
    remedy: `Choose a name that ends in ${endings[kind] ?? ''}.`,
  });
}

function isNoFile(cell: ParsedDocument | undefined): WorkbenchError {
  if (cell === undefined)
    return new WorkbenchError('usage', 'The cell is empty: there is nothing to save.', {
      remedy: 'Write a benchmark, a tuning job, a prompt or a policy into it.',
    });
  return new WorkbenchError('usage', 'A comparison of earlier results stands in notebooks only: no file holds one.', {
    remedy: 'Save a benchmark, a tuning job, a prompt or a policy.',
  });
}

function holdsNone(path: string): WorkbenchError {
  return new WorkbenchError('usage', `${path} is nothing that a cell can hold.`, {
    remedy: 'Choose a .bench.yaml, .tune.yaml, .policy.yaml or .prompt.yml file.',
  });
}
