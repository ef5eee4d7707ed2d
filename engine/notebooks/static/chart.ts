import { renderCurves, type CurveChart } from './chart-curves.ts';
import { renderIntervals, type IntervalChart } from './chart-intervals.ts';

export type Chart = IntervalChart | CurveChart;

/** A drawing with what it shows in words. */
export function renderChart(chart: Chart): string {
  return chart.kind === 'intervals' ? renderIntervals(chart) : renderCurves(chart);
}
