import { css, html, LitElement, nothing } from 'lit';
import type {
  HostToTuningPage,
  PreflightFinding,
  RunSummary,
  TuningCommand,
  TuningComparison,
  TuningPageToHost,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import '../components/aspect-table.ts';
import '../components/change-table.ts';
import '../components/chart-figure.ts';
import type { Chart } from '../components/chart-specs.ts';
import '../components/difference-table.ts';
import '../components/fact-list.ts';
import '../components/message-panel.ts';
import '../components/progress-panel.ts';
import '../components/regression-list.ts';
import '../components/run-comparison.ts';
import '../components/run-list.ts';
import type { Across } from '../components/curve-charts.ts';
import { acrossOf, keepLearningCharts, overlayChart, runName } from '../components/tuning-charts.ts';
import { parameterCharts, tuningTradeoffChart } from '../components/search-charts.ts';
import '../components/trial-table.ts';
import '../components/verdict-list.ts';
import { defineElement } from '../shared/define.ts';
import type { PageHost } from '../shared/host.ts';
import { infrastructureFacts } from '../shared/infrastructure.ts';
import { jobFacts, jobSentence } from '../shared/platform-job.ts';
import { headerStyles, pageStyles } from '../shared/page-styles.ts';
import { section } from '../shared/section.ts';
import { baseStyles, buttonStyles, surfaceStyles } from '../shared/styles.ts';
import { epochsOf, isSearchOf } from '../shared/tuning.ts';
import { comparisonVerdicts, noteItems, trialNames, tuningVerdicts } from '../shared/tuning-verdicts.ts';
import { isActive } from '../shared/words.ts';
import './checkpoint-table.ts';
import './data-table.ts';
import './preflight-list.ts';
import { environmentFacts, settingFacts } from './facts.ts';
import { comparisonHeader, runHeader, type PageStand } from './header.ts';
import { runsOf, type TuningModel } from './page-model.ts';
import { searchSection } from './search-section.ts';
import { slicedAspects } from './slice-section.ts';
import './slice-section.ts';

export type TuningHost = PageHost<HostToTuningPage, TuningPageToHost>;

const ownStyles = css`
  .judged {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    gap: 12px 24px;
    align-items: start;
  }
  .job {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .beneath {
    margin-top: 20px;
  }
  .across {
    display: flex;
    gap: 12px;
    margin-bottom: 8px;
  }
  .across [aria-pressed='true'] {
    color: inherit;
    font-weight: 600;
    text-decoration: none;
  }
  @media (max-width: 800px) {
    .judged {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;

/** A tuning run, or several side by side: the checkpoint first, then what it reaches, whom it serves, and how it got there. */
export class TuningPage extends LitElement {
  static override properties = { model: { attribute: false }, host: { attribute: false }, across: { state: true } };
  static override styles = [baseStyles, buttonStyles, surfaceStyles, pageStyles, headerStyles, ownStyles];
  declare model: TuningModel;
  declare host: TuningHost;
  /** What the reader wants across the curves; absent: what the run counts. */
  declare across: Across | undefined;
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
      ${runs.filter(({ state }) => isActive(state) && this.model.file === undefined).map(each => html`<aiwb-progress .run=${this.#progressOf(each)}></aiwb-progress>`)}
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

  /** What a platform is doing, and its cost, are told in the job's own line. */
  #progressOf(run: RunSummary): RunSummary {
    const report = this.model.comparison?.reports.find(each => each.run.id === run.id);
    if (report?.job === undefined || runsOf(this.model).length > 1) return run;
    const progress = { ...run.progress };
    delete progress.phase;
    delete progress.cost;
    return { ...run, progress };
  }

  #renderWaiting() {
    const { failure } = this.model;
    if (failure !== undefined) return html`<aiwb-message .failure=${failure}></aiwb-message>`;
    return html`<aiwb-message kind="busy" text="Reading the tuning run…"></aiwb-message>`;
  }

  /** A run whose report has not come yet may tell of its epochs already. */
  #renderUnreported(run: RunSummary) {
    return this.#renderLearning(run, undefined);
  }

  #renderRun(report: TuningReport) {
    const { search } = this.model;
    const { run, aspects, checkpoints, preflight = [], job } = report;
    const compared = aspects.filter(({ changes = [] }) => changes.length > 0);
    const others = aspects.filter(aspect => !compared.includes(aspect) && aspect.metrics.length > 0);
    const slices = slicedAspects(report);
    const usage = infrastructureFacts(report);
    return html`
      ${search === undefined ? nothing : searchSection(search, this.#isStandalone, this.#send)}
      ${this.#renderJob(report)} ${isActive(run.state) ? renderPreflight(preflight) : nothing}
      ${this.#renderVerdict(report)}
      ${
        compared.length + others.length === 0
          ? nothing
          : section(
              'results',
              'Results',
              html`${compared.length === 0 ? nothing : html`<aiwb-change-table .aspects=${compared} base=${report.base}></aiwb-change-table>`}
              ${others.length === 0 ? nothing : html`<aiwb-aspect-table .aspects=${others} base=${report.base}></aiwb-aspect-table>`}`,
            )
      }
      ${slices.length === 0 ? nothing : section('slices', 'Slices', html`<aiwb-slice-section .report=${report}></aiwb-slice-section>`)}
      ${this.#renderLearning(run, report)}
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
        ${
          usage.length === 0 && job === undefined
            ? nothing
            : section(
                'infrastructure',
                'Infrastructure',
                html`<aiwb-facts .facts=${usage}></aiwb-facts
                  >${job === undefined ? nothing : html`<aiwb-facts heading=${usage.length === 0 ? nothing : 'The job on its platform'} .facts=${jobFacts(job)}></aiwb-facts>`}`,
              )
        }
      </div>
      ${isActive(run.state) ? nothing : renderPreflight(preflight)}
      <section><aiwb-facts heading="Environment and methods" .facts=${environmentFacts(report)}></aiwb-facts></section>
    `;
  }

  /** While a platform has the job: what it is waiting for, and what that costs by now. */
  #renderJob({ job, run }: TuningReport) {
    if (job === undefined || !isActive(run.state) || this.model.file !== undefined) return nothing;
    return html`<p class="job" role="status">${jobSentence(job, run, Date.now())}</p>`;
  }

  #renderVerdict(report: TuningReport) {
    const { run } = report;
    const isCompared = report.aspects.some(({ changes = [] }) => changes.length > 0);
    const items = tuningVerdicts(report, isCompared);
    if (items.length > 0) {
      const list = html`<aiwb-verdict-list .items=${items}></aiwb-verdict-list>`;
      return section(
        'verdict',
        'Verdict',
        html`${isActive(run.state) ? html`<p class="standing muted">The run goes on; what is best may change.</p>` : nothing}
        ${isCompared ? html`<div class="judged">${list}<aiwb-regression-list .report=${report}></aiwb-regression-list></div>` : list}`,
      );
    }
    if (isActive(run.state)) {
      if (report.job !== undefined && run.state !== 'running') return nothing;
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

  #renderLearning(run: RunSummary, report: TuningReport | undefined) {
    const ways = acrossOf(run, report);
    const across = this.across !== undefined && ways.includes(this.across) ? this.across : ways[0];
    const charts = this.#chartsOf(run, report, across);
    if (charts.length === 0) return nothing;
    return section(
      'learning',
      'Learning curves',
      html`${ways.length < 2 ? nothing : this.#renderWays(ways, across)}
        <div class="charts">${charts.map(chart => html`<aiwb-chart .chart=${chart}></aiwb-chart>`)}</div>`,
    );
  }

  #renderWays(ways: readonly Across[], across: Across | undefined) {
    return html`<div class="across no-print" role="group" aria-label="Across the curves">
      ${ways.map(
        way =>
          html`<button
            type="button"
            class="link"
            aria-pressed=${way === across ? 'true' : 'false'}
            @click=${() => (this.across = way)}
          >
            By ${way}
          </button>`,
      )}
    </div>`;
  }

  #renderComparison({ reports, differences, tradeoff, notes = [] }: TuningComparison) {
    const names = reports.map((_, index) => runName(reports, index));
    const overlay = this.#overlayOf(reports);
    const verdicts = [...comparisonVerdicts(reports, trialNames(reports, names)), ...noteItems(notes)];
    const isSearch = isSearchOf(reports);
    const parameters = isSearch ? parameterCharts(reports) : [];
    const pareto = tuningTradeoffChart(reports, tradeoff ?? []);
    return html`
      ${section('verdict', 'Verdict', html`<aiwb-verdict-list .items=${verdicts}></aiwb-verdict-list>`)}
      ${
        isSearch
          ? section(
              'search',
              'Search',
              html`<aiwb-trial-table .reports=${reports}></aiwb-trial-table>
                <div class="charts">${parameters.map(chart => html`<aiwb-chart .chart=${chart}></aiwb-chart>`)}</div>`,
            )
          : nothing
      }
      ${pareto === undefined ? nothing : section('tradeoff', 'Quality and cost', html`<aiwb-chart .chart=${pareto}></aiwb-chart>`)}
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

function renderPreflight(findings: readonly PreflightFinding[]) {
  if (findings.length === 0) return nothing;
  return section(
    'preflight',
    'Before the start',
    html`<aiwb-preflight-list .findings=${findings}></aiwb-preflight-list>`,
  );
}

defineElement('aiwb-tuning-page', TuningPage);
