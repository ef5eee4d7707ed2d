import type { Report } from '../../schemas/generated/messages.ts';
import { intervalChart, learningChart, type Chart } from './chart-specs.ts';
import { distributionCharts } from './distribution-charts.ts';
import { tradeoffChart } from './tradeoff-chart.ts';
import { leadingMetric } from '../shared/figures.ts';
import { shownTradeoffs } from '../shared/tradeoffs.ts';

export interface PageCharts {
  readonly main: readonly Chart[];
  readonly learning: Chart | undefined;
}

/** The charts that answer a question these results raise. */
export function chartsOf(report: Report): PageCharts {
  const leading = leadingMetric(report);
  const main = [
    leading === undefined ? undefined : intervalChart(report, leading),
    ...shownTradeoffs(report).map(tradeoff => tradeoffChart(report, tradeoff)),
    ...distributionCharts(report),
  ];
  return { main: main.filter(chart => chart !== undefined), learning: learningChart(report) };
}
