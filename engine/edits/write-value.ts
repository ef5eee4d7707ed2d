import { stringify } from 'yaml';

/** Longer values are written over several lines. */
const longestLine = 100;

/** A value on one line, as it stands between brackets too: `{a: 1}`, `[x, y]`, `"a, b"`. */
export function writeFlow(value: unknown): string {
  const text = stringify([value], {
    collectionStyle: 'flow',
    flowCollectionPadding: false,
    lineWidth: 0,
    defaultStringType: 'PLAIN',
    blockQuote: false,
  }).trimEnd();
  return text.includes('\n') ? JSON.stringify(value) : text.slice(1, -1);
}

/**
 * A field as lines of a block mapping whose fields stand in `column`; the first line without its indentation, and no line break at the end.
 * Short values stay on one line.
 */
export function writeBlockField(name: string, value: unknown, column: number, step: number, eol: string): string {
  const line = `${writeFlow(name)}: ${writeFlow(value)}`;
  const isText = typeof value === 'string' && value.includes('\n');
  if (!isText && (line.length <= longestLine || typeof value !== 'object' || value === null)) return line;
  const text = stringify({ [name]: value }, { lineWidth: 0, indent: Math.max(step, 2), flowCollectionPadding: false });
  return indentLines(text, column, eol);
}

/** Lines with an indentation of their own, but for the first, and without the last line break. */
export function indentLines(text: string, column: number, eol: string): string {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line, index) => (index === 0 || line === '' ? line : ' '.repeat(column) + line))
    .join(eol);
}
