import { WorkbenchError } from '../../base/errors.ts';

/** What a Parquet file claims and does not keep. */
export function brokenParquet(path: string, what: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('dataset-invalid', `${path} cannot be read as Parquet: ${what}.`, {
    remedy: 'Check that the file is whole; write it again, or export the rows to JSON Lines.',
    place: { path },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** A Parquet file that asks for more memory than a dataset may take. */
export function tooLargeParquet(path: string, what: string): WorkbenchError {
  return new WorkbenchError('dataset-invalid', `${path}: ${what}.`, {
    remedy: 'Write the file with smaller row groups (pyarrow: `row_group_size=10000`).',
    place: { path },
  });
}
