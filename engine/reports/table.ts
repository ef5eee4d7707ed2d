/** A table cell; numbers are right-aligned. */
export interface Cell {
  readonly text: string;
  readonly align?: 'left' | 'right';
}

/** Lines of a plain-text table with aligned columns and a rule under its header. */
export function renderTable(header: readonly Cell[], rows: readonly (readonly Cell[])[]): string[] {
  const widths = header.map((cell, column) =>
    Math.max(cell.text.length, ...rows.map(row => row[column]?.text.length ?? 0)),
  );
  const line = (cells: readonly Cell[]): string =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? { text: '' };
        return cell.align === 'right' ? cell.text.padStart(width) : cell.text.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(header), widths.map(width => '─'.repeat(width)).join('──'), ...rows.map(line)];
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
