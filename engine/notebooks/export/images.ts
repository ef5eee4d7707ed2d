import { encodeBase64 } from '../../base/base64.ts';
import { toWorkbenchError } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';
import type { Notebook, NotebookCell } from '../ipynb.ts';
import { listImages } from './prose.ts';

/** Types of images that no viewer runs anything of; SVG is one where it is shown as an image. */
const types: Readonly<Record<string, string>> = {
  gif: 'image/gif',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  png: 'image/png',
  svg: 'image/svg+xml',
  webp: 'image/webp',
};

export const svgType = 'image/svg+xml';
/** In the order of preference. */
export const imageTypes: readonly string[] = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', svgType];

const largestImage = 10_000_000;
const largestSum = 50_000_000;

/** An image of an output or attachment as a data URI; undefined where it is none. */
export function imageOf(
  data: Readonly<Record<string, unknown>>,
): { readonly type: string; readonly base64: string } | undefined {
  for (const type of imageTypes) {
    const content = data[type];
    if (typeof content !== 'string') continue;
    if (type === svgType) return { type, base64: encodeBase64(new TextEncoder().encode(content)) };
    const base64 = content.replace(/\s+/g, '');
    if (/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return { type, base64 };
  }
  return undefined;
}

export function dataUri({ type, base64 }: { readonly type: string; readonly base64: string }): string {
  return `data:${type};base64,${base64}`;
}

/** Images that a Markdown cell brings with it, by the address it shows them under. */
export function attachedImages({ attachments }: NotebookCell): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [name, data] of Object.entries(attachments)) {
    const image = imageOf(data);
    if (image === undefined) continue;
    found.set(`attachment:${name}`, dataUri(image));
    found.set(`attachment:${encodeURI(name)}`, dataUri(image));
  }
  return found;
}

/**
 * Image files that Markdown cells show, by the address they are shown under. Only files beside or below the notebook are read, also
 * where a link leads out of its folder: a notebook may come from anybody.
 */
export async function readImageFiles(
  { path, cells }: Notebook,
  files: Files,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const sources = new Set(cells.flatMap(({ kind, source }) => (kind === 'markdown' ? listImages(source) : [])));
  const folder = await files.realPath(files.parent(path));
  const found = new Map<string, string>();
  let sum = 0;
  if (folder === undefined) return found;
  for (const source of sources) {
    const type = typeOf(source);
    if (type === undefined) continue;
    const file = await files.realPath(files.resolve(folder, decode(source)));
    if (file === undefined || !isInside(files.relative(folder, file))) continue;
    const facts = await files.facts(file);
    if (facts?.kind !== 'file' || facts.size > largestImage || sum + facts.size > largestSum) continue;
    sum += facts.size;
    try {
      const bytes = await files.readRange(file, 0, facts.size, signal);
      found.set(source, dataUri({ type, base64: encodeBase64(bytes) }));
    } catch (error) {
      // An image that cannot be read is named in its place.
      if (toWorkbenchError(error).code === 'cancelled') throw error;
    }
  }
  return found;
}

function typeOf(source: string): string | undefined {
  if (/^[a-z][a-z0-9+.-]*:|^\/|^\\/i.test(source)) return undefined;
  return types[/\.([a-z]+)$/i.exec(source)?.[1]?.toLowerCase() ?? ''];
}

function decode(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch {
    return source;
  }
}

function isInside(relative: string): boolean {
  return relative !== '' && !relative.startsWith('..') && !/^([a-z]:|\/)/i.test(relative);
}
