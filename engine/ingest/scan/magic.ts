import { ascii, beginsAt, viewOf } from './bytes.ts';
import { beginsAsPickle } from './pickle.ts';
import { beginsAsSafetensors } from './safetensors.ts';

/** What a file is by its content. */
export type Format =
  | 'safetensors'
  | 'gguf'
  | 'ggml'
  | 'zip'
  | 'pickle'
  | 'npy'
  | 'hdf5'
  | 'gzip'
  | 'bzip2'
  | 'xz'
  | 'zstd'
  | '7z'
  | 'rar'
  | 'lz4'
  | 'tar'
  | 'elf'
  | 'pe'
  | 'mach-o'
  | 'wasm'
  | 'script'
  | 'java'
  | 'pdf'
  | 'image'
  | 'text'
  | 'binary'
  | 'empty';

const magics: readonly (readonly [bytes: string, format: Format])[] = [
  ['GGUF', 'gguf'],
  ['lmgg', 'ggml'],
  ['fmgg', 'ggml'],
  ['tjgg', 'ggml'],
  ['PK\x03\x04', 'zip'],
  ['PK\x05\x06', 'zip'],
  ['\x93NUMPY', 'npy'],
  ['\x89HDF\r\n\x1a\n', 'hdf5'],
  ['\x1f\x8b', 'gzip'],
  ['BZh', 'bzip2'],
  ['\xfd7zXZ\x00', 'xz'],
  ['\x28\xb5\x2f\xfd', 'zstd'],
  ['7z\xbc\xaf\x27\x1c', '7z'],
  ['Rar!\x1a\x07', 'rar'],
  ['\x04\x22\x4d\x18', 'lz4'],
  ['\x7fELF', 'elf'],
  ['\xfe\xed\xfa\xce', 'mach-o'],
  ['\xfe\xed\xfa\xcf', 'mach-o'],
  ['\xce\xfa\xed\xfe', 'mach-o'],
  ['\xcf\xfa\xed\xfe', 'mach-o'],
  ['\x00asm', 'wasm'],
  ['#!', 'script'],
  ['%PDF', 'pdf'],
  ['\x89PNG', 'image'],
  ['\xff\xd8\xff', 'image'],
  ['GIF8', 'image'],
  ['RIFF', 'image'],
];
const prepared = magics.map(([text, format]) => ({ bytes: ascii(text), format }));

/** Bytes of a file's beginning that its format is told by. */
export const headBytes = 1024;

/** Tells a file's format by its first bytes, whatever it is called. */
export function formatOf(head: Uint8Array, size: number): Format {
  if (size === 0) return 'empty';
  for (const { bytes, format } of prepared) if (beginsAt(head, 0, bytes)) return format;
  if (beginsAt(head, 0, ascii('MZ')) && isPortableExecutable(head)) return 'pe';
  // Java's classes begin as universal Mach-O files do; those hold a handful of architectures.
  if (beginsAt(head, 0, ascii('\xca\xfe\xba\xbe'))) return (head[7] ?? 0) < 20 && head[6] === 0 ? 'mach-o' : 'java';
  if (beginsAt(head, 257, ascii('ustar'))) return 'tar';
  if (beginsAsSafetensors(head, size)) return 'safetensors';
  if (beginsAsPickle(head)) return 'pickle';
  return isText(head) ? 'text' : 'binary';
}

function isPortableExecutable(head: Uint8Array): boolean {
  if (head.length < 64) return true;
  const at = viewOf(head).getUint32(0x3c, true);
  // A header that lies further in is not seen here: two letters alone are taken for one then.
  return at + 4 > head.length || beginsAt(head, at, ascii('PE'));
}

function isText(head: Uint8Array): boolean {
  if (head.includes(0)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
    return true;
  } catch {
    return false;
  }
}
