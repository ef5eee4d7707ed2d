import type { MetricValue, Report, VariantResult } from '../../schemas/generated/messages.ts';
import { formatNumber, formatValue, groupDigits, variantName } from './format.ts';
import type { Cell } from './table.ts';

/** Figures a summary leaves out: they stand in the report. */
const details = new Set([
  'latency.mean',
  'time-to-first-token.mean',
  'latency.p90',
  'latency.p99',
  'time-to-first-token.p90',
  'time-to-first-token.p99',
  'cost.perThousand',
]);

/** Variants × metrics, as a terminal, a Markdown cell and a pull request show it. The baseline is marked. */
export function summaryTable(report: Report): {
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
} {
  const figures = figuresOf(report.variants);
  const several = report.runs.length > 1;
  const header: Cell[] = [
    { text: 'Model' },
    ...(several ? [{ text: 'Run' }] : []),
    ...figures.map(({ label }) => ({ text: label, align: 'right' as const })),
    { text: 'n', align: 'right' },
    { text: 'Failed', align: 'right' },
  ];
  const rows = report.variants.map((variant, index) => [
    { text: `${variantName(variant)}${isBaseline(report, index) ? ' (baseline)' : ''}` },
    ...(several ? [{ text: variant.runId }] : []),
    ...figures.map(({ metric }) => ({ text: cellOf(variant, metric), align: 'right' as const })),
    { text: groupDigits(variant.samples), align: 'right' as const },
    { text: groupDigits(variant.failed), align: 'right' as const },
  ]);
  return { header, rows };
}

/** Something to compare with exists only beside something else. */
function isBaseline(report: Report, index: number): boolean {
  return index === report.baseline && report.variants.length > 1;
}

/** The figures that are shown: those of any variant, in the order of the metrics. */
function figuresOf(variants: readonly VariantResult[]): readonly MetricValue[] {
  const figures = new Map<string, MetricValue>();
  for (const { metrics } of variants) {
    for (const figure of metrics)
      if (!details.has(figure.metric) && !figures.has(figure.metric)) figures.set(figure.metric, figure);
  }
  return [...figures.values()];
}

/** Quality with its interval; the rest as a number. */
function cellOf(variant: VariantResult, metric: string): string {
  const figure = variant.metrics.find(candidate => candidate.metric === metric);
  if (figure === undefined || figure.value === null) return '–';
  return figure.kind === 'quality' ? formatValue(figure) : formatNumber(figure.value, figure.unit);
}

/** Metrics × variants with short intervals, for narrow terminals and few models. */
export function compactTable(report: Report): {
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
} {
  const right = (text: string): Cell => ({ text, align: 'right' });
  const several = report.runs.length > 1;
  const header = [{ text: '' }, ...report.variants.map(variant => right(variantName(variant)))];
  const rows = figuresOf(report.variants).map(({ metric, label }) => [
    { text: label },
    ...report.variants.map(variant => right(shortCellOf(variant, metric))),
  ]);
  const runs = several ? [[{ text: 'Run' }, ...report.variants.map(({ runId }) => right(runId.slice(-5)))]] : [];
  const baseline = report.variants.map((_, index) => right(isBaseline(report, index) ? 'baseline' : ''));
  const counts = [
    [{ text: 'n' }, ...report.variants.map(({ samples }) => right(groupDigits(samples)))],
    [{ text: 'Failed' }, ...report.variants.map(({ failed }) => right(groupDigits(failed)))],
  ];
  return {
    header,
    rows: [...(report.variants.length > 1 ? [[{ text: '' }, ...baseline]] : []), ...runs, ...rows, ...counts],
  };
}

/** `0.825 (.79–.86)` */
function shortCellOf(variant: VariantResult, metric: string): string {
  const figure = variant.metrics.find(candidate => candidate.metric === metric);
  if (figure === undefined || figure.value === null) return '–';
  const value = formatNumber(figure.value, figure.unit);
  if (figure.kind !== 'quality' || figure.low === undefined || figure.high === undefined) return value;
  const bound = (share: number): string => share.toFixed(2).replace(/^0\./, '.');
  return `${value} (${bound(figure.low)}–${bound(figure.high)})`;
}
