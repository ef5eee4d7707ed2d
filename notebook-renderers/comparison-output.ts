import { html, nothing, type TemplateResult } from 'lit';
import type { ComparisonOutput, Report, TuningComparison } from '../schemas/generated/messages.ts';
import { validateComparisonOutput } from '../schemas/generated/validators.js';
import '../webviews/components/chart-figure.ts';
import type { Chart } from '../webviews/components/chart-specs.ts';
import '../webviews/components/difference-table.ts';
import type { TableSort } from '../webviews/components/metric-table.ts';
import '../webviews/components/metric-table.ts';
import '../webviews/components/run-comparison.ts';
import '../webviews/components/run-list.ts';
import { parameterCharts, tuningTradeoffChart } from '../webviews/components/search-charts.ts';
import '../webviews/components/trial-table.ts';
import { overlayChart, runName } from '../webviews/components/tuning-charts.ts';
import { countOf, formatDate, isoDate } from '../webviews/shared/format.ts';
import { createHostSamples, type SamplesSource } from '../webviews/shared/samples-source.ts';
import { comparisonVerdicts, noteItems } from '../webviews/shared/tuning-verdicts.ts';
import { verdictItems } from '../webviews/shared/verdicts.ts';
import { OutputElement } from './output-element.ts';
import { outputHead } from './output-head.ts';
import { outputParts, type OutputPart } from './output-parts.ts';
import { reportParts } from './report-parts.ts';
import { shortVerdicts } from './short-verdicts.ts';
import { renderUnread } from './unread-output.ts';

/** The output frame belongs to every renderer of a notebook, so the name carries a version. */
export const comparisonViewName = 'aiwb-comparison-output-v1';

interface TuningCharts {
  readonly comparison: TuningComparison;
  readonly overlay: Chart | undefined;
  readonly others: readonly (Chart | undefined)[];
}

/** Earlier results side by side in a notebook, benchmarks or tuning runs: the verdict, the figures, and behind buttons what differs. */
export class ComparisonOutputView extends OutputElement<ComparisonOutput> {
  protected readonly noun = 'comparison';
  protected readonly validate = validateComparisonOutput;
  #source: SamplesSource | undefined;
  #charts: TuningCharts | undefined;

  protected keyOf({ runIds }: ComparisonOutput): string {
    return runIds.join(' ');
  }

  protected draw(output: ComparisonOutput): TemplateResult {
    const { report, tuning } = output;
    return html`<div class="output">
      ${this.#renderHead(output)} ${report === undefined ? nothing : this.#renderReport(report, output)}
      ${tuning === undefined ? nothing : this.#renderTuning(tuning, output)}
      ${report === undefined && tuning === undefined ? renderUnread('unreadable', this.noun) : nothing}
    </div>`;
  }

  #renderHead({ runIds, names = [], as, createdAt }: ComparisonOutput) {
    const { wire } = this;
    const canOpen = wire !== undefined && runIds.length > 1;
    const called = names.length === 0 ? countOf(runIds.length, 'run') : names.join(' and ');
    return outputHead({
      name: `Comparison of ${called}`,
      as,
      facts: html`<span class="muted"><time datetime=${isoDate(createdAt)}>${formatDate(createdAt)}</time></span>`,
      buttons: canOpen ? [{ label: 'Open Comparison', press: () => wire.post({ type: 'compare', runIds }) }] : [],
    });
  }

  #renderReport(report: Report, { names }: ComparisonOutput) {
    const { choices } = this;
    const choose = (change: Parameters<typeof this.choose>[0]): void => this.choose(change);
    const parts = reportParts({ report, choices, source: this.#askable(), choose });
    return html`${shortVerdicts(verdictItems(report))}
      <aiwb-run-list .runs=${report.runs} .names=${names}></aiwb-run-list>
      <aiwb-metric-table
        .report=${report}
        .sort=${choices?.sort}
        @sort-changed=${({ detail }: CustomEvent<TableSort>) => choose({ sort: detail })}
      ></aiwb-metric-table>
      ${outputParts(parts, choices?.open, open => choose({ open }))}`;
  }

  #renderTuning(comparison: TuningComparison, output: ComparisonOutput) {
    const { reports, differences, notes = [] } = comparison;
    const names = reports.map((_, index) => runName(reports, index));
    const { overlay, others } = this.#chartsOf(comparison);
    const isSearch = reports.filter(({ trial }) => trial !== undefined).length > 1;
    const charts = [...others, overlay].filter(chart => chart !== undefined);
    const parts: readonly (OutputPart | undefined)[] = [
      charts.length === 0
        ? undefined
        : {
            id: 'charts',
            label: 'Charts',
            draw: () => html`${charts.map(chart => html`<aiwb-chart .chart=${chart}></aiwb-chart>`)}`,
          },
      {
        id: 'settings',
        label: 'Settings',
        draw: () => html`<aiwb-difference-table .differences=${differences} .columns=${names}></aiwb-difference-table>`,
      },
      {
        id: 'usage',
        label: 'Infrastructure',
        draw: () => html`<aiwb-run-usage .reports=${reports}></aiwb-run-usage>`,
      },
    ];
    return html`${shortVerdicts([...comparisonVerdicts(reports, names), ...noteItems(notes)])}
      ${isSearch ? html`<aiwb-trial-table .reports=${reports}></aiwb-trial-table>` : nothing}
      <aiwb-run-list .runs=${reports.map(({ run }) => run)} .names=${output.names}></aiwb-run-list>
      <aiwb-run-comparison .reports=${reports}></aiwb-run-comparison>
      ${outputParts(
        parts.filter(part => part !== undefined),
        this.choices?.open,
        open => this.choose({ open }),
      )}`;
  }

  /** Drawn once for a comparison, which does not change. */
  #chartsOf(comparison: TuningComparison): TuningCharts {
    if (this.#charts?.comparison !== comparison) {
      const { reports, tradeoff = [] } = comparison;
      const others = [tuningTradeoffChart(reports, tradeoff), ...parameterCharts(reports)];
      this.#charts = { comparison, overlay: overlayChart(reports), others };
    }
    return this.#charts;
  }

  /** Where samples can be asked for; absent where nobody listens. */
  #askable(): SamplesSource | undefined {
    const { wire } = this;
    if (wire === undefined) return undefined;
    this.#source ??= createHostSamples(wire.requests);
    return this.#source;
  }
}
