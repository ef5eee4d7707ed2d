import type { Dataset } from '../../schemas/generated/files.ts';

export type DatasetFormat = NonNullable<Dataset['format']>;

/** Formats of single files. */
export type FileFormat = Exclude<DatasetFormat, 'huggingface' | 'wav-folder'>;

const formatOfEnding: Readonly<Record<string, FileFormat>> = {
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  csv: 'csv',
  tsv: 'tsv',
  parquet: 'parquet',
};

/** Endings of the files that can be read, with their dots. */
export const fileEndings: readonly string[] = Object.entries(formatOfEnding).flatMap(([ending, format]) =>
  format === 'parquet' ? [`.${ending}`] : [`.${ending}`, `.${ending}.gz`],
);

/** The format a path's ending says, absent when it says none we read. Text files may be packed: `.jsonl.gz`. */
export function formatOfPath(path: string): FileFormat | undefined {
  const lower = path.toLowerCase();
  const packed = lower.endsWith('.gz');
  const name = packed ? lower.slice(0, -3) : lower;
  const ending = name.slice(name.lastIndexOf('.') + 1);
  const format = Object.hasOwn(formatOfEnding, ending) ? formatOfEnding[ending] : undefined;
  return packed && format === 'parquet' ? undefined : format;
}
