import { WorkbenchError } from '../base/errors.ts';
import { joinBytes } from '../base/join-bytes.ts';
import { crc32 } from '../base/crc32.ts';

/** 1 January 1980, midnight: a bundle's content says when it was made, and equal bundles are equal files. */
const dosDate = 0x0021;
const localHeader = 0x04034b50;
const centralHeader = 0x02014b50;
const endOfDirectory = 0x06054b50;

/** A ZIP archive of files as they are, without compression, in their order. At most 65,535 files and 4 GiB. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const [path, content] of files) {
    const name = new TextEncoder().encode(path);
    const crc = crc32(content);
    const header = fields(30 + name.length, view => {
      view.setUint32(0, localHeader, true);
      describe(view, 4, name, content, crc);
    });
    header.set(name, 30);
    const entry = fields(46 + name.length, view => {
      view.setUint32(0, centralHeader, true);
      view.setUint16(4, 20, true);
      describe(view, 6, name, content, crc);
      view.setUint32(42, offset, true);
    });
    entry.set(name, 46);
    pieces.push(header, content);
    directory.push(entry);
    offset += header.length + content.length;
  }
  const length = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = fields(22, view => {
    view.setUint32(0, endOfDirectory, true);
    view.setUint16(8, files.size, true);
    view.setUint16(10, files.size, true);
    view.setUint32(12, length, true);
    view.setUint32(16, offset, true);
  });
  return joinBytes([...pieces, ...directory, end]);
}

/**
 * The files of an archive that `writeZip` made. Any other, and one of which a byte was changed, throws `file-invalid`: what is read is
 * packed again and must give the same bytes.
 */
export function readZip(bytes: Uint8Array, name: string): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at + 30 <= bytes.length && view.getUint32(at, true) === localHeader) {
    const size = view.getUint32(at + 18, true);
    const start = at + 30 + view.getUint16(at + 26, true);
    files.set(new TextDecoder().decode(bytes.subarray(at + 30, start)), bytes.subarray(start, start + size));
    at = start + size;
  }
  const again = writeZip(files);
  if (again.length === bytes.length && again.every((byte, index) => byte === bytes[index])) return files;
  throw new WorkbenchError('file-invalid', `${name} is no proof bundle as it was packed.`, {
    remedy: 'Unpack it, and verify the folder: what was changed is then named.',
  });
}

/** The fields that both headers of a file share, from the version that is needed on. */
function describe(view: DataView, at: number, name: Uint8Array, content: Uint8Array, crc: number): void {
  view.setUint16(at, 20, true);
  // Names are UTF-8.
  view.setUint16(at + 2, 0x0800, true);
  view.setUint16(at + 8, dosDate, true);
  view.setUint32(at + 10, crc, true);
  view.setUint32(at + 14, content.length, true);
  view.setUint32(at + 18, content.length, true);
  view.setUint16(at + 22, name.length, true);
}

function fields(length: number, fill: (view: DataView) => void): Uint8Array {
  const bytes = new Uint8Array(length);
  fill(new DataView(bytes.buffer));
  return bytes;
}
