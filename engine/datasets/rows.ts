import { WorkbenchError } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';
import { readWavFolder } from './audio/folder.ts';
import { formatOfPath, type DatasetFormat } from './formats.ts';
import type { DatasetPart } from './huggingface/layout.ts';
import { readHuggingFace } from './huggingface/read.ts';
import { readFileRows } from './read-file.ts';
import type { DatasetRow } from './row.ts';

/**
 * All rows of a dataset in order, in batches; no file is ever whole in memory. `part` says which part of a Hugging Face folder is meant.
 * Throws `dataset-invalid` with the row's line, and `file-…` errors.
 */
export async function* readRows(
  files: Files,
  path: string,
  format: DatasetFormat | undefined,
  signal: AbortSignal,
  part: DatasetPart = {},
): AsyncIterable<readonly DatasetRow[]> {
  const chosen = format ?? formatOfPath(path) ?? (await formatOfFolder(files, path));
  if (chosen === 'huggingface') yield* readHuggingFace(files, path, part, signal);
  else if (chosen === 'wav-folder') yield* readWavFolder(files, path, signal);
  else yield* readFileRows(files, path, chosen, signal);
}

async function formatOfFolder(files: Files, path: string): Promise<DatasetFormat> {
  if ((await files.facts(path))?.kind === 'folder') return 'huggingface';
  throw new WorkbenchError('dataset-invalid', `${path}: the file's ending does not say how to read it.`, {
    remedy: 'Use a .jsonl, .json, .csv, .tsv or .parquet file, or set `dataset.format`.',
    place: { path },
  });
}
