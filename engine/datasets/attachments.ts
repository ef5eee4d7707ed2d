import type { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { Attachment } from './asked-row.ts';
import { readWavFacts } from './audio/wav.ts';
import { columnValue, invalidColumn, missingColumn } from './column.ts';
import type { DatasetRow } from './row.ts';

type AttachmentKind = 'audio' | 'image';

/** Bytes; what endpoints take at most, and more. */
const largest: Readonly<Record<AttachmentKind, number>> = { audio: 64 * 1024 * 1024, image: 20 * 1024 * 1024 };

/** Reads the files that rows name, from the folders they may lie in. */
export class AttachmentReader {
  readonly #files: Files;
  readonly #digest: Digest;
  readonly #folders: readonly (string | undefined)[];
  #roots: readonly string[] | undefined;

  /** Files may lie in `folders` alone, links followed. */
  constructor(files: Files, digest: Digest, folders: readonly (string | undefined)[]) {
    this.#files = files;
    this.#digest = digest;
    this.#folders = folders;
  }

  /**
   * The file that a row's column holds: a path seen from `folder`, or Hugging Face's `{bytes, path}`. Absent where the column is null.
   * Throws `dataset-invalid` for a path out of the allowed folders, a file that is too large, and content of another kind.
   */
  async read(
    row: DatasetRow,
    column: string,
    kind: AttachmentKind,
    folder: string,
    path: string,
    signal: AbortSignal,
  ): Promise<Attachment | undefined> {
    const value = columnValue(row, column);
    if (value === undefined) throw missingColumn(row, column, path);
    if (value === null) return undefined;
    const fault = (what: string, remedy: string): WorkbenchError => invalidColumn(row, column, path, what, remedy);
    const held = heldBytes(value);
    if (held !== undefined) return this.#describe(held, undefined, kind, fault);
    const name = typeof value === 'object' && 'path' in value ? value.path : value;
    if (typeof name !== 'string' || name === '') {
      throw fault(`holds no ${kind}`, 'Write the path of a file, or the `{bytes, path}` of Hugging Face datasets.');
    }
    if (/^[a-z][a-z0-9+.-]{1,20}:/i.test(name) && !/^[a-z]:[\\/]/i.test(name)) {
      throw fault(
        `holds an address, "${name.slice(0, 60)}"`,
        'Nothing is fetched for a row: save the file beside the dataset.',
      );
    }
    const file = await this.#locate(this.#files.resolve(folder, name), name, fault);
    const size = (await this.#files.facts(file))?.size ?? 0;
    if (size > largest[kind]) throw tooLarge(kind, fault);
    return this.#describe(await this.#files.readRange(file, 0, size, signal), file, kind, fault);
  }

  async #locate(path: string, name: string, fault: Fault): Promise<string> {
    const real = await this.#files.realPath(path);
    if (real === undefined || (await this.#files.facts(real))?.kind !== 'file') {
      throw fault(
        `names "${name.slice(0, 200)}", and there is no such file`,
        'Paths start from the dataset file’s folder.',
      );
    }
    this.#roots ??= await this.#realRoots();
    if (this.#roots.some(root => isBelow(this.#files, root, real))) return real;
    throw fault(
      `names "${name.slice(0, 200)}", which lies outside the dataset's folder and the workspace`,
      'Copy the file into the dataset’s folder.',
    );
  }

  async #realRoots(): Promise<readonly string[]> {
    const roots: string[] = [];
    for (const folder of this.#folders) {
      const root = folder === undefined ? undefined : await this.#files.realPath(folder);
      if (root !== undefined) roots.push(root);
    }
    return roots;
  }

  #describe(bytes: Uint8Array, path: string | undefined, kind: AttachmentKind, fault: Fault): Attachment {
    if (bytes.byteLength > largest[kind]) throw tooLarge(kind, fault);
    const mediaType = mediaTypeOf(bytes);
    if (mediaType?.startsWith(`${kind}/`) !== true) {
      // A file that calls itself WAV is told what it is instead.
      if (kind === 'audio' && path?.toLowerCase().endsWith('.wav') === true) readWavFacts(bytes, path);
      const known = kind === 'audio' ? 'WAV, MP3, FLAC, Ogg, MP4 or WebM' : 'PNG, JPEG, GIF or WebP';
      throw fault(`holds ${mediaType ?? 'a file of unknown kind'}, not ${kind}`, `Save it as ${known}.`);
    }
    const facts =
      kind === 'audio' && path?.toLowerCase().endsWith('.wav') === true ? readWavFacts(bytes, path) : undefined;
    const sha256 = this.#digest.sha256(bytes);
    return {
      ...{ mediaType, size: bytes.byteLength, sha256 },
      ...(path === undefined ? { bytes } : { path }),
      ...(facts === undefined ? {} : { seconds: facts.seconds }),
    };
  }
}

type Fault = (what: string, remedy: string) => WorkbenchError;

function tooLarge(kind: AttachmentKind, fault: Fault): WorkbenchError {
  return fault(`holds ${kind} of more than ${String(largest[kind] / 1024 / 1024)} MiB`, 'Make it shorter or smaller.');
}

function heldBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value;
  const bytes: unknown = typeof value === 'object' && value !== null && 'bytes' in value ? value.bytes : undefined;
  return bytes instanceof Uint8Array ? bytes : undefined;
}

/** Whether `path` lies in the folder `root`; both are absolute and without links. */
function isBelow(files: Files, root: string, path: string): boolean {
  const relative = files.relative(root, path);
  return (
    relative !== '' &&
    relative !== '..' &&
    !relative.startsWith('../') &&
    files.resolve(root, relative) === path &&
    relative !== path.replaceAll('\\', '/')
  );
}

/** The bytes that files of a kind start with, each with the place where they stand. */
const signatures: readonly (readonly [mediaType: string, at: number, bytes: string])[] = [
  ['image/png', 0, '\x89PNG\r\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF8'],
  ['image/webp', 8, 'WEBP'],
  ['audio/wav', 8, 'WAVE'],
  ['audio/flac', 0, 'fLaC'],
  ['audio/ogg', 0, 'OggS'],
  ['audio/mpeg', 0, 'ID3'],
  ['audio/mp4', 4, 'ftyp'],
  ['audio/webm', 0, '\x1aE\xdf\xa3'],
];

/** What a file is, told from its first bytes. */
function mediaTypeOf(bytes: Uint8Array): string | undefined {
  const found = signatures.find(([, at, signature]) =>
    Array.from(signature).every((character, index) => bytes[at + index] === character.charCodeAt(0)),
  );
  if (found !== undefined) return found[0];
  // MP3 without a tag: eleven set bits begin a frame.
  return bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe0) === 0xe0 && bytes[1] !== 0xff ? 'audio/mpeg' : undefined;
}
