import type { Block, Extent } from './block.ts';
import { renderBounded } from './bounded.ts';
import { renderChart } from './chart.ts';
import { escapeHtml } from './escape-html.ts';
import { bodyCell, headerCell, rule, tableHtml } from './html-table.ts';
import { nameRest, showLine, showText } from '../../reports/shown-text.ts';

/**
 * Blocks as a piece of HTML for viewers that have nothing of ours: no script, no class, no style sheet, nothing fetched, and complete
 * where styles and drawings are taken out.
 */
export function renderStaticHtml(blocks: readonly Block[]): string {
  const parts = renderBounded(blocks, renderBlock, '\n', sentence => `<p>${escapeHtml(sentence)}</p>`);
  return `<div style="line-height:1.45;overflow-wrap:break-word">\n${parts}\n</div>\n`;
}

function renderBlock(block: Block, extent: Extent): string {
  switch (block.kind) {
    case 'head': {
      const rest = block.rest === undefined ? '' : ` – ${line(block.rest, extent.item)}`;
      return `<p><strong>${line(block.strong, extent.cell)}</strong>${rest}</p>`;
    }
    case 'text':
      return `<p>${line(block.text, extent.item)}</p>`;
    case 'list':
      return renderList(block, extent);
    case 'table':
      return renderTable(block, extent);
    case 'code': {
      const text = escapeHtml(showText(block.text, extent.code));
      const style = `white-space:pre-wrap;overflow-wrap:anywhere;margin:0.25em 0;padding:0.5em;border:1px solid ${rule}`;
      return `<p>${line(block.title, extent.item)}</p>\n<pre style="${style}">${text}</pre>`;
    }
    case 'chart':
      return renderChart(block.chart);
  }
}

function renderList({ title, items }: Block & { kind: 'list' }, extent: Extent): string {
  const shown = items.slice(0, extent.rows).map(item => `<li>${line(item, extent.item)}</li>`);
  const left = items.length - shown.length;
  if (left > 0) shown.push(`<li>and ${String(left)} more</li>`);
  const head = title === undefined ? '' : `<p>${line(title, extent.item)}</p>\n`;
  return `${head}<ul>\n${shown.join('\n')}\n</ul>`;
}

function renderTable({ caption, header, rows }: Block & { kind: 'table' }, extent: Extent): string {
  const shown = rows.slice(0, extent.rows).map(row => row.slice(0, extent.columns));
  const moreColumns = header.slice(extent.columns).map(({ text }) => text);
  const moreRows = rows.slice(extent.rows).map(row => row[0]?.text ?? '');
  const notes = [
    ...(moreRows.length === 0 ? [] : [`Rows: ${nameRest(moreRows)}.`]),
    ...(moreColumns.length === 0 ? [] : [`Columns: ${nameRest(moreColumns)}.`]),
  ];
  const table = tableHtml(
    showLine(caption, extent.cell),
    header.slice(0, extent.columns).map(cell => headerCell(cell, 'col', extent.cell)),
    shown.map(row =>
      row.map((cell, at) => (at === 0 ? headerCell(cell, 'row', extent.cell) : bodyCell(cell, extent.cell))),
    ),
  );
  return [table, ...notes.map(note => `<p>${escapeHtml(note)}</p>`)].join('\n');
}

function line(text: string, limit: number): string {
  return escapeHtml(showLine(text, limit));
}
