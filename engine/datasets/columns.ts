import type { Files } from '../ports/files.ts';
import type { DatasetFormat } from './formats.ts';
import type { DatasetPart } from './huggingface/layout.ts';
import { readRows } from './rows.ts';

/** How many rows are looked at: JSON Lines rows may each lack some column. */
const rowsLookedAt = 50;

/** The columns a dataset has, read from its first rows, in order of first appearance. Empty for a file without rows. */
export async function readColumns(
  files: Files,
  path: string,
  format: DatasetFormat | undefined,
  signal: AbortSignal,
  part: DatasetPart = { any: true },
): Promise<readonly string[]> {
  const columns = new Set<string>();
  let seen = 0;
  for await (const rows of readRows(files, path, format, signal, part)) {
    signal.throwIfAborted();
    for (const row of rows) {
      for (const column of Object.keys(row.values)) columns.add(column);
      seen += 1;
      if (seen >= rowsLookedAt) return [...columns];
    }
  }
  return [...columns];
}
