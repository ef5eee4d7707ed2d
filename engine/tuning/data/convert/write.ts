import { WorkbenchError } from '../../../base/errors.ts';
import type { Files } from '../../../ports/files.ts';
import { DataConverter, type Conversion, type ConvertRequest } from './convert.ts';

/**
 * Writes a dataset's rows in another form into the file `out`, atomically: one that ends in `.json` holds one list. Throws `usage` where the file is
 * there and is not to be replaced, or is the dataset itself.
 */
export async function writeConverted(
  request: ConvertRequest & { readonly out: string; readonly replace: boolean },
  files: Files,
  signal: AbortSignal,
): Promise<Conversion> {
  const { out, path, replace, to } = request;
  const there = await files.facts(out);
  const isItself = there !== undefined && (await files.realPath(out)) === (await files.realPath(path));
  if (isItself || (there !== undefined && !replace)) {
    throw new WorkbenchError(
      'usage',
      `${out} is ${isItself ? 'the dataset itself' : 'there already'}; nothing was written.`,
      {
        remedy: isItself ? 'Name another file.' : 'Name another file, or have this one replaced (`--force`).',
        place: { path: out },
      },
    );
  }
  const asList = to !== 'csv' && out.toLowerCase().endsWith('.json');
  const converter = new DataConverter({ ...request, asList }, files);
  await files.writePieces(out, checked(converter, signal));
  return converter.outcome();
}

/** A file without rows is told before anything is written in its place. */
async function* checked(converter: DataConverter, signal: AbortSignal): AsyncIterable<string> {
  yield* converter.pieces(signal);
  converter.outcome();
}
