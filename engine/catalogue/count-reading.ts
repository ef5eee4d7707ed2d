import type { Files } from '../ports/files.ts';

/** The same files, with a count of the bytes that were read through them. */
export function countReading(files: Files): { readonly files: Files; bytes(): number } {
  let bytes = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      yield chunk;
    }
  }
  return {
    bytes: () => bytes,
    files: {
      ...files,
      stream: (path, signal) => counted(files.stream(path, signal)),
      streamGzip: (path, signal) => counted(files.streamGzip(path, signal)),
      async readRange(path, start, end, signal) {
        const read = await files.readRange(path, start, end, signal);
        bytes += read.byteLength;
        return read;
      },
    },
  };
}
