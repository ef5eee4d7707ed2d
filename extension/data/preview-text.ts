import type { DatasetPreview } from '../../schemas/generated/messages.ts';
import { describeFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import { escapeMarkdown } from '../base/markdown.ts';
import { formatRows, showOnOneLine } from '../trees/words.ts';

/** A table of more columns cannot be read. */
const mostColumns = 24;
/** First rows of a dataset as a Markdown table in which everything from the file is literal text. */
export function describePreview({ path, columns, rows, more, failure }: DatasetPreview): string {
  const shown = columns.slice(0, mostColumns);
  const lines: string[] = [`# ${literal(path)}`, ''];
  if (failure !== undefined) lines.push(`> ${escapeMarkdown(describeFailure(failure))}`, '');
  if (rows.length === 0) return [...lines, t('There are no rows to show.'), ''].join('\n');
  lines.push(more ? t('The first {0} rows.', rows.length) : formatRows(rows.length, 'all'), '');
  if (shown.length < columns.length) {
    lines.push(t('{0} of {1} columns: {2} are left out.', shown.length, columns.length, rest(columns)), '');
  }
  lines.push(`| ${[t('Line'), ...shown.map(literal)].join(' | ')} |`);
  lines.push(`| --: |${shown.map(() => ' --- |').join('')}`);
  for (const { line, cells } of rows) {
    lines.push(`| ${[String(line), ...shown.map((_, index) => cellText(cells[index]))].join(' | ')} |`);
  }
  return [...lines, ''].join('\n');
}

function rest(columns: readonly string[]): string {
  const names = columns.slice(mostColumns);
  return names.slice(0, 50).map(literal).join(', ') + (names.length > 50 ? ' …' : '');
}

function cellText(cell: string | null | undefined): string {
  if (cell === null || cell === undefined) return '';
  return literal(cell);
}

/** No link either: `https://` and `www.` would become some by themselves. */
function literal(text: string): string {
  const escaped = escapeMarkdown(showOnOneLine(text));
  return escaped
    .replace(/:\/\//g, ':&#47;&#47;')
    .replace(/\bwww\./gi, 'www&#46;')
    .replace(/@/g, '&#64;');
}
