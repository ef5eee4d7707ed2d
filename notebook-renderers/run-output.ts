import { html, LitElement, nothing } from 'lit';
import type { HostToRenderer, Report, RunOutput, RunSummary } from '../schemas/generated/messages.ts';
import { validateRunOutput } from '../schemas/generated/validators.js';
import '../webviews/components/chart-figure.ts';
import { intervalChart, type Chart } from '../webviews/components/chart-specs.ts';
import '../webviews/components/message-panel.ts';
import '../webviews/components/metric-table.ts';
import '../webviews/components/progress-panel.ts';
import { keepLearningCharts } from '../webviews/components/tuning-charts.ts';
import '../webviews/components/verdict-list.ts';
import { leadingMetric } from '../webviews/shared/figures.ts';
import { formatDate, formatDuration, isoDate } from '../webviews/shared/format.ts';
import { icon } from '../webviews/shared/icons.ts';
import { baseStyles, buttonStyles, surfaceStyles } from '../webviews/shared/styles.ts';
import { showUnseen } from '../webviews/shared/text.ts';
import { verdictItems } from '../webviews/shared/verdicts.ts';
import { isActive, stateWords } from '../webviews/shared/words.ts';
import { outputStyles } from './output-styles.ts';
import { readOutput } from './read-output.ts';
import type { RunWire } from './run-wire.ts';
import { renderTuning } from './tuning-output.ts';
import { renderUnread } from './unread-output.ts';

/** The output frame belongs to every renderer of a notebook, so the name carries a version. */
export const viewName = 'aiwb-run-output-v1';

/** A run in a notebook: its state while it runs, its verdict, figures and one chart once it ended. */
export class RunOutputView extends LitElement {
  static override properties = {
    input: { attribute: false },
    ended: { state: true },
    live: { state: true },
    problem: { state: true },
  };
  static override styles = [baseStyles, buttonStyles, surfaceStyles, outputStyles];
  /** The output as the notebook has it; anything. */
  declare input: unknown;
  declare wire: RunWire | undefined;
  /** The output of the run that ended, where another window writes the notebook. */
  declare ended: RunOutput | undefined;
  /** The run as VS Code last told it. */
  declare live: RunSummary | undefined;
  declare problem: Extract<HostToRenderer, { type: 'failure' }>['failure'] | undefined;
  #unlisten: (() => void) | undefined;
  readonly #learningCharts = keepLearningCharts();
  #chart: { readonly report: Report; readonly chart: Chart | undefined } | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    const read = readOutput(this.input, validateRunOutput);
    if (this.wire === undefined || read.kind !== 'output') return;
    const { runId } = read.output;
    this.#unlisten = this.wire.listen(message => this.#receive(message, runId));
    this.wire.post({ type: 'watch', runId });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unlisten?.();
    this.#unlisten = undefined;
  }

  override render() {
    const read = readOutput(this.input, validateRunOutput);
    if (read.kind !== 'output') return renderUnread(read.kind, 'run');
    return this.#renderRun(this.ended ?? read.output);
  }

  #renderRun(output: RunOutput) {
    const { report } = output;
    const failure = this.live?.failure ?? output.failure ?? this.problem;
    const state = this.live?.state ?? output.state;
    return html`<div class="output">
      ${this.#renderHead(output, state)} ${this.#renderProgress(output, state)}
      ${failure === undefined ? nothing : html`<aiwb-message .failure=${failure}></aiwb-message>`}
      ${output.kind === 'tune' ? renderTuning(this.#runOf(output), output.tuning, this.#learningCharts) : nothing}
      ${
        report === undefined || report.variants.length === 0
          ? nothing
          : html`<aiwb-verdict-list .items=${verdictItems(report)}></aiwb-verdict-list>
              <aiwb-metric-table .report=${report}></aiwb-metric-table>
              ${this.#renderChart(report)}`
      }
    </div>`;
  }

  #renderHead(output: RunOutput, state: RunSummary['state']) {
    const { runId, name, createdAt, endedAt } = output;
    const words = stateWords(state);
    const run = this.#runOf(output);
    const start = run?.startedAt ?? createdAt;
    const end = run?.endedAt ?? endedAt;
    return html`<div class="head">
      <span class="name" dir="auto">${showUnseen(name)}</span>
      <span class="tone-${words.tone}">${icon(words.icon)} ${words.text}</span>
      <span class="muted"
        ><time datetime=${isoDate(start)}>${formatDate(start)}</time
        >${end === undefined ? nothing : `, took ${formatDuration((end - start) / 1000)}`}</span
      >
      ${
        this.wire === undefined
          ? nothing
          : html`<span class="buttons no-print">
              <button type="button" class="button" @click=${() => this.wire?.post({ type: 'open', runId })}>
                Open Run Page
              </button>
              ${isActive(state) && state !== 'cancelling' ? html`<button type="button" class="button" @click=${() => this.wire?.post({ type: 'cancel', runId })}>Cancel</button>` : nothing}
            </span>`
      }
    </div>`;
  }

  /** The run as far as anybody told of it. */
  #runOf({ report, tuning }: RunOutput): RunSummary | undefined {
    return this.live ?? report?.runs[0] ?? tuning?.run;
  }

  #renderProgress(output: RunOutput, state: RunSummary['state']) {
    if (!isActive(state)) return nothing;
    const run = this.#runOf(output);
    if (run !== undefined) return html`<aiwb-progress .run=${run}></aiwb-progress>`;
    return html`<p class="muted">The run has been started. Its progress shows while AI Workbench is open.</p>`;
  }

  #renderChart(report: Report) {
    if (this.#chart?.report !== report) {
      const leading = leadingMetric(report);
      this.#chart = { report, chart: leading === undefined ? undefined : intervalChart(report, leading) };
    }
    const { chart } = this.#chart;
    return chart === undefined ? nothing : html`<aiwb-chart .chart=${chart}></aiwb-chart>`;
  }

  #receive(message: HostToRenderer, runId: string): void {
    if (message.type === 'run') {
      if (message.run.id === runId) {
        this.live = message.run;
        this.problem = undefined;
        // It was taken for lost, or is resumed.
        if (isActive(message.run.state)) this.ended = undefined;
      }
      return;
    }
    if (message.type === 'output') {
      if (message.output.runId === runId) this.ended = message.output;
      return;
    }
    if (message.runId !== undefined && message.runId !== runId) return;
    const state = this.live?.state ?? 'succeeded';
    if (message.runId === runId || isActive(state)) this.problem = message.failure;
  }
}
