/** One row as the file holds it, with the line it starts on (from 1). */
export interface DatasetRow {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}
