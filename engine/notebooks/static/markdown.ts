import { escapeMarkdown, renderMarkdownTable, type Cell } from '../../reports/table.ts';
import type { Block, Extent } from './block.ts';
import { renderBounded } from './bounded.ts';
import { nameRest, showLine, showText } from '../../reports/shown-text.ts';

/** Blocks as Markdown (GitHub's), for viewers that have nothing of ours. */
export function renderStaticMarkdown(blocks: readonly Block[]): string {
  const shown = blocks.filter(({ kind }) => kind !== 'chart');
  return `${renderBounded(shown, renderBlock, '\n\n', escapeMarkdown)}\n`;
}

function renderBlock(block: Block, extent: Extent): string {
  switch (block.kind) {
    case 'head': {
      const rest = block.rest === undefined ? '' : ` — ${line(block.rest, extent.item)}`;
      return `**${line(block.strong, extent.cell)}**${rest}`;
    }
    case 'text':
      return startOfLine(line(block.text, extent.item));
    case 'list':
      return renderList(block, extent);
    case 'table':
      return renderTable(block, extent);
    case 'code':
      return `${startOfLine(line(block.title, extent.item))}\n\n${fenced(showText(block.text, extent.code), 'text')}`;
    case 'chart':
      return '';
  }
}

/** A code block whose fence is longer than any in the text: nothing in it ends the block. */
export function fenced(text: string, language: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}${text.endsWith('\n') ? '' : '\n'}${fence}`;
}

function renderList({ title, items }: Block & { kind: 'list' }, extent: Extent): string {
  const shown = items.slice(0, extent.rows).map(item => `- ${startOfLine(line(item, extent.item))}`);
  const left = items.length - shown.length;
  if (left > 0) shown.push(`- and ${String(left)} more`);
  return [...(title === undefined ? [] : [line(title, extent.item), '']), ...shown].join('\n');
}

function renderTable({ caption, header, rows }: Block & { kind: 'table' }, extent: Extent): string {
  const cut = ({ text, align }: Cell): Cell => ({
    text: showLine(text, extent.cell),
    ...(align === undefined ? {} : { align }),
  });
  const shown = rows.slice(0, extent.rows).map(row => row.slice(0, extent.columns).map(cut));
  const moreRows = rows.slice(extent.rows).map(row => row[0]?.text ?? '');
  const moreColumns = header.slice(extent.columns).map(({ text }) => text);
  return [
    `${line(caption, extent.cell)}:`,
    '',
    ...renderMarkdownTable(header.slice(0, extent.columns).map(cut), shown),
    ...(moreRows.length === 0 ? [] : ['', `Rows: ${escapeMarkdown(nameRest(moreRows))}.`]),
    ...(moreColumns.length === 0 ? [] : ['', `Columns: ${escapeMarkdown(nameRest(moreColumns))}.`]),
  ].join('\n');
}

function line(text: string, limit: number): string {
  return escapeMarkdown(showLine(text, limit));
}

/** What would begin a list, a heading's underline or an ordered list there is text. */
function startOfLine(text: string): string {
  return text.replace(/^([-+=])/, '\\$1').replace(/^(\d+)([.)])/, '$1\\$2');
}
