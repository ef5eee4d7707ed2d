import { promisify } from 'node:util';
import { inflateRaw, zstdDecompress } from 'node:zlib';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { Inflate } from '../../engine/ports/inflate.ts';

const inflate = promisify(inflateRaw);
const decompress = promisify(zstdDecompress);

/** Decompression by Node's zlib, which stops at the limit and never holds more. */
export function createInflate(): Inflate {
  return {
    deflated: (bytes, limit) => guard(inflate(bytes, { maxOutputLength: limit }), limit),
    zstandard: (bytes, limit) => guard(decompress(bytes, { maxOutputLength: limit }), limit),
  };
}

async function guard(work: Promise<Uint8Array>, limit: number): Promise<Uint8Array> {
  try {
    return await work;
  } catch (error) {
    const tooLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    const what = tooLarge ? `decompresses to more than ${limit} bytes` : 'does not decompress';
    throw new WorkbenchError('file-unreadable', `A part of the file ${what}.`, {
      remedy: 'The file may be damaged or cut off: copy it again.',
      cause: error,
    });
  }
}
