import type { ParaphrasesParameters } from '../../../schemas/generated/files.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';
import { columnText } from '../column.ts';
import type { DatasetRow } from '../row.ts';
import { readRows } from '../rows.ts';

/** Characters of keys and paraphrases that are held at once. */
const mostCharacters = 128 * 1024 * 1024;

/**
 * Opens a file of paraphrases, which is held in memory: it is joined by `key` to rows in any order. Answers with what a row is asked
 * instead. Throws `dataset-invalid` for a key that is there twice, and for a row that has no paraphrase.
 */
export async function openParaphrases(
  files: Files,
  path: string,
  { key, column }: ParaphrasesParameters,
  input: string,
  signal: AbortSignal,
): Promise<(row: DatasetRow, dataset: string) => string> {
  const keyColumn = key ?? input;
  const texts = new Map<string, { readonly text: string; readonly line: number }>();
  let characters = 0;
  for await (const rows of readRows(files, path, undefined, signal)) {
    for (const row of rows) {
      const id = columnText(row, keyColumn, path);
      const text = columnText(row, column, path);
      const before = texts.get(id);
      if (before !== undefined) {
        const where = `${path}:${String(row.line)}`;
        throw fault(
          `${where}: the key "${id.slice(0, 60)}" is in line ${String(before.line)} already.`,
          path,
          row.line,
        );
      }
      texts.set(id, { text, line: row.line });
      characters += id.length + text.length;
      if (characters > mostCharacters) throw fault(`${path} holds more paraphrases than fit into memory.`, path);
    }
  }
  return (row, dataset) => {
    const id = columnText(row, keyColumn, dataset);
    const found = texts.get(id);
    if (found !== undefined) return found.text;
    const where = `${row.file ?? dataset}:${String(row.line)}`;
    throw fault(`${where}: ${path} has no paraphrase for the key "${id.slice(0, 60)}".`, path);
  };
}

function fault(message: string, path: string, line?: number): WorkbenchError {
  return new WorkbenchError('dataset-invalid', message, {
    remedy: 'Give every row one paraphrase, found by `perturbations[].paraphrases.key`.',
    place: { path, ...(line === undefined ? {} : { line }) },
  });
}
