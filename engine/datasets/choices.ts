import type { Dataset } from '../../schemas/generated/files.ts';
import { columnText, columnValue, invalidColumn, missingColumn, textOfValue } from './column.ts';
import type { DatasetRow } from './row.ts';

type Choices = NonNullable<Dataset['choices']>;

/** A row's options, with their labels where the dataset gives them any. */
export interface Options {
  readonly texts: readonly string[];
  readonly labels: readonly string[];
}

/**
 * The options of a row: a fixed list, one column each, or a column with a list of texts. That column may also hold
 * `{text: […], label: […]}`, as ARC does.
 */
export function readOptions(row: DatasetRow, choices: Choices, path: string): Options {
  if (Array.isArray(choices)) return { texts: choices, labels: [] };
  if (typeof choices === 'object') {
    return { texts: choices.columns.map(column => columnText(row, column, path)), labels: [] };
  }
  const value = columnValue(row, choices);
  if (value === undefined) throw missingColumn(row, choices, path);
  const held = parseList(value);
  const list = isMapping(held) ? held['text'] : held;
  const labels = isMapping(held) && Array.isArray(held['label']) ? held['label'].map(textOfValue) : [];
  if (!Array.isArray(list) || list.length < 2 || list.some(one => one === null || one === undefined)) {
    const remedy = 'Give every row a list of two options or more, such as ["yes", "no"].';
    throw invalidColumn(row, choices, path, 'holds no list of options', remedy);
  }
  return { texts: list.map(textOfValue), labels };
}

/** CSV has no lists: they are written as JSON there. */
function parseList(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    // It is told below that this is no list.
    return value;
  }
}

/**
 * The text of the option that a target means: by its text, its label, its letter (A is the first) or its position (0 is the first). A
 * target that is a number means a position before it means a text.
 */
export function chosenText(row: DatasetRow, column: string, { texts, labels }: Options, path: string): string {
  const value = columnValue(row, column);
  const written = columnText(row, column, path);
  const byPosition = /^\d{1,4}$/.test(written) ? texts[Number(written)] : undefined;
  const byLabel = labels.includes(written) ? texts[labels.indexOf(written)] : undefined;
  const byText = texts.includes(written) ? written : undefined;
  const found =
    typeof value === 'number'
      ? (byLabel ?? byPosition ?? byText)
      : (byText ?? byLabel ?? byLetter(written, texts) ?? byPosition);
  if (found !== undefined) return found;
  const shown = texts
    .slice(0, 6)
    .map(text => `"${text.slice(0, 40)}"`)
    .join(', ');
  const what = `holds "${written.slice(0, 40)}", which is none of the ${String(texts.length)} options (${shown})`;
  throw invalidColumn(row, column, path, what, "Write an option's text, its letter, or its position from 0.");
}

function byLetter(written: string, texts: readonly string[]): string | undefined {
  const letter = /^\(?([A-Za-z])[.)]?$/.exec(written.trim())?.[1];
  return letter === undefined ? undefined : texts[letter.toUpperCase().charCodeAt(0) - 65];
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
