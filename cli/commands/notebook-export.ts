import path from 'node:path';
import process from 'node:process';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { renderNotebook, writeNotebookExport } from '../../engine/notebooks/export/export.ts';
import { loadNotebook } from '../../engine/notebooks/ipynb.ts';
import type { ExportNotebook } from '../../schemas/generated/messages.ts';
import { createHost } from '../composition.ts';
import type { GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult } from '../output.ts';

export interface ExportNotebookOptions extends GlobalOptions {
  readonly to: string;
  readonly output?: string;
}

/** Writes a notebook with its outputs for readers without an editor. Needs no store: all is in the file. */
export async function exportNotebookFile(file: string, options: ExportNotebookOptions): Promise<ExitCode> {
  const { files } = createHost();
  const { signal } = new AbortController();
  const format = readFormat(options.to);
  const notebook = await loadNotebook(path.resolve(file), files, signal);
  if (options.output === undefined) {
    printResult(await renderNotebook(notebook, format, files, signal));
    return 0;
  }
  const target = path.resolve(options.output);
  await writeNotebookExport(notebook, format, target, files, signal);
  if (options.json === true) printJson({ path: target });
  else printNote(`Written to ${path.relative(process.cwd(), target)}.`);
  return 0;
}

function readFormat(text: string): ExportNotebook['format'] {
  if (text === 'html' || text === 'markdown') return text;
  throw new WorkbenchError('usage', `"${text}" is no format of notebooks.`, {
    remedy: 'Choose html or markdown.',
  });
}
