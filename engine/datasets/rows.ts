import { WorkbenchError } from '../base/errors.ts';
import type { Dataset } from '../../schemas/generated/files.ts';
import type { Files } from '../ports/files.ts';
import { readDelimited } from './csv.ts';
import { readJsonLines } from './jsonl.ts';
import type { DatasetRow } from './row.ts';

export type DatasetFormat = NonNullable<Dataset['format']>;

const formatOfEnding: Readonly<Record<string, DatasetFormat>> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  csv: 'csv',
  tsv: 'tsv',
};

/** The format a path's ending says, absent when it says none we read. */
export function formatOfPath(path: string): DatasetFormat | undefined {
  return formatOfEnding[path.slice(path.lastIndexOf('.') + 1).toLowerCase()];
}

/** All rows of a dataset file in order, in batches; the file is never whole in memory. */
export function readRows(
  files: Files,
  path: string,
  format: DatasetFormat | undefined,
  signal: AbortSignal,
): AsyncIterable<readonly DatasetRow[]> {
  const chosen = format ?? formatOfPath(path);
  if (chosen === undefined) {
    throw new WorkbenchError('dataset-invalid', `${path}: the file's ending does not say how to read it.`, {
      remedy: 'Use a .jsonl, .csv or .tsv file, or set `dataset.format`.',
      place: { path },
    });
  }
  const chunks = files.stream(path, signal);
  if (chosen === 'jsonl') return readJsonLines(chunks, path);
  return readDelimited(chunks, path, chosen === 'csv' ? ',' : '\t');
}
