import { cellsOf } from './columns-text.ts';
import { blockLines, padCells, shortenText, shrinkWidths } from './fit-text.ts';

/** A table cell; numbers are right-aligned. */
export interface Cell {
  readonly text: string;
  readonly align?: 'left' | 'right';
  /** End of the text that stays where the rest is shortened, such as a figure behind a name. */
  readonly keep?: string;
}

/** What a plain-text table must go into. */
export interface TableSpace {
  /** Cells of a terminal; default: no limit, as for files and pipes. */
  readonly width?: number;
  /** Headers of the columns that may be shortened: names and sentences. Ids, figures and their units stay whole. */
  readonly shortened?: readonly string[];
  /** Headers of the columns that are left out, one after the other, before rows become lines: what a row can be read without. */
  readonly dropped?: readonly string[];
}

/** A name or sentence shorter than this says nothing. */
const narrowest = 8;
const gap = '  ';

/**
 * Lines of a plain-text table with aligned columns and a rule under its header. Where it is wider than its space, the widest of the columns
 * that may be shortened are; where that is not enough, or would make different rows look alike, columns are left out that may be, and at
 * last each row becomes lines of `label  value`.
 */
export function renderTable(
  header: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  { width = Infinity, shortened = [], dropped = [] }: TableSpace = {},
): string[] {
  for (let count = 0; count <= dropped.length; count += 1) {
    const left = new Set(dropped.slice(0, count));
    const kept = <T>(cells: readonly T[]): readonly T[] => cells.filter((_, at) => !left.has(header[at]?.text ?? ''));
    const fitted = fitTable(kept(header), rows.map(kept), width, shortened);
    if (fitted !== undefined) return fitted;
  }
  return renderBlocks(header, rows, width);
}

/** Undefined where the columns do not fit. */
function fitTable(
  header: readonly Cell[],
  rows: readonly (readonly Cell[])[],
  limit: number,
  shortened: readonly string[],
): string[] | undefined {
  const natural = header.map((cell, column) =>
    Math.max(cellsOf(cell.text), ...rows.map(row => cellsOf(row[column]?.text ?? ''))),
  );
  const room = limit - gap.length * (header.length - 1);
  if (natural.reduce((sum, width) => sum + width, 0) <= room) return layOut(header, rows, natural);
  const floors = header.map(({ text }, column) =>
    shortened.includes(text) ? Math.max(cellsOf(text), ...rows.map(row => leastCells(row[column]))) : undefined,
  );
  const widths = shrinkWidths(natural, floors, room);
  if (widths === undefined) return undefined;
  const fitted = rows.map(row =>
    row.map((cell, at) => ({ ...cell, text: shortenText(cell.text, widths[at] ?? 0, cell.keep) })),
  );
  return countDistinct(fitted) === countDistinct(rows) ? layOut(header, fitted, widths) : undefined;
}

function leastCells({ text, keep = '' }: Cell = { text: '' }): number {
  return Math.min(cellsOf(text), narrowest + cellsOf(keep));
}

function layOut(header: readonly Cell[], rows: readonly (readonly Cell[])[], widths: readonly number[]): string[] {
  const line = (cells: readonly Cell[]): string =>
    widths
      .map((width, column) => padCells(cells[column]?.text ?? '', width, cells[column]?.align))
      .join(gap)
      .trimEnd();
  return [line(header), widths.map(width => '─'.repeat(width)).join('──'), ...rows.map(line)];
}

/** Rows that can be told apart by what is not a number. */
function countDistinct(rows: readonly (readonly Cell[])[]): number {
  const textOf = (row: readonly Cell[]): string =>
    row.map(({ text, align }) => (align === 'right' ? '' : text)).join('\n');
  return new Set(rows.map(textOf)).size;
}

function renderBlocks(header: readonly Cell[], rows: readonly (readonly Cell[])[], limit: number): string[] {
  const labels = header.map(({ text }) => text);
  return rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...blockLines(
      labels,
      row.map(({ text }) => text),
      limit,
    ),
  ]);
}

/** Lines of a Markdown table; pipes, line breaks and markup in cells stay text. */
export function renderMarkdownTable(header: readonly Cell[], rows: readonly (readonly Cell[])[]): string[] {
  const line = (cells: readonly Cell[]): string => `| ${cells.map(cell => escapeMarkdown(cell.text)).join(' | ')} |`;
  const rule = `| ${header.map(cell => (cell.align === 'right' ? '---:' : '---')).join(' | ')} |`;
  return [line(header), rule, ...rows.map(line)];
}

/** Text that Markdown shows as it is: no markup, no HTML, no entity, no line break, no end of a table cell. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s*[\r\n\t]+\s*/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]{}|~#$]/g, character => `\\${character}`);
}
