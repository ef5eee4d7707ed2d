import type { Report } from '../../schemas/generated/messages.ts';
import { intervalChart, learningChart, tradeOffChart, type Chart } from '../components/chart-specs.ts';
import { leadingMetric, metricColumns, type MetricColumn } from '../shared/figures.ts';

export interface PageCharts {
  readonly main: readonly Chart[];
  readonly learning: Chart | undefined;
}

/** The charts that answer a question these results raise. */
export function chartsOf(report: Report): PageCharts {
  const leading = leadingMetric(report);
  if (leading === undefined) return { main: [], learning: learningChart(report) };
  const against = priceColumn(report);
  const main = [
    intervalChart(report, leading),
    against === undefined ? undefined : tradeOffChart(report, leading, against),
  ];
  return { main: main.filter(chart => chart !== undefined), learning: learningChart(report) };
}

/** What quality is paid with, where a model is paid or remote: money where any is known, else time. */
function priceColumn(report: Report): MetricColumn | undefined {
  const columns = metricColumns(report.variants);
  const isPaid = ({ metric }: MetricColumn): boolean =>
    report.variants.some(({ metrics }) => metrics.some(figure => figure.metric === metric && (figure.value ?? 0) > 0));
  const costs = columns.filter(column => column.kind === 'cost' && isPaid(column));
  const cost = costs.find(({ metric }) => metric === 'cost.perThousand') ?? costs[0];
  if (cost !== undefined) return cost;
  if (report.variants.every(({ model }) => model.startsWith('embedded:'))) return undefined;
  const times = columns.filter(({ kind }) => kind === 'latency');
  return times.find(({ metric }) => metric === 'latency.p50') ?? times[0];
}
