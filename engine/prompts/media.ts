import { WorkbenchError } from '../base/errors.ts';
import type { AskedRow, Attachment, DatasetSelection } from '../datasets/asked-row.ts';
import { AttachmentReader } from '../datasets/attachments.ts';
import type { Media } from '../models/model.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { MediaRequest } from './prompt.ts';

/** Reads the images and sounds that go with questions, each once where it can. */
export interface MediaLoader {
  /** The content of an attachment of a row. Throws `dataset-invalid` where the file changed since it was looked at. */
  load(attachment: Attachment, signal: AbortSignal): Promise<Media>;
  /**
   * What a prompt asks for with a row: a file whose path starts from the dataset's or the prompt's folder, or the content of a column.
   * Throws `dataset-invalid` for a file that is missing, too large, of another kind or outside the workspace.
   */
  open(request: MediaRequest, row: AskedRow, promptFolder: string, signal: AbortSignal): Promise<Media>;
}

/** Bytes kept for the next question: prompts and models ask for the same files one after another. */
const mostKept = 64 * 2 ** 20;

export function createMediaLoader(files: Files, digest: Digest, selection: DatasetSelection): MediaLoader {
  const cache = createCache();

  async function read(path: string, size: number, sha256: string, signal: AbortSignal): Promise<Uint8Array> {
    const bytes = await files.readRange(path, 0, size, signal);
    if (bytes.byteLength === size && digest.sha256(bytes) === sha256) return bytes;
    throw new WorkbenchError('dataset-invalid', `${path} changed while the run was reading it.`, {
      remedy: 'Start the run again once the file stays as it is.',
      place: { path },
    });
  }

  async function load({ mediaType, path, bytes, size, sha256 }: Attachment, signal: AbortSignal): Promise<Media> {
    const kept = cache.get(sha256);
    if (kept !== undefined) return kept;
    const content = bytes ?? (await read(path ?? '', size, sha256, signal));
    const media = { mediaType, bytes: content, digest: sha256 };
    cache.add(media);
    return media;
  }

  return {
    load,
    async open({ kind, column = kind, value }, row, promptFolder, signal) {
      const folders = [await folderOf(files, selection.path), promptFolder];
      const reader = new AttachmentReader(files, digest, [...folders, selection.folder]);
      const name: unknown = typeof value === 'object' && value !== null && 'path' in value ? value.path : value;
      const folder = await firstWith(files, folders, name);
      const asked = { line: row.line, values: { [column]: value } };
      const attachment = await reader.read(asked, column, kind, folder, selection.path, signal);
      if (attachment !== undefined) return load(attachment, signal);
      throw new WorkbenchError('dataset-invalid', `${selection.path}:${row.line}: the column "${column}" is empty.`, {
        remedy: `The prompt asks for ${kind === 'image' ? 'an image' : 'a sound'} there: complete the row or remove it.`,
        place: { path: selection.path, line: row.line },
      });
    },
  };
}

async function folderOf(files: Files, path: string): Promise<string> {
  return (await files.facts(path))?.kind === 'folder' ? path : files.parent(path);
}

/** The first folder in which there is such a file; the first of all where there is none. */
async function firstWith(files: Files, folders: readonly string[], name: unknown): Promise<string> {
  for (const folder of folders) {
    if (typeof name !== 'string' || (await files.facts(files.resolve(folder, name))) !== undefined) return folder;
  }
  return folders[0] ?? '';
}

/** What was used last, as far as it fits. */
function createCache() {
  const kept = new Map<string, Media>(); // In order of use, oldest first.
  let size = 0;
  return {
    get(digest: string): Media | undefined {
      const media = kept.get(digest);
      if (media === undefined) return undefined;
      kept.delete(digest);
      kept.set(digest, media);
      return media;
    },
    add(media: Media): void {
      if (media.bytes.byteLength > mostKept || kept.has(media.digest)) return;
      kept.set(media.digest, media);
      size += media.bytes.byteLength;
      for (const [digest, oldest] of kept) {
        if (size <= mostKept) return;
        kept.delete(digest);
        size -= oldest.bytes.byteLength;
      }
    },
  };
}
