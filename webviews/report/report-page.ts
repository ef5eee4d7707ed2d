import { html, LitElement, nothing } from 'lit';
import type { FocusSamples, HostToPage, PageCommand, PageToHost, Report } from '../../schemas/generated/messages.ts';
import '../components/chart-figure.ts';
import '../components/comparison-table.ts';
import '../components/difference-table.ts';
import '../components/disagreement-list.ts';
import { failureClassesOf, type FailedIn } from '../components/failure-table.ts';
import '../components/failure-table.ts';
import { variantsWithMatrix, type MatrixChoice } from '../components/matrix-section.ts';
import '../components/message-panel.ts';
import '../components/metric-table.ts';
import type { TableSort } from '../components/metric-table.ts';
import '../components/progress-panel.ts';
import { chartsOf, type PageCharts } from '../components/report-charts.ts';
import { readReportChoices, type ReportChoices } from '../components/report-choices.ts';
import '../components/run-list.ts';
import type { SampleBrowser } from '../components/sample-browser.ts';
import '../components/sample-browser.ts';
import { choiceOfFocus, everySample, type SampleChoice } from '../components/sample-choice.ts';
import '../components/slice-section.ts';
import { sliceColumns } from '../components/slices-table.ts';
import '../components/verdict-list.ts';
import { variantsWithWorst } from '../components/worst-section.ts';
import '../components/worst-section.ts';
import { defineElement } from '../shared/define.ts';
import { runNames, variantName } from '../shared/figures.ts';
import { holdInView } from '../shared/hold-in-view.ts';
import type { PageHost } from '../shared/host.ts';
import { pageStyles } from '../shared/page-styles.ts';
import type { SampleLink } from '../shared/sample-links.ts';
import type { SamplesSource } from '../shared/samples-source.ts';
import { section } from '../shared/section.ts';
import { baseStyles, buttonStyles, surfaceStyles } from '../shared/styles.ts';
import { verdictItems } from '../shared/verdicts.ts';
import { isActive } from '../shared/words.ts';
import { runsOf, type PageModel } from './page-model.ts';
import './regression-section.ts';
import './run-facts.ts';
import './run-header.ts';
import {
  renderEmbeddedNote,
  fileEdition,
  renderFileNote,
  renderNothingYet,
  renderStanding,
  renderWaiting,
} from './states.ts';

export type ReportHost = PageHost<HostToPage, PageToHost>;

/** A run, or a comparison of runs: the verdict first, then figures, charts, slices, and the rows themselves. */
export class ReportPage extends LitElement {
  static override properties = {
    model: { attribute: false },
    host: { attribute: false },
    source: { attribute: false },
    embeddedTotal: { attribute: false },
    choices: { state: true },
    wanted: { state: true },
  };
  static override styles = [baseStyles, buttonStyles, surfaceStyles, pageStyles];
  declare model: PageModel;
  declare host: ReportHost;
  /** Absent where no sample can be shown. */
  declare source: SamplesSource | undefined;
  /** How many wrong answers there are in all, where only some of them travel in the file. */
  declare embeddedTotal: number | undefined;
  declare choices: ReportChoices;
  /** The sample the reader was led to last. */
  declare wanted: { readonly id: number } | undefined;
  #focused: FocusSamples | undefined;
  #charts: { readonly report: Report; readonly charts: PageCharts } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.choices = readReportChoices(this.host.readState());
  }

  /** Takes up where the reader is led, as soon as there are rows to show. */
  protected override willUpdate(): void {
    const { focus, report } = this.model;
    if (focus === undefined || focus === this.#focused || report === undefined || report.variants.length === 0) return;
    this.#keep({ samples: choiceOfFocus(report, focus, this.choices.samples) });
    if (focus.sample !== undefined) this.wanted = { id: focus.sample };
  }

  protected override updated(): void {
    const { focus } = this.model;
    if (focus === undefined || focus === this.#focused || !this.#leadToSamples()) return;
    this.#focused = focus;
  }

  /** Brings the samples into view; false where there are none. */
  #leadToSamples(): boolean {
    const heading = this.renderRoot.querySelector<HTMLElement>('#samples');
    if (heading === null) return false;
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    holdInView(heading);
    // After the focus has moved: a field that loses it takes what was typed for its value once more.
    this.renderRoot.querySelector<SampleBrowser>('aiwb-sample-browser')?.clearSearch();
    return true;
  }

  override render() {
    const { report, failure } = this.model;
    const runs = runsOf(this.model);
    const [run] = runs;
    if (run === undefined && report === undefined) return html`<main>${renderWaiting(this.model)}</main>`;
    return html`<main @open-sample=${this.#onOpenSample}>
      <aiwb-run-header
        .report=${report}
        .run=${run}
        .file=${this.model.file}
        ?standalone=${this.host.kind === 'standalone'}
        @command=${this.#onCommand}
      ></aiwb-run-header>
      ${failure === undefined ? nothing : html`<aiwb-message .failure=${failure}></aiwb-message>`}
      ${this.model.file === undefined ? nothing : renderFileNote(this.model.file)}
      ${runs.map(each => (each.failure === undefined ? nothing : html`<aiwb-message .failure=${each.failure}></aiwb-message>`))}
      ${runs.filter(({ state }) => isActive(state) && this.model.file === undefined).map(each => html`<aiwb-progress .run=${each}></aiwb-progress>`)}
      ${report === undefined || report.variants.length === 0 ? renderNothingYet(run) : this.#renderResults(report)}
    </main>`;
  }

  #renderResults(report: Report) {
    const charts = this.#chartsOf(report);
    const { sort, matrix, worstVariant, sliceMetric } = this.choices;
    return html`
      ${section('verdict', 'Verdict', html`${renderStanding(this.model)}<aiwb-verdict-list .items=${verdictItems(report)}></aiwb-verdict-list>`)}
      ${report.runs.length < 2 ? nothing : section('runs', 'Runs', html`<aiwb-run-list .runs=${report.runs}></aiwb-run-list>`)}
      ${section('results', 'Results', html`<aiwb-metric-table .report=${report} .sort=${sort} @sort-changed=${({ detail }: CustomEvent<TableSort>) => this.#keep({ sort: detail })}></aiwb-metric-table>`)}
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
      ${
        (report.regressions ?? []).length === 0
          ? nothing
          : section(
              'regressions',
              'Regressions',
              html`<aiwb-regressions
                .report=${report}
                .fetchDisagreements=${this.source?.disagreements}
                ?linked=${this.source !== undefined}
              ></aiwb-regressions>`,
            )
      }
      ${report.differences === undefined ? nothing : section('settings', 'Settings that differ', html`<aiwb-difference-table .differences=${report.differences} .columns=${runNames(report)}></aiwb-difference-table>`)}
      ${
        sliceColumns(report).length === 0
          ? nothing
          : section(
              'slices',
              'Slices',
              html`<aiwb-slice-section
                .report=${report}
                .metric=${sliceMetric}
                @metric-changed=${({ detail }: CustomEvent<string>) => this.#keep({ sliceMetric: detail })}
              ></aiwb-slice-section>`,
            )
      }
      ${
        variantsWithMatrix(report).length === 0
          ? nothing
          : section(
              'matrix',
              'Confusion matrix',
              html`<aiwb-matrix-section
                .report=${report}
                .chosen=${matrix}
                @matrix-changed=${({ detail }: CustomEvent<MatrixChoice>) => this.#keep({ matrix: detail })}
              ></aiwb-matrix-section>`,
            )
      }
      ${charts.learning === undefined ? nothing : section('learning', 'Learning', html`<aiwb-chart .chart=${charts.learning}></aiwb-chart>`)}
      ${
        failureClassesOf(report).length === 0
          ? nothing
          : section(
              'failures',
              'Failures',
              html`<aiwb-failures
                .report=${report}
                ?linked=${this.#hasEverySample}
                @show-failed=${this.#onShowFailed}
              ></aiwb-failures>`,
            )
      }
      ${
        variantsWithWorst(report).length === 0
          ? nothing
          : section(
              'worst',
              'Worst rows',
              html`<aiwb-worst-section
                .report=${report}
                .chosen=${worstVariant}
                ?linked=${this.source !== undefined}
                @worst-changed=${({ detail }: CustomEvent<number>) => this.#keep({ worstVariant: detail })}
              ></aiwb-worst-section>`,
            )
      }
      ${this.source === undefined ? nothing : this.#renderRows(report, this.source)}
      <section><aiwb-run-facts .report=${report}></aiwb-run-facts></section>
    `;
  }

  get #hasEverySample(): boolean {
    return this.source !== undefined && this.embeddedTotal === undefined;
  }

  #renderRows(report: Report, source: SamplesSource) {
    const isEmbedded = this.embeddedTotal !== undefined;
    return html`
      ${
        report.variants.length < 2 || source.disagreements === undefined
          ? nothing
          : section(
              'disagreements',
              'Rows models disagree on',
              html`<aiwb-disagreement-list
                .answerers=${report.variants.map(({ runId }, index) => ({ name: variantName(report, index), runId }))}
                .query=${{ runIds: report.runs.map(({ id }) => id) }}
                .fetchDisagreements=${source.disagreements}
                edition="${report.createdAt} ${fileEdition(this.model.file)}"
              ></aiwb-disagreement-list>`,
            )
      }
      ${section(
        'samples',
        isEmbedded ? 'Wrong answers' : 'Samples',
        html`${this.embeddedTotal === undefined ? nothing : renderEmbeddedNote(this.embeddedTotal)}
          <aiwb-sample-browser
            .report=${report}
            .fetchSamples=${source.samples}
            .fetchSample=${source.sample}
            .choice=${this.choices.samples}
            .wanted=${this.wanted}
            ?wrongOnly=${isEmbedded}
            edition=${fileEdition(this.model.file)}
            @choice-changed=${({ detail }: CustomEvent<SampleChoice>) => this.#keep({ samples: detail })}
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

  #keep(choices: Partial<ReportChoices>): void {
    this.choices = { ...this.choices, ...choices };
    this.host.writeState(this.choices);
  }

  /** A sample of this page is shown here; one of an earlier run on that run's page. */
  #onOpenSample({ detail: { runId, id } }: CustomEvent<SampleLink>): void {
    const { report } = this.model;
    const run = report?.runs.findIndex(each => each.id === runId) ?? -1;
    if (run < 0 || this.source === undefined) {
      this.host.post({ type: 'command', command: 'openSample', runId, sample: id });
      return;
    }
    const { columns, sort } = this.choices.samples;
    this.#keep({ samples: { ...everySample, run, columns, sort } });
    this.wanted = { id };
    this.#leadToSamples();
  }

  #onShowFailed({ detail }: CustomEvent<FailedIn>): void {
    const runs = this.model.report?.runs ?? [];
    const runId = this.model.report?.variants[detail.variant]?.runId;
    const { columns, sort } = this.choices.samples;
    const run = Math.max(
      0,
      runs.findIndex(({ id }) => id === runId),
    );
    this.#keep({
      samples: { ...everySample, run, variants: [detail.variant], outcome: `failed:${detail.class}`, columns, sort },
    });
    this.#leadToSamples();
  }

  #onCommand(event: CustomEvent<PageCommand['command']>): void {
    const runs = runsOf(this.model);
    const runId = runs.length === 1 ? runs[0]?.id : undefined;
    this.host.post({ type: 'command', command: event.detail, ...(runId === undefined ? {} : { runId }) });
  }
}

defineElement('aiwb-report-page', ReportPage);
