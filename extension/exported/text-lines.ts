import { FailureError } from '../base/failure.ts';

/** Lines of UTF-8 text, without their ends; a byte order mark is left out. Throws a FailureError for what is no text. */
export async function* readTextLines(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const decode = (chunk?: Uint8Array): string => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
    } catch (error) {
      const failure = {
        code: 'file-invalid',
        message: `${name} is no exported run: it is no UTF-8 text.`,
        remedy: 'Export the run again.',
      };
      throw new FailureError(failure, error);
    }
  };
  // Joined once a line, so that a line of many chunks is not copied with each of them.
  let pieces: string[] = [];
  const cut = function* (text: string): Generator<string> {
    let start = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
      pieces.push(text.slice(start, end));
      const line = pieces.join('');
      pieces = [];
      start = end + 1;
      yield line.endsWith('\r') ? line.slice(0, -1) : line;
    }
    if (start < text.length) pieces.push(text.slice(start));
  };
  for await (const chunk of chunks) yield* cut(decode(chunk));
  yield* cut(decode());
  if (pieces.length > 0) yield pieces.join('');
}
