import { WorkbenchError } from '../base/errors.ts';
import { readLines } from './lines.ts';
import type { DatasetRow } from './row.ts';

/** Rows of a JSON Lines file: one object a line, empty lines skipped. */
export async function* readJsonLines(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
): AsyncIterable<readonly DatasetRow[]> {
  for await (const lines of readLines(chunks, path)) {
    const rows: DatasetRow[] = [];
    for (const line of lines) {
      if (line.text.trim() !== '') rows.push({ line: line.number, values: parseRow(line.text, path, line.number) });
    }
    yield rows;
  }
}

/** One row from its JSON text; throws `dataset-invalid` with its line. */
export function parseRow(text: string, path: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WorkbenchError(
      'dataset-invalid',
      `${path}:${String(line)}: this row is not valid JSON: ${reason.replace(/[.]$/, '')}.`,
      {
        remedy: 'Correct the row; every line must be one JSON object.',
        place: { path, line },
      },
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WorkbenchError('dataset-invalid', `${path}:${String(line)}: this row is not a JSON object.`, {
      remedy: 'Write each row as an object, like {"text": "…", "category": "…"}.',
      place: { path, line },
    });
  }
  return value as Readonly<Record<string, unknown>>;
}
