import path from 'node:path';
import type { Exported, ExportNotebook } from '../../schemas/generated/messages.ts';
import { writeNotebookExport } from '../../engine/notebooks/export/export.ts';
import { loadNotebook, readNotebook } from '../../engine/notebooks/ipynb.ts';
import type { Session } from './session.ts';

/** Writes a notebook with its outputs as HTML or Markdown. */
export async function exportNotebook(
  { path: file, text, format, target }: ExportNotebook,
  { host, folder }: Session,
  signal: AbortSignal,
): Promise<Exported> {
  const source = path.resolve(folder, file);
  const notebook = text === undefined ? await loadNotebook(source, host.files, signal) : readNotebook(source, text);
  const written = path.resolve(folder, target);
  await writeNotebookExport(notebook, format, written, host.files, signal);
  return { path: written };
}
