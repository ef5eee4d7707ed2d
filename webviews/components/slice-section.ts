import { css, html, LitElement, nothing } from 'lit';
import type { Report } from '../../schemas/generated/messages.ts';
import './chart-figure.ts';
import type { Chart } from './chart-specs.ts';
import { pick } from './pick.ts';
import { sliceChart } from './slice-chart.ts';
import { sliceColumns } from './slices-table.ts';
import { defineElement } from '../shared/define.ts';
import { leadingMetric, metricColumns, type MetricColumn } from '../shared/figures.ts';
import { pageStyles } from '../shared/page-styles.ts';
import { baseStyles } from '../shared/styles.ts';

/** Columns beyond this are in the table alone. */
const mostCharts = 4;

/** One metric by the values of each slice column: charts, then the table. Fires `metric-changed` with the metric's id. */
export class SliceSection extends LitElement {
  static override properties = { report: { attribute: false }, metric: { attribute: false } };
  static override styles = [
    baseStyles,
    pageStyles,
    css`
      .pick {
        width: 220px;
        margin-bottom: 8px;
      }
      .charts {
        margin-bottom: 16px;
      }
    `,
  ];
  declare report: Report | undefined;
  /** Absent for the leading one. */
  declare metric: string | undefined;
  #drawn: { readonly key: readonly unknown[]; readonly charts: readonly Chart[] } | undefined;

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    const metrics = slicedMetrics(report);
    const leading = leadingMetric(report)?.metric;
    const metric =
      metrics.find(each => each.metric === this.metric) ?? metrics.find(each => each.metric === leading) ?? metrics[0];
    if (metric === undefined) return nothing;
    const options = metrics.map(({ metric: value, label }) => ({ value, label }));
    return html`${pick('Metric', options, metric.metric, value => this.#choose(value))}
      <div class="charts">
        ${this.#charts(report, metric).map(chart => html`<aiwb-chart .chart=${chart}></aiwb-chart>`)}
      </div>
      <aiwb-slices-table .report=${report} .metric=${metric}></aiwb-slices-table>`;
  }

  /** The same charts as long as the same figures are shown, so that progress does not draw them anew. */
  #charts(report: Report, metric: MetricColumn): readonly Chart[] {
    const key = [report.variants, metric.metric];
    if (this.#drawn === undefined || key.some((part, index) => part !== this.#drawn?.key[index])) {
      const charts = sliceColumns(report)
        .slice(0, mostCharts)
        .map(column => sliceChart(report, column, metric));
      this.#drawn = { key, charts: charts.filter(chart => chart !== undefined) };
    }
    return this.#drawn.charts;
  }

  #choose(metric: string): void {
    this.metric = metric;
    this.dispatchEvent(new CustomEvent<string>('metric-changed', { detail: metric }));
  }
}

/** Metrics that any slice has. */
function slicedMetrics({ variants }: Report): readonly MetricColumn[] {
  const sliced = new Set(
    variants.flatMap(({ slices }) => slices.flatMap(({ metrics }) => metrics.map(({ metric }) => metric))),
  );
  return metricColumns(variants).filter(({ metric }) => sliced.has(metric));
}

defineElement('aiwb-slice-section', SliceSection);
