import { decodeBase64 } from '../../base/base64.ts';
import type { Notebook, NotebookCell, NotebookOutput } from '../ipynb.ts';
import { fenced, renderStaticMarkdown } from '../static/markdown.ts';
import { describeOutput } from '../static/of-output.ts';
import { showLine, showText } from '../../reports/shown-text.ts';
import { escapeMarkdown } from '../../reports/table.ts';
import { showForeign } from './foreign.ts';
import { dataUri, imageOf } from './images.ts';

const longestText = 200_000;

/** An image that lies beside the Markdown file. */
export interface ImageFile {
  /** Name within the folder of images. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A notebook with its outputs as Markdown.
 * @param folder relative address of the folder for images; without it they stand in the text as data URIs
 */
export function renderNotebookMarkdown(
  notebook: Notebook,
  folder: string | undefined,
): { readonly text: string; readonly images: readonly ImageFile[] } {
  const images: ImageFile[] = [];
  const place: PlaceImage = (image, name) => {
    const bytes = folder === undefined ? undefined : decodeBase64(image.base64);
    if (folder === undefined || bytes === undefined) return dataUri(image);
    const file = `${name}.${image.type.slice('image/'.length).replace('svg+xml', 'svg').replace('jpeg', 'jpg')}`;
    images.push({ name: file, bytes });
    return encodeURI(`${folder}/${file}`);
  };
  const cells = notebook.cells.map(cell => renderCell(cell, place)).filter(text => text !== '');
  return { text: `${cells.join('\n\n')}\n`, images };
}

type PlaceImage = (image: { readonly type: string; readonly base64: string }, name: string) => string;

function renderCell(cell: NotebookCell, place: PlaceImage): string {
  if (cell.kind === 'markdown') return placeAttachments(cell, place).trimEnd();
  if (cell.source.trim() === '' && cell.outputs.length === 0) return '';
  if (cell.kind === 'raw') return fenced(cell.source, 'text');
  const language = cell.language.startsWith('aiwb-')
    ? 'yaml'
    : /^[\w+#-]+$/.test(cell.language)
      ? cell.language
      : 'text';
  return [
    fenced(showText(cell.source, longestText), language),
    ...cell.outputs.map((output, at) =>
      renderOutput(output, `cell-${String(cell.index + 1)}-${String(at + 1)}`, place),
    ),
  ].join('\n\n');
}

function renderOutput(output: NotebookOutput, name: string, place: PlaceImage): string {
  const blocks = output.type === 'bundle' ? describeOutput(output.data) : undefined;
  if (blocks !== undefined) return renderStaticMarkdown(blocks).trimEnd();
  const shown = showForeign(output);
  switch (shown.as) {
    case 'image':
      return `![${escapeMarkdown(showLine(shown.alt, 300))}](${place(shown, name)})`;
    case 'markdown':
      return shown.text.trimEnd();
    case 'text':
      return fenced(showText(shown.text, longestText), 'text');
    case 'source':
      return `${shown.note}\n\n${fenced(showText(shown.text, longestText), 'html')}`;
  }
}

function placeAttachments({ source, attachments, index }: NotebookCell, place: PlaceImage): string {
  let text = source;
  for (const [at, [name, data]] of Object.entries(attachments).entries()) {
    const image = imageOf(data);
    if (image === undefined) continue;
    const address = place(image, `cell-${String(index + 1)}-attachment-${String(at + 1)}`);
    text = text.replaceAll(`attachment:${name}`, () => address);
  }
  return text;
}
