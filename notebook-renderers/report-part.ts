import { css, html, LitElement, nothing } from 'lit';
import type { Report } from '../schemas/generated/messages.ts';
import '../webviews/components/chart-figure.ts';
import '../webviews/components/comparison-table.ts';
import '../webviews/components/difference-table.ts';
import '../webviews/components/disagreement-list.ts';
import type { MatrixChoice } from '../webviews/components/matrix-section.ts';
import '../webviews/components/matrix-section.ts';
import { chartsOf, type PageCharts } from '../webviews/components/report-charts.ts';
import '../webviews/components/sample-browser.ts';
import { everySample, type SampleChoice } from '../webviews/components/sample-choice.ts';
import '../webviews/components/slice-section.ts';
import { variantsWithWorst } from '../webviews/components/worst-section.ts';
import '../webviews/components/worst-section.ts';
import { defineElement } from '../webviews/shared/define.ts';
import { runNames, variantName } from '../webviews/shared/figures.ts';
import type { SamplesSource } from '../webviews/shared/samples-source.ts';
import { baseStyles, buttonStyles } from '../webviews/shared/styles.ts';
import { AttemptedSamples } from './attempted-samples.ts';
import type { OutputChoices } from './output-memory.ts';
import { outputStyles } from './output-styles.ts';
import type { ReportPartId } from './report-part-id.ts';

/** Of an output in which nobody listens. */
const notHere = 'All samples are in the store of the workspace that made this run, which does not answer here.';

/**
 * One part of a benchmark's results, with all it needs; loaded when the first one is opened. Fires `choices-changed` with what of
 * `OutputChoices` changed.
 */
export class ReportPart extends LitElement {
  static override properties = {
    kind: {},
    report: { attribute: false },
    source: { attribute: false },
    choices: { attribute: false },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    outputStyles,
    css`
      :host {
        padding: 0;
      }
      .note {
        margin-bottom: 8px;
      }
    `,
  ];
  declare kind: ReportPartId;
  declare report: Report | undefined;
  /** Absent where nobody can be asked for rows. */
  declare source: SamplesSource | undefined;
  declare choices: OutputChoices | undefined;
  readonly #attempted = new AttemptedSamples(this);
  #charts: { readonly report: Report; readonly charts: PageCharts } | undefined;

  override render() {
    const { report, choices } = this;
    if (report === undefined) return nothing;
    switch (this.kind) {
      case 'charts':
        return this.#renderCharts(report);
      case 'slices':
        return html`<aiwb-slice-section
          .report=${report}
          .metric=${choices?.sliceMetric}
          @metric-changed=${({ detail }: CustomEvent<string>) => this.#tell({ sliceMetric: detail })}
        ></aiwb-slice-section>`;
      case 'matrix':
        return html`<aiwb-matrix-section
          .report=${report}
          .chosen=${choices?.matrix}
          @matrix-changed=${({ detail }: CustomEvent<MatrixChoice>) => this.#tell({ matrix: detail })}
        ></aiwb-matrix-section>`;
      case 'comparisons':
        return html`<aiwb-comparison-table .report=${report}></aiwb-comparison-table>`;
      case 'settings':
        return html`<aiwb-difference-table
          .differences=${report.differences}
          .columns=${runNames(report)}
        ></aiwb-difference-table>`;
      case 'disagreements':
        return this.#renderDisagreements(report);
      case 'worst':
        return this.#renderWorst(report);
      case 'samples':
        return this.#renderSamples(report);
    }
  }

  #renderCharts(report: Report) {
    if (this.#charts?.report !== report) this.#charts = { report, charts: chartsOf(report) };
    const { main, learning } = this.#charts.charts;
    const all = learning === undefined ? main : [...main, learning];
    if (all.length === 0)
      return html`<p class="muted">There is too little to draw: one model and no timed answers.</p>`;
    return html`<div class="charts">${all.map(chart => html`<aiwb-chart .chart=${chart}></aiwb-chart>`)}</div>`;
  }

  #renderDisagreements(report: Report) {
    return html`<aiwb-disagreement-list
      .answerers=${report.variants.map(({ runId }, index) => ({ name: variantName(report, index), runId }))}
      .query=${{ runIds: report.runs.map(({ id }) => id) }}
      .fetchDisagreements=${this.source?.disagreements}
      edition=${String(report.createdAt)}
    ></aiwb-disagreement-list>`;
  }

  #renderWorst(report: Report) {
    return html`<aiwb-worst-section
      .report=${report}
      .chosen=${this.choices?.worstVariant}
      ?linked=${this.source !== undefined}
      @worst-changed=${({ detail }: CustomEvent<number>) => this.#tell({ worstVariant: detail })}
    ></aiwb-worst-section>`;
  }

  /** Where nobody can be asked, or nobody has the rows, the worst ones stand for all: the output itself holds them. */
  #renderSamples(report: Report) {
    const { source } = this;
    if (source === undefined) return this.#renderHeld(report, notHere);
    const { failure, isSilent } = this.#attempted;
    if (failure !== undefined) {
      return html`<aiwb-message kind="warning" text=${failure.message} hint=${failure.remedy ?? ''}></aiwb-message>
        <p class="note">
          <button type="button" class="link" @click=${() => this.#attempted.tryAgain()}>Try again</button>
        </p>
        ${this.#renderHeld(report, '')}`;
    }
    const { samples, sample } = this.#attempted.of(source);
    return html`<aiwb-sample-browser
        .report=${report}
        .fetchSamples=${samples}
        .fetchSample=${sample}
        .choice=${this.choices?.samples ?? everySample}
        @choice-changed=${({ detail }: CustomEvent<SampleChoice>) => this.#tell({ samples: detail })}
      ></aiwb-sample-browser>
      ${isSilent ? this.#renderHeld(report, 'Nobody has answered yet.') : nothing}`;
  }

  #renderHeld(report: Report, note: string) {
    if (variantsWithWorst(report).length === 0)
      return html`<p class="note muted">${note} The notebook itself holds no rows.</p>`;
    return html`<p class="note muted">${note} The notebook itself holds the rows that each model answered worst.</p>
      ${this.#renderWorst(report)}`;
  }

  #tell(change: Partial<OutputChoices>): void {
    this.dispatchEvent(new CustomEvent<Partial<OutputChoices>>('choices-changed', { detail: change }));
  }
}

defineElement('aiwb-report-part', ReportPart);
