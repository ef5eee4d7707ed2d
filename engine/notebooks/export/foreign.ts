import type { NotebookOutput } from '../ipynb.ts';
import { imageOf } from './images.ts';

/** An output that is not ours as it can be shown without running anything of it. */
export type Shown =
  | { readonly as: 'image'; readonly type: string; readonly base64: string; readonly alt: string }
  | { readonly as: 'markdown'; readonly text: string }
  | { readonly as: 'text'; readonly text: string; readonly label?: string }
  | { readonly as: 'source'; readonly text: string; readonly note: string };

/** Picks what is safest and says most: images, Markdown, plain text, JSON. HTML of unknown origin is shown as text. */
export function showForeign(output: NotebookOutput): Shown {
  if (output.type === 'stream') {
    return { as: 'text', text: output.text, ...(output.name === 'stderr' ? { label: 'stderr' } : {}) };
  }
  if (output.type === 'error') {
    const text = output.traceback.length > 0 ? output.traceback.join('\n') : `${output.name}: ${output.value}`;
    return { as: 'text', text, label: 'error' };
  }
  const { data } = output;
  const plain = textOf(data['text/plain']);
  const image = imageOf(data);
  if (image !== undefined) return { as: 'image', ...image, alt: plain ?? 'Image' };
  const markdown = textOf(data['text/markdown']);
  if (markdown !== undefined) return { as: 'markdown', text: markdown };
  if (plain !== undefined) return { as: 'text', text: plain };
  const json = data['application/json'];
  if (json !== undefined) return { as: 'text', text: JSON.stringify(json, undefined, 2) };
  const html = textOf(data['text/html']);
  if (html !== undefined)
    return { as: 'source', text: html, note: 'This output is HTML, which is shown here as text.' };
  const types = Object.keys(data).join(', ');
  return { as: 'text', text: types === '' ? '(an empty output)' : `(an output of the type ${types})` };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
