import type { Cell } from '../../reports/table.ts';
import { escapeHtml } from './escape-html.ts';
import { showLine } from '../../reports/shown-text.ts';

/** A grey that shows on white and on black; text has the colour of what is around it. */
export const rule = 'rgba(128,128,128,0.45)';

const cellStyle = `padding:0.25em 0.75em 0.25em 0;border-bottom:1px solid ${rule};vertical-align:top`;

/** A table under its caption. A wide one scrolls by itself, also by keyboard, and not the page with it. */
export function tableHtml(caption: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const label = escapeHtml(caption);
  return [
    `<div role="group" tabindex="0" aria-label="${label}" style="overflow-x:auto">`,
    '<table style="border-collapse:collapse;margin:0.5em 0">',
    `<caption style="text-align:left;font-weight:600;padding:0.25em 0">${label}</caption>`,
    `<thead>\n<tr>${head.join('')}</tr>\n</thead>`,
    '<tbody>',
    ...rows.map(cells => `<tr>${cells.join('')}</tr>`),
    '</tbody>',
    '</table>',
    '</div>',
  ].join('\n');
}

export function headerCell({ text, align }: Cell, scope: 'col' | 'row', limit: number): string {
  // Names such as `embedded:majority` have no place to break well.
  const own = scope === 'row' ? ';font-weight:inherit;min-width:11em' : '';
  return `<th scope="${scope}" style="${styleOf(align)}${own}">${escapeHtml(showLine(text, limit))}</th>`;
}

export function bodyCell({ text, align }: Cell, limit: number): string {
  return markupCell(escapeHtml(showLine(text, limit)), align);
}

/** A cell that holds markup of ours. */
export function markupCell(markup: string, align: Cell['align'] = 'left'): string {
  return `<td style="${styleOf(align)}">${markup}</td>`;
}

/** Words without an end do not widen a column; numbers are never broken. */
function styleOf(align: Cell['align'] = 'left'): string {
  return `text-align:${align};${cellStyle}${align === 'left' ? ';overflow-wrap:anywhere;min-width:7em' : ''}`;
}
