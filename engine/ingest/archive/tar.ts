import { WorkbenchError } from '../../base/errors.ts';
import { joinBytes } from '../../base/join-bytes.ts';
import { textOf } from '../scan/bytes.ts';

/** What a TAR entry is. Links and devices are told so that they can be refused. */
export interface TarEntry {
  readonly name: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  readonly size: number;
  readonly executable: boolean;
  /** Where its content begins in the archive. */
  readonly offset: number;
}

const block = 512;
const longestExtension = 1024 * 1024;

/**
 * Reads a TAR archive (ustar, GNU long names, pax) as it comes. `begin` is called for every entry and says whether its content is wanted;
 * `data` with the content's pieces. Throws `file-invalid` for what is no archive, and for one that ends in the middle of an entry.
 */
export async function readTar(
  bytes: AsyncIterable<Uint8Array>,
  begin: (entry: TarEntry) => Promise<((chunk: Uint8Array) => Promise<void>) | undefined>,
  end: () => Promise<void>,
): Promise<void> {
  const header = new Uint8Array(block);
  let filled = 0;
  let left = 0;
  let padding = 0;
  let sink: ((chunk: Uint8Array) => Promise<void>) | undefined;
  let extension: { readonly type: string; readonly pieces: Uint8Array[] } | undefined;
  let longName: string | undefined;
  let paxed: ReadonlyMap<string, string> = new Map();
  let isOpen = false;
  let zeroBlocks = 0;
  let entries = 0;

  const finish = async (): Promise<void> => {
    if (extension !== undefined) {
      const content = joinBytes(extension.pieces);
      if (extension.type === 'L') longName = textUpToZero(content);
      else if (extension.type === 'x') paxed = readPax(content);
      extension = undefined;
    } else if (isOpen) {
      await end();
    }
    isOpen = false;
    sink = undefined;
  };

  const start = async (offset: number): Promise<void> => {
    if (header.every(byte => byte === 0)) {
      zeroBlocks += 1;
      return;
    }
    if (zeroBlocks >= 2) throw broken('something follows its end');
    zeroBlocks = 0;
    if (!checksumFits(header)) throw broken(entries === 0 ? 'it does not begin as one' : 'an entry is damaged');
    entries += 1;
    const type = String.fromCharCode(header[156] ?? 0);
    const declared = readSize(header.subarray(124, 136));
    if (['L', 'K', 'x', 'g'].includes(type)) {
      if (declared > longestExtension) throw broken('a name in it is too long');
      extension = { type, pieces: [] };
      left = declared;
    } else {
      const size = paxed.get('size');
      const name = paxed.get('path') ?? longName ?? shortName(header);
      const isSparse = type === 'S' || [...paxed.keys()].some(key => key.startsWith('GNU.sparse'));
      left = size === undefined ? declared : Number(size);
      if (!Number.isSafeInteger(left) || left < 0) throw broken('a size in it is impossible');
      const kind = kindOf(type, name, isSparse);
      // Only files have a content behind their header, whatever size a folder or link claims.
      if (kind === 'folder' || kind === 'link') left = 0;
      const mode = readOctal(header.subarray(100, 108)) ?? 0;
      sink = await begin({ name, kind, size: left, executable: kind === 'file' && (mode & 0o111) !== 0, offset });
      isOpen = true;
      longName = undefined;
      paxed = new Map();
    }
    padding = (block - (left % block)) % block;
    if (left === 0) await finish();
  };

  let before = 0;
  for await (const chunk of bytes) {
    let at = 0;
    while (at < chunk.length) {
      if (left > 0) {
        const piece = chunk.subarray(at, at + left);
        at += piece.length;
        left -= piece.length;
        if (extension !== undefined) extension.pieces.push(piece.slice());
        else await sink?.(piece);
        if (left === 0) await finish();
      } else if (padding > 0) {
        const skipped = Math.min(padding, chunk.length - at);
        at += skipped;
        padding -= skipped;
      } else {
        const piece = chunk.subarray(at, at + block - filled);
        header.set(piece, filled);
        at += piece.length;
        filled += piece.length;
        if (filled === block) {
          filled = 0;
          await start(before + at);
        }
      }
    }
    before += chunk.length;
  }
  if (left > 0 || filled > 0) throw broken('it is cut off');
  if (entries === 0) throw broken('it holds nothing');
}

function kindOf(type: string, name: string, isSparse: boolean): TarEntry['kind'] {
  if (isSparse) return 'other';
  if (type === '5' || ((type === '0' || type === '\0') && name.endsWith('/'))) return 'folder';
  if (type === '1' || type === '2') return 'link';
  return type === '0' || type === '\0' || type === '7' ? 'file' : 'other';
}

function checksumFits(header: Uint8Array): boolean {
  const told = readOctal(header.subarray(148, 156));
  if (told === undefined) return false;
  let sum = 0;
  for (let i = 0; i < block; i++) sum += i >= 148 && i < 156 ? 32 : (header[i] ?? 0);
  return sum === told;
}

function shortName(header: Uint8Array): string {
  const name = textUpToZero(header.subarray(0, 100));
  const isUstar = textOf(header.subarray(257, 262)) === 'ustar';
  // GNU's own format writes times where ustar has the prefix; it ends its magic with a blank.
  const hasPrefix = isUstar && header[262] === 0;
  const prefix = hasPrefix ? textUpToZero(header.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** Octal digits, or base 256 where the first bit is set. */
function readSize(field: Uint8Array): number {
  if (((field[0] ?? 0) & 0x80) === 0) {
    const size = readOctal(field);
    if (size === undefined) throw broken('a size in it is no number');
    return size;
  }
  let size = (field[0] ?? 0) & 0x7f;
  for (const byte of field.subarray(1)) size = size * 256 + byte;
  if (!Number.isSafeInteger(size)) throw broken('a size in it is impossible');
  return size;
}

function readOctal(field: Uint8Array): number | undefined {
  const text = textUpToZero(field).trim();
  if (text === '') return 0;
  return /^[0-7]+$/.test(text) ? parseInt(text, 8) : undefined;
}

/** `LENGTH KEY=VALUE\n`, where the length counts all of it. */
function readPax(bytes: Uint8Array): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let at = 0;
  while (at < bytes.length) {
    const space = bytes.indexOf(32, at);
    const length = space < 0 ? Number.NaN : Number(textOf(bytes.subarray(at, space)));
    if (!Number.isSafeInteger(length) || length < space - at + 2 || at + length > bytes.length)
      throw broken('a pax header in it is damaged');
    const record = textOf(bytes.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    if (equals > 0) found.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return found;
}

function textUpToZero(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return textOf(end < 0 ? bytes : bytes.subarray(0, end));
}

function broken(what: string): WorkbenchError {
  return new WorkbenchError('file-invalid', `This is no readable TAR archive: ${what}.`, {
    remedy: 'Fetch it again, or pack it again.',
  });
}
