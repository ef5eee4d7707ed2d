import { html, LitElement, nothing } from 'lit';
import type {
  HostToTuningPage,
  RunSummary,
  TuningCommand,
  TuningComparison,
  TuningPageToHost,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import '../components/aspect-table.ts';
import '../components/chart-figure.ts';
import type { Chart } from '../components/chart-specs.ts';
import '../components/difference-table.ts';
import '../components/fact-list.ts';
import '../components/message-panel.ts';
import '../components/progress-panel.ts';
import '../components/run-comparison.ts';
import '../components/run-list.ts';
import { keepLearningCharts, overlayChart, runName } from '../components/tuning-charts.ts';
import '../components/verdict-list.ts';
import { defineElement } from '../shared/define.ts';
import type { PageHost } from '../shared/host.ts';
import { infrastructureFacts } from '../shared/infrastructure.ts';
import { headerStyles, pageStyles } from '../shared/page-styles.ts';
import { section } from '../shared/section.ts';
import { baseStyles, buttonStyles, surfaceStyles } from '../shared/styles.ts';
import { epochsOf } from '../shared/tuning.ts';
import { comparisonVerdicts, tuningVerdicts } from '../shared/tuning-verdicts.ts';
import { isActive } from '../shared/words.ts';
import './checkpoint-table.ts';
import './data-table.ts';
import { environmentFacts, settingFacts } from './facts.ts';
import { comparisonHeader, runHeader, type PageStand } from './header.ts';
import { runsOf, type TuningModel } from './page-model.ts';
import { slicedAspects } from './slice-section.ts';
import './slice-section.ts';

export type TuningHost = PageHost<HostToTuningPage, TuningPageToHost>;

/** A tuning run, or several side by side: the checkpoint first, then what it reaches, whom it serves, and how it got there. */
export class TuningPage extends LitElement {
  static override properties = { model: { attribute: false }, host: { attribute: false } };
  static override styles = [baseStyles, buttonStyles, surfaceStyles, pageStyles, headerStyles];
  declare model: TuningModel;
  declare host: TuningHost;
  readonly #chartsOf = keepLearningCharts();
  #overlay: { readonly key: string; readonly chart: Chart | undefined } | undefined;

  override render() {
    const { comparison, failure } = this.model;
    const runs = runsOf(this.model);
    const [run] = runs;
    if (run === undefined) return html`<main>${this.#renderWaiting()}</main>`;
    const [report] = comparison?.reports ?? [];
    const isComparison = runs.length > 1;
    return html`<main>
      ${
        isComparison && comparison !== undefined
          ? comparisonHeader(comparison.reports, this.#stand, this.#send)
          : runHeader(run, report, this.#stand, this.#send)
      }
      ${failure === undefined ? nothing : html`<aiwb-message .failure=${failure}></aiwb-message>`}
      ${runs.map(each => (each.failure === undefined ? nothing : html`<aiwb-message .failure=${each.failure}></aiwb-message>`))}
      ${runs.filter(({ state }) => isActive(state) && this.model.file === undefined).map(each => html`<aiwb-progress .run=${each}></aiwb-progress>`)}
      ${
        report === undefined || comparison === undefined
          ? this.#renderUnreported(run)
          : isComparison
            ? this.#renderComparison(comparison)
            : this.#renderRun(report)
      }
    </main>`;
  }

  get #isStandalone(): boolean {
    return this.host.kind === 'standalone';
  }

  get #stand(): PageStand {
    return { isStandalone: this.#isStandalone, file: this.model.file };
  }

  #renderWaiting() {
    const { failure } = this.model;
    if (failure !== undefined) return html`<aiwb-message .failure=${failure}></aiwb-message>`;
    return html`<aiwb-message kind="busy" text="Reading the tuning run…"></aiwb-message>`;
  }

  /** A run whose report has not come yet may tell of its epochs already. */
  #renderUnreported(run: RunSummary) {
    return this.#renderLearning(this.#chartsOf(run, undefined));
  }

  #renderRun(report: TuningReport) {
    const { run, aspects, checkpoints } = report;
    const hasResults = aspects.some(({ metrics }) => metrics.length > 0);
    const slices = slicedAspects(report);
    const usage = infrastructureFacts(report);
    return html`
      ${this.#renderVerdict(report)}
      ${
        hasResults
          ? section(
              'results',
              'Results',
              html`<aiwb-aspect-table .aspects=${aspects} base=${report.base}></aiwb-aspect-table>`,
            )
          : nothing
      }
      ${slices.length === 0 ? nothing : section('slices', 'Slices', html`<aiwb-slice-section .report=${report}></aiwb-slice-section>`)}
      ${this.#renderLearning(this.#chartsOf(run, report))}
      ${
        checkpoints.length === 0
          ? nothing
          : section(
              'checkpoints',
              'Checkpoints',
              html`<aiwb-checkpoint-table
                .report=${report}
                ?readOnly=${this.#isStandalone || this.model.file !== undefined}
                @register=${({ detail: epoch }: CustomEvent<number>) => this.#send({ command: 'register', runId: run.id, epoch })}
              ></aiwb-checkpoint-table>`,
            )
      }
      ${aspects.length === 0 ? nothing : section('data', 'Data', html`<aiwb-data-table .aspects=${aspects}></aiwb-data-table>`)}
      <div class="pair">
        ${section('settings', 'Settings', html`<aiwb-facts .facts=${settingFacts(report)}></aiwb-facts>`)}
        ${usage.length === 0 ? nothing : section('infrastructure', 'Infrastructure', html`<aiwb-facts .facts=${usage}></aiwb-facts>`)}
      </div>
      <section><aiwb-facts heading="Environment and methods" .facts=${environmentFacts(report)}></aiwb-facts></section>
    `;
  }

  #renderVerdict(report: TuningReport) {
    const items = tuningVerdicts(report);
    const { run } = report;
    if (items.length > 0) {
      return section(
        'verdict',
        'Verdict',
        html`${isActive(run.state) ? html`<p class="standing muted">The run goes on; what is best may change.</p>` : nothing}<aiwb-verdict-list
            .items=${items}
          ></aiwb-verdict-list>`,
      );
    }
    if (isActive(run.state)) {
      return html`<aiwb-message
        text="No epoch has been measured yet."
        hint="Curves and the best checkpoint so far appear here after the first one."
      ></aiwb-message>`;
    }
    if (run.failure !== undefined) return nothing;
    const hint =
      run.resumable === true ? 'Resume goes on where the run stopped.' : 'Open the tuning job and run it again.';
    return html`<aiwb-message text="This run ended before it kept a checkpoint." hint=${hint}></aiwb-message>`;
  }

  #renderLearning(charts: readonly Chart[]) {
    if (charts.length === 0) return nothing;
    return section(
      'learning',
      'Learning curves',
      html`<div class="charts">${charts.map(chart => html`<aiwb-chart .chart=${chart}></aiwb-chart>`)}</div>`,
    );
  }

  #renderComparison({ reports, differences }: TuningComparison) {
    const names = reports.map((_, index) => runName(reports, index));
    const overlay = this.#overlayOf(reports);
    return html`
      ${section('verdict', 'Verdict', html`<aiwb-verdict-list .items=${comparisonVerdicts(reports, names)}></aiwb-verdict-list>`)}
      ${section('runs', 'Runs', html`<aiwb-run-list .runs=${reports.map(({ run }) => run)}></aiwb-run-list>`)}
      ${section('results', 'Results', html`<aiwb-run-comparison .reports=${reports}></aiwb-run-comparison>`)}
      ${overlay === undefined ? nothing : section('learning', 'Learning curves', html`<aiwb-chart .chart=${overlay}></aiwb-chart>`)}
      ${section('settings', 'Settings that differ', html`<aiwb-difference-table .differences=${differences} .columns=${names}></aiwb-difference-table>`)}
      ${section('infrastructure', 'Infrastructure', html`<aiwb-run-usage .reports=${reports}></aiwb-run-usage>`)}
    `;
  }

  /** Progress changes the runs many times a second; the chart follows their epochs only. */
  #overlayOf(reports: readonly TuningReport[]): Chart | undefined {
    const key = reports.map(report => `${report.run.id} ${String(epochsOf(report.run, report).length)}`).join();
    if (this.#overlay?.key !== key) this.#overlay = { key, chart: overlayChart(reports) };
    return this.#overlay.chart;
  }

  readonly #send = (command: Omit<TuningCommand, 'type'>): void => {
    this.host.post({ type: 'command', ...command });
  };
}

defineElement('aiwb-tuning-page', TuningPage);
