import type { Files } from '../../ports/files.ts';
import { readArrow } from '../arrow/read.ts';
import { openParquet } from '../parquet/file.ts';
import { readFileRows } from '../read-file.ts';
import type { DatasetRow } from '../row.ts';
import { featuresOfMetadata, nameLabels, type Features } from './features.ts';
import { findSplit, type DatasetPart } from './layout.ts';

/** Rows of one split of a folder in a Hugging Face layout, file after file; numbers of classes become their names. */
export async function* readHuggingFace(
  files: Files,
  folder: string,
  part: DatasetPart,
  signal: AbortSignal,
): AsyncIterable<readonly DatasetRow[]> {
  const { format, paths, features } = await findSplit(files, folder, part, signal);
  for (const path of paths) {
    if (format === 'arrow') {
      yield* readArrowShard(files, path, signal);
      continue;
    }
    const known = format === 'parquet' ? await parquetFeatures(files, path, features, signal) : features;
    for await (const rows of readFileRows(files, path, format, signal)) {
      yield rows.map(row => ({ ...nameLabels(row, known, path), file: path }));
    }
  }
}

async function* readArrowShard(files: Files, path: string, signal: AbortSignal): AsyncIterable<readonly DatasetRow[]> {
  for await (const { rows, metadata } of readArrow(files, path, signal)) {
    const features = featuresOfMetadata(metadata.get('huggingface'));
    yield rows.map(row => ({ ...nameLabels(row, features, path), file: path }));
  }
}

/** The card's word goes before the file's. */
async function parquetFeatures(files: Files, path: string, card: Features, signal: AbortSignal): Promise<Features> {
  const { metadata } = await openParquet(files, path, signal);
  const own = featuresOfMetadata(metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value);
  return new Map([...own, ...card]);
}
