import type { MetricValue, Report, VariantResult } from '../../schemas/generated/messages.ts';
import { formatNumber, formatValue, variantName } from './format.ts';
import type { Cell } from './table.ts';

/** Figures a summary leaves out: they stand in the report. */
const details = new Set([
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
    { text: `${variantName(variant)}${index === report.baseline ? ' (baseline)' : ''}` },
    ...(several ? [{ text: variant.runId }] : []),
    ...figures.map(({ metric }) => ({ text: cellOf(variant, metric), align: 'right' as const })),
    { text: String(variant.samples), align: 'right' as const },
    { text: String(variant.failed), align: 'right' as const },
  ]);
  return { header, rows };
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
