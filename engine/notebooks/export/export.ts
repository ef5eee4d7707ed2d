import type { ExportNotebook } from '../../../schemas/generated/messages.ts';
import type { Files } from '../../ports/files.ts';
import type { Notebook } from '../ipynb.ts';
import { renderNotebookHtml } from './html.ts';
import { readImageFiles } from './images.ts';
import { renderNotebookMarkdown } from './markdown.ts';

type Format = ExportNotebook['format'];

/** A notebook with its outputs as one text, its images inside. */
export async function renderNotebook(
  notebook: Notebook,
  format: Format,
  files: Files,
  signal: AbortSignal,
): Promise<string> {
  if (format === 'markdown') return renderNotebookMarkdown(notebook, undefined).text;
  return renderNotebookHtml(notebook, await readImageFiles(notebook, files, signal));
}

/** Writes a notebook with its outputs: HTML as one file, Markdown with its images in a folder beside it. */
export async function writeNotebookExport(
  notebook: Notebook,
  format: Format,
  target: string,
  files: Files,
  signal: AbortSignal,
): Promise<void> {
  if (format === 'html') {
    await files.writeText(target, await renderNotebook(notebook, format, files, signal));
    return;
  }
  const name = files.relative(files.parent(target), target);
  const folder = `${name.replace(/\.[^.]*$/, '')}_files`;
  const { text, images } = renderNotebookMarkdown(notebook, folder);
  for (const image of images) {
    signal.throwIfAborted();
    await files.writePieces(files.resolve(files.parent(target), `${folder}/${image.name}`), piecesOf(image.bytes));
  }
  await files.writeText(target, text);
}

async function* piecesOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  yield bytes;
}
