import type { MetricValue, Report } from '../../../schemas/generated/messages.ts';
import { formatNumber, formatValue, variantName } from '../../reports/format.ts';
import { comparisonLines, frontLines, latencyTable, regressionLines, sliceTable } from '../../reports/sections.ts';
import { summaryTable } from '../../reports/summary-table.ts';
import { gateLines, headFacts } from '../../reports/text.ts';
import type { Cell } from '../../reports/table.ts';
import type { Block } from './block.ts';
import { listBlock } from './list-block.ts';

/** A benchmark run's report, or the comparison of several. */
export function describeReport(report: Report): readonly Block[] {
  const slices = sliceTable(report);
  const latencies = latencyTable(report);
  const leading = leadingFigure(report);
  return [
    { kind: 'head', strong: report.title, rest: headFacts(report) },
    ...listBlock(undefined, gateLines(report)),
    { kind: 'table', caption: 'Models', ...summaryTable(report) },
    ...chartOf(report, leading),
    ...listBlock('Verdicts', [...comparisonLines(report), ...frontLines(report), ...regressionLines(report)]),
    ...(slices === undefined ? [] : [{ kind: 'table', caption: captionOf('Slices', leading), ...slices } as const]),
    ...(latencies === undefined ? [] : [{ kind: 'table', caption: 'Latency', ...latencies } as const]),
    ...worstTable(report),
    ...listBlock(
      'Failed answers',
      report.failures.map(({ sentence }) => sentence),
    ),
    ...listBlock('Notes', [...failureLines(report), ...report.notes]),
  ];
}

function captionOf(what: string, figure: MetricValue | undefined): string {
  return figure === undefined ? what : `${what}, by ${figure.label}`;
}

/** The figure by which models are told apart; every model has its own. */
function leadingFigure({ leading, variants }: Report): MetricValue | undefined {
  const figures = variants.flatMap(({ metrics }) => metrics.filter(({ value }) => value !== null));
  return figures.find(({ metric }) => metric === leading) ?? figures.find(({ kind }) => kind === 'quality');
}

/** One point says no more than its row in the table. */
function chartOf({ variants, runs, confidence }: Report, leading: MetricValue | undefined): readonly Block[] {
  if (leading === undefined) return [];
  const points = variants.flatMap(variant => {
    const figure = variant.metrics.find(({ metric }) => metric === leading.metric);
    if (figure === undefined || figure.value === null || figure.unit !== leading.unit) return [];
    const name = runs.length > 1 ? `${variantName(variant)}, ${variant.runId}` : variantName(variant);
    return [{ name, value: figure.value, low: figure.low, high: figure.high, words: formatValue(figure) }];
  });
  if (points.length < 2) return [];
  const percent = Number((confidence * 100).toFixed(2));
  return [
    {
      kind: 'chart',
      chart: { kind: 'intervals', title: `${leading.label} with ${String(percent)} % intervals`, points },
    },
  ];
}

const mostWorst = 3;

function worstTable({ variants }: Report): readonly Block[] {
  const right = (text: string): Cell => ({ text, align: 'right' });
  const rows = variants.flatMap(variant =>
    (variant.worst ?? [])
      .slice(0, mostWorst)
      .map(({ id, score, input, target, output }) => [
        { text: variantName(variant) },
        right(formatNumber(score, 'score')),
        ...[input, target, output].map(text => ({ text: shorten(text) })),
        { text: `${variant.runId}#${String(id)}` },
      ]),
  );
  if (rows.length === 0) return [];
  const header = [
    { text: 'Model' },
    right('Score'),
    ...['Asked', 'Expected', 'Answered', 'Sample'].map(text => ({ text })),
  ];
  return [{ kind: 'table', caption: 'Worst rows', header, rows }];
}

/** Enough of a text to recognise its row. */
function shorten(text: string): string {
  return text.length <= 120 ? text : `${text.slice(0, 119).replace(/[\ud800-\udbff]$/, '')}…`;
}

function failureLines({ runs }: Report): readonly string[] {
  return runs.flatMap(({ state, failure }) =>
    state === 'failed' && failure !== undefined ? [[failure.message, failure.remedy].filter(Boolean).join(' ')] : [],
  );
}
