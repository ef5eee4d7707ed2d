import type { Report } from '../../schemas/generated/messages.ts';
import { cellsOf } from './columns-text.ts';
import { countOf, formatSeconds } from './format.ts';
import { comparisonLines, frontLines, latencyTable, regressionLines, sliceTable, worstLines } from './sections.ts';
import { compactTable, summaryTable } from './summary-table.ts';
import { escapeMarkdown, renderMarkdownTable, renderTable } from './table.ts';

/**
 * A report for a page of `width` cells: the table (turned where it would not fit), the verdicts, the gate, what failed. A turned table may be
 * wider than the page, unless `limit` is what a terminal shows.
 */
export function renderText(report: Report, width: number, limit = Infinity): string {
  const wide = summaryTable(report);
  const table = renderTable(wide.header, wide.rows);
  const fits = table.every(line => cellsOf(line) <= width);
  const turned = fits ? undefined : compactTable(report);
  const lines = [
    headLine(report),
    '',
    ...(turned === undefined ? table : renderTable(turned.header, turned.rows, { width: limit })),
  ];
  const section = (items: readonly string[]): void => {
    if (items.length > 0) lines.push('', ...items);
  };
  section(comparisonLines(report));
  section([...frontLines(report), ...regressionLines(report)]);
  section(gateLines(report));
  section(report.failures.map(({ sentence }) => sentence));
  section(report.notes);
  return lines.join('\n');
}

/** The same as Markdown, for notebooks, pull requests and code hosts. */
export function renderMarkdown(report: Report): string {
  const { header, rows } = summaryTable(report);
  const lines = [
    `**${escapeMarkdown(report.title)}** — ${escapeMarkdown(headFacts(report))}`,
    '',
    ...renderMarkdownTable(header, rows),
  ];
  const section = (items: readonly string[]): void => {
    if (items.length > 0) lines.push('', ...items.map(item => `- ${escapeMarkdown(item)}`));
  };
  section(comparisonLines(report));
  section([...frontLines(report), ...regressionLines(report)]);
  section(gateLines(report));
  section(report.failures.map(({ sentence }) => sentence));
  section(report.notes);
  for (const table of [sliceTable(report), latencyTable(report)]) {
    if (table !== undefined) lines.push('', ...renderMarkdownTable(table.header, table.rows));
  }
  const worst = worstLines(report);
  if (worst.length > 0) lines.push('', 'Worst rows:');
  section(worst);
  return `${lines.join('\n')}\n`;
}

/** What became of each gate. */
export function gateLines({ gates }: Report): string[] {
  return gates.map(({ outcome, sentence }) => `${gateWord[outcome]}: ${sentence}`);
}

const gateWord = { met: 'Gate met', 'not-met': 'Gate NOT met', 'not-computed': 'Gate not computed' } as const;

function headLine(report: Report): string {
  return `${report.title}: ${headFacts(report)}`;
}

/** How much was asked, how sure the figures are, how long it took, and of which registered versions nobody knows whether they answered. */
export function headFacts(report: Report): string {
  const parts: string[] = [];
  if (report.dataset !== undefined) {
    parts.push(countOf(report.dataset.rows, 'row'));
    if (report.dataset.trainingRows > 0) parts.push(countOf(report.dataset.trainingRows, 'training row'));
  }
  parts.push(`${String(report.confidence * 100)} % intervals`);
  const [run] = report.runs;
  if (report.runs.length > 1) parts.push(countOf(report.runs.length, 'run'));
  else if (run?.startedAt !== undefined && run.endedAt !== undefined)
    parts.push(formatSeconds((run.endedAt - run.startedAt) / 1000));
  const unverified = report.variants.flatMap(({ identity }) => (identity?.state === 'unverified' ? identity.name : []));
  if (unverified.length > 0) parts.push(`identity unverified: ${[...new Set(unverified)].join(', ')}`);
  return parts.join(', ');
}
