/** One row as the file holds it, with the line it starts on (from 1); in a Parquet file or a folder the row's number. */
export interface DatasetRow {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
  /** Absolute path of the file it comes from, where the dataset is a folder. */
  readonly file?: string;
}
