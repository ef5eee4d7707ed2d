import { escapeMarkdown, renderMarkdownTable, type Cell } from '../reports/table.ts';
import { showLine, showText } from '../reports/shown-text.ts';

const longestCell = 300;
const longestText = 5_000;
const mostRows = 200;

/** Text others wrote, on one line, as Markdown that shows it as it is. */
export function plain(text: string): string {
  return escapeMarkdown(showLine(text, longestCell))
    .replace(/^([-+=])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2');
}

/** The same with its paragraphs. */
export function paragraphs(text: string): string {
  return showText(text, longestText)
    .split(/\n[ \t]*\n/)
    .map(part => part.trim())
    .filter(part => part !== '')
    .map(part =>
      escapeMarkdown(part)
        .replace(/^([-+=])/, '\\$1')
        .replace(/^(\d+)([.)])/, '$1\\$2'),
    )
    .join('\n\n');
}

export type Fact = readonly [name: string, value: string | undefined];

/** A list of facts; those that are not known are left out. Values are Markdown. */
export function factList(facts: readonly Fact[]): string {
  return facts
    .flatMap(([name, value]) => (value === undefined || value === '' ? [] : [`- ${name}: ${value}`]))
    .join('\n');
}

/** A table whose cells show texts as they are; an empty one is nothing. */
export function table(header: readonly Cell[], rows: readonly (readonly Cell[])[]): string {
  if (rows.length === 0) return '';
  const lines = renderMarkdownTable(
    header,
    rows.slice(0, mostRows).map(row => row.map(cell => ({ ...cell, text: showLine(cell.text, longestCell) }))),
  );
  const left = rows.length - mostRows;
  return [...lines, ...(left > 0 ? ['', `and ${String(left)} more`] : [])].join('\n');
}

export function left(text: string): Cell {
  return { text };
}

export function right(text: string): Cell {
  return { text, align: 'right' };
}

/** A digest or a name in code. Nothing in it ends the code. */
export function code(text: string): string {
  return `\`${showLine(text, longestCell).replaceAll('`', "'")}\``;
}
