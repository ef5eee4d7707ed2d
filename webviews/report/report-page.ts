import { html, LitElement, nothing } from 'lit';
import type {
  FocusSamples,
  HostToPage,
  PageCommand,
  PageToHost,
  Report,
  RunSummary,
} from '../../schemas/generated/messages.ts';
import '../components/chart-figure.ts';
import '../components/comparison-table.ts';
import '../components/disagreement-list.ts';
import '../components/message-panel.ts';
import '../components/metric-table.ts';
import type { TableSort } from '../components/metric-table.ts';
import '../components/progress-panel.ts';
import '../components/run-list.ts';
import { sliceColumns } from '../components/slices-table.ts';
import '../components/verdict-list.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { holdInView } from '../shared/hold-in-view.ts';
import type { PageHost } from '../shared/host.ts';
import { pageStyles } from '../shared/page-styles.ts';
import type { SamplesSource } from '../shared/samples-source.ts';
import { section } from '../shared/section.ts';
import { baseStyles, buttonStyles, surfaceStyles } from '../shared/styles.ts';
import { verdictItems } from '../shared/verdicts.ts';
import { isActive } from '../shared/words.ts';
import { chartsOf, type PageCharts } from './charts.ts';
import { variantsWithMatrix } from './matrix-section.ts';
import { runsOf, standingOf, type PageModel } from './page-model.ts';
import { readPageState, type PageState } from './page-state.ts';
import './run-facts.ts';
import './run-header.ts';
import type { SampleBrowser, SampleChoice } from './sample-browser.ts';
import './sample-browser.ts';

export type ReportHost = PageHost<HostToPage, PageToHost>;

/** A run, or a comparison of runs: the verdict first, then figures, charts, slices, and the rows themselves. */
export class ReportPage extends LitElement {
  static override properties = {
    model: { attribute: false },
    host: { attribute: false },
    source: { attribute: false },
    embeddedTotal: { attribute: false },
    choices: { state: true },
  };
  static override styles = [baseStyles, buttonStyles, surfaceStyles, pageStyles];
  declare model: PageModel;
  declare host: ReportHost;
  /** Absent where no sample can be shown. */
  declare source: SamplesSource | undefined;
  /** How many wrong answers there are in all, where only some of them travel in the file. */
  declare embeddedTotal: number | undefined;
  declare choices: PageState;
  #focused: FocusSamples | undefined;
  #charts: { readonly report: Report; readonly charts: PageCharts } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.choices = readPageState(this.host.readState());
  }

  /** Takes up where the reader is led, as soon as there are rows to show. */
  protected override willUpdate(): void {
    const { focus, report } = this.model;
    if (focus === undefined || focus === this.#focused || report === undefined || report.variants.length === 0) return;
    const { filter = 'all', slice, variant } = focus;
    this.#keep({ filter, slice, sampleVariant: variant === undefined ? undefined : positionOf(report, variant) });
  }

  protected override updated(): void {
    const { focus } = this.model;
    const heading = this.renderRoot.querySelector<HTMLElement>('#samples');
    if (focus === undefined || focus === this.#focused || heading === null) return;
    this.#focused = focus;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    holdInView(heading);
    // After the focus has moved: a field that loses it takes what was typed for its value once more.
    this.renderRoot.querySelector<SampleBrowser>('aiwb-sample-browser')?.clearSearch();
  }

  override render() {
    const { report, failure } = this.model;
    const runs = runsOf(this.model);
    const [run] = runs;
    if (run === undefined && report === undefined) return html`<main>${this.#renderWaiting()}</main>`;
    return html`<main>
      <aiwb-run-header
        .report=${report}
        .run=${run}
        ?standalone=${this.host.kind === 'standalone'}
        @command=${this.#onCommand}
      ></aiwb-run-header>
      ${failure === undefined ? nothing : html`<aiwb-message .failure=${failure}></aiwb-message>`}
      ${runs.map(each => (each.failure === undefined ? nothing : html`<aiwb-message .failure=${each.failure}></aiwb-message>`))}
      ${runs.filter(({ state }) => isActive(state)).map(each => html`<aiwb-progress .run=${each}></aiwb-progress>`)}
      ${report === undefined || report.variants.length === 0 ? this.#renderNothingYet(run) : this.#renderResults(report)}
    </main>`;
  }

  #renderWaiting() {
    const { failure } = this.model;
    if (failure !== undefined) return html`<aiwb-message .failure=${failure}></aiwb-message>`;
    return html`<aiwb-message kind="busy" text="Reading the run…"></aiwb-message>`;
  }

  #renderNothingYet(run: RunSummary | undefined) {
    if (run !== undefined && isActive(run.state)) {
      return html`<aiwb-message
        text="No results yet."
        hint="They appear here as soon as models have answered."
      ></aiwb-message>`;
    }
    if (run?.failure !== undefined) return nothing;
    const hint =
      run?.resumable === true ? 'Resume goes on where the run stopped.' : 'Open the benchmark and run it again.';
    return html`<aiwb-message text="This run ended before any model answered." hint=${hint}></aiwb-message>`;
  }

  #renderResults(report: Report) {
    const charts = this.#chartsOf(report);
    return html`
      ${section('verdict', 'Verdict', html`${this.#renderStanding()}<aiwb-verdict-list .items=${verdictItems(report)}></aiwb-verdict-list>`)}
      ${report.runs.length < 2 ? nothing : section('runs', 'Runs', html`<aiwb-run-list .runs=${report.runs}></aiwb-run-list>`)}
      ${section('results', 'Results', html`<aiwb-metric-table .report=${report} .sort=${this.choices.sort} @sort-changed=${this.#onSort}></aiwb-metric-table>`)}
      ${
        charts.main.length === 0
          ? nothing
          : section(
              'charts',
              'Charts',
              html`<div class="charts">
                ${charts.main.map(chart => html`<aiwb-chart .chart=${chart}></aiwb-chart>`)}
              </div>`,
            )
      }
      ${
        report.comparisons.length === 0
          ? nothing
          : section(
              'comparisons',
              'Comparisons',
              html`<aiwb-comparison-table .report=${report}></aiwb-comparison-table>`,
            )
      }
      ${sliceColumns(report).length === 0 ? nothing : section('slices', 'Slices', html`<aiwb-slices-table .report=${report}></aiwb-slices-table>`)}
      ${
        variantsWithMatrix(report).length === 0
          ? nothing
          : section(
              'matrix',
              'Confusion matrix',
              html`<aiwb-matrix-section
                .report=${report}
                .chosen=${this.choices.matrixVariant}
                @matrix-changed=${this.#onMatrix}
              ></aiwb-matrix-section>`,
            )
      }
      ${charts.learning === undefined ? nothing : section('learning', 'Learning', html`<aiwb-chart .chart=${charts.learning}></aiwb-chart>`)}
      ${this.#renderRows(report)}
      <section><aiwb-run-facts .report=${report}></aiwb-run-facts></section>
    `;
  }

  #renderStanding() {
    const standing = standingOf(this.model);
    if (standing.kind === 'partial') {
      const text = `Results so far, from ${formatCount(standing.covered)} of ${formatCount(standing.total)} samples. They may change.`;
      return html`<p class="standing muted">${text}</p>`;
    }
    if (standing.kind === 'stale') {
      const text = `These results cover ${formatCount(standing.covered)} of the ${formatCount(standing.done)} samples that are done.`;
      return html`<aiwb-message
        class="standing"
        kind="warning"
        text=${text}
        hint="They are being computed anew."
      ></aiwb-message>`;
    }
    return nothing;
  }

  #renderRows(report: Report) {
    const { source } = this;
    if (source === undefined) return nothing;
    const { filter, sampleVariant, slice } = this.choices;
    const isEmbedded = this.embeddedTotal !== undefined;
    return html`
      ${
        report.variants.length < 2 || source.disagreements === undefined
          ? nothing
          : section(
              'disagreements',
              'Rows models disagree on',
              html`<aiwb-disagreement-list
                .report=${this.#settled(report)}
                .fetchDisagreements=${source.disagreements}
              ></aiwb-disagreement-list>`,
            )
      }
      ${section(
        'samples',
        isEmbedded ? 'Wrong answers' : 'Samples',
        html`${isEmbedded ? html`<p class="muted">This file carries some of the ${formatCount(this.embeddedTotal ?? 0)} wrong answers of the first run. All samples are in AI Workbench.</p>` : nothing}
          <aiwb-sample-browser
            .report=${report}
            .fetchSamples=${source.samples}
            .filter=${filter ?? 'all'}
            .sampleVariant=${sampleVariant !== undefined && sampleVariant < report.variants.length ? sampleVariant : undefined}
            .slice=${slice}
            ?wrongOnly=${isEmbedded}
            @choice-changed=${this.#onChoice}
          ></aiwb-sample-browser>`,
      )}
    `;
  }

  /** Progress changes the report object many times a second; charts and rows follow its results only. */
  #chartsOf(report: Report): PageCharts {
    if (this.#charts?.report.variants === report.variants) return this.#charts.charts;
    const charts = chartsOf(report);
    this.#charts = { report, charts };
    return charts;
  }

  #settled(report: Report): Report {
    return this.#charts?.report ?? report;
  }

  #keep(choices: Partial<PageState>): void {
    this.choices = { ...this.choices, ...choices };
    this.host.writeState(this.choices);
  }

  #onSort(event: CustomEvent<TableSort>): void {
    this.#keep({ sort: event.detail });
  }

  #onMatrix(event: CustomEvent<number>): void {
    this.#keep({ matrixVariant: event.detail });
  }

  #onChoice({ detail: { filter, sampleVariant, slice } }: CustomEvent<SampleChoice>): void {
    this.#keep({ filter, sampleVariant, slice });
  }

  #onCommand(event: CustomEvent<PageCommand['command']>): void {
    const runs = runsOf(this.model);
    const runId = runs.length === 1 ? runs[0]?.id : undefined;
    this.host.post({ type: 'command', command: event.detail, ...(runId === undefined ? {} : { runId }) });
  }
}

/** Position in the report of a variant of its (first) run. */
function positionOf({ runs, variants }: Report, variant: number): number | undefined {
  const position = variants.findIndex(each => each.runId === runs[0]?.id && each.variant === variant);
  return position === -1 ? undefined : position;
}

defineElement('aiwb-report-page', ReportPage);
