import { html, nothing, type TemplateResult } from 'lit';
import type { Report, RunOutput, RunSummary, SearchReport, TuningReport } from '../schemas/generated/messages.ts';
import { validateRunOutput } from '../schemas/generated/validators.js';
import type { TableSort } from '../webviews/components/metric-table.ts';
import '../webviews/components/metric-table.ts';
import '../webviews/components/progress-panel.ts';
import '../webviews/components/search-table.ts';
import { formatCount, formatDate, formatDuration, isoDate } from '../webviews/shared/format.ts';
import { icon } from '../webviews/shared/icons.ts';
import { createHostSamples, type SamplesSource } from '../webviews/shared/samples-source.ts';
import { clipLine } from '../webviews/shared/text.ts';
import { verdictItems } from '../webviews/shared/verdicts.ts';
import { isActive, stateWords } from '../webviews/shared/words.ts';
import { OutputElement } from './output-element.ts';
import { outputHead } from './output-head.ts';
import { outputParts } from './output-parts.ts';
import { reportParts } from './report-parts.ts';
import { RunFollower } from './run-follower.ts';
import { shortVerdicts } from './short-verdicts.ts';
import { renderTrial } from './trial-output.ts';
import { createTuningView } from './tuning-output.ts';

/** The output frame belongs to every renderer of a notebook, so the name carries a version. */
export const runViewName = 'aiwb-run-output-v1';

/** A run in a notebook: its state while it runs; once it ended its verdicts and figures, and behind buttons everything else. */
export class RunOutputView extends OutputElement<RunOutput> {
  protected readonly noun = 'run';
  protected readonly validate = validateRunOutput;
  readonly #follower: RunFollower = new RunFollower(this, () => ({ wire: this.wire, runId: this.output?.runId }));
  readonly #drawTuning = createTuningView();
  #source: SamplesSource | undefined;

  protected keyOf({ runId }: RunOutput): string {
    return runId;
  }

  protected draw(written: RunOutput): TemplateResult {
    const { run: told, ended, failure: lost } = this.#follower;
    const output = ended ?? written;
    const run = told ?? output.search?.run ?? output.report?.runs[0] ?? output.tuning?.run ?? output.prompt?.run;
    const state = told?.state ?? output.state;
    const failure = told?.failure ?? output.failure;
    return html`<div class="output">
      ${this.#renderHead(output, state, run)} ${this.#renderProgress(state, run, output.search !== undefined)}
      ${failure === undefined ? nothing : html`<aiwb-message .failure=${failure}></aiwb-message>`}
      ${lost === undefined ? nothing : html`<aiwb-message kind="warning" text=${lost.message} hint=${lost.remedy ?? ''}></aiwb-message>`}
      ${this.#renderTuning(output, run)}
      ${output.prompt === undefined ? nothing : renderTrial(output.prompt, this.#askable())}
      ${output.report === undefined ? nothing : this.#renderReport(output.report)}
    </div>`;
  }

  /** Of a search all trials, and once it ended the report of the best one. */
  #renderTuning(output: RunOutput, run: RunSummary | undefined) {
    if ((run?.kind ?? output.kind) !== 'tune') return nothing;
    if (output.search === undefined) return this.#drawTuning(run, output.tuning);
    const search = this.#searchOf(output);
    return html`<aiwb-search-table
        .search=${search}
        ?readOnly=${this.wire === undefined}
        @open-run=${({ detail: runId }: CustomEvent<string>) => this.wire?.post({ type: 'open', runId })}
      ></aiwb-search-table>
      ${
        output.tuning === undefined || isActive(search?.run.state ?? output.state)
          ? nothing
          : html`<p class="muted">${bestWords(output.tuning)}</p>
              ${this.#drawTuning(output.tuning.run, output.tuning)}`
      }`;
  }

  #searchOf(output: RunOutput): SearchReport | undefined {
    return this.#follower.ended === undefined ? (this.#follower.search ?? output.search) : output.search;
  }

  #renderHead(output: RunOutput, state: RunSummary['state'], run: RunSummary | undefined) {
    const { wire } = this;
    const { runId } = output;
    const search = this.#searchOf(output);
    const next = search === undefined ? runId : search.best;
    // Where it stopped between two trials, its first stands for the next.
    const stopped = search?.trials.find(
      ({ state: of }) => of === 'failed' || of === 'cancelled' || of === 'lost',
    )?.runId;
    // Cancelling a trial cancels its search.
    const active = search?.trials.find(trial => trial.state !== undefined && isActive(trial.state))?.runId;
    const begun = search?.trials.flatMap(trial => trial.runId ?? []) ?? [];
    return outputHead({
      name: output.name,
      as: output.as,
      facts: html`${this.#renderState(state)} ${renderPlace(output, state, run)}`,
      buttons:
        wire !== undefined
          ? [
              {
                label: search === undefined ? 'Open Run Page' : 'Open Search Page',
                press: () => wire.post({ type: 'open', runId }),
              },
              ...(begun.length > 1
                ? [{ label: 'Compare Trials', press: () => wire.post({ type: 'compare', runIds: begun }) }]
                : []),
              ...(isActive(state) && state !== 'cancelling' && this.#follower.failure === undefined
                ? [{ label: 'Cancel', press: () => wire.post({ type: 'cancel', runId: active ?? runId }) }]
                : []),
              ...(search?.run.resumable === true && !isActive(state)
                ? [{ label: 'Resume Search', press: () => wire.post({ type: 'resume', runId: stopped ?? runId }) }]
                : []),
              ...((run?.kind ?? output.kind) === 'tune' && !isActive(state) && next !== undefined
                ? [{ label: 'What next…', press: () => wire.post({ type: 'next', runId: next }) }]
                : []),
            ]
          : [],
    });
  }

  /** A run that cannot be followed may have ended since: what was written then is not told as if it were now. */
  #renderState(state: RunSummary['state']) {
    const { icon: name, text, tone } = stateWords(state);
    const isStale = isActive(state) && this.#follower.failure !== undefined;
    if (isStale) return html`<span class="tone-warn">${icon('question')} ${text} when last seen</span>`;
    return html`<span class="tone-${tone}">${icon(name)} ${text}</span>`;
  }

  #renderProgress(state: RunSummary['state'], run: RunSummary | undefined, isSearch: boolean) {
    if (!isActive(state) || (run === undefined && this.#follower.failure !== undefined)) return nothing;
    // The table of a search's trials shows it.
    if (isSearch) return nothing;
    if (run !== undefined) return html`<aiwb-progress .run=${run}></aiwb-progress>`;
    return html`<p class="muted">The run has been started. Its progress shows while AI Workbench is open.</p>`;
  }

  #renderReport(report: Report) {
    const { variants } = report;
    if (variants.length === 0) return nothing;
    const { choices } = this;
    const choose = (change: Parameters<typeof this.choose>[0]): void => this.choose(change);
    const parts = reportParts({ report, choices, source: this.#askable(), choose });
    return html`${shortVerdicts(verdictItems(report))}
      <aiwb-metric-table
        .report=${report}
        .sort=${choices?.sort}
        @sort-changed=${({ detail }: CustomEvent<TableSort>) => choose({ sort: detail })}
      ></aiwb-metric-table>
      ${outputParts(parts, choices?.open, open => choose({ open }))}`;
  }

  /** Where samples can be asked for; absent where nobody listens. */
  #askable(): SamplesSource | undefined {
    const { wire } = this;
    if (wire === undefined) return undefined;
    this.#source ??= createHostSamples(wire.requests);
    return this.#source;
  }
}

/** What stands below a search's table. */
function bestWords({ trial }: TuningReport): string {
  return trial === undefined ? 'The best trial' : `The best trial, ${formatCount(trial.trial)}`;
}

/** Where and since when, or when and how long. */
function renderPlace(output: RunOutput, state: RunSummary['state'], run: RunSummary | undefined) {
  const start = run?.startedAt ?? output.createdAt;
  const end = run?.endedAt ?? output.endedAt;
  const host = run?.host ?? output.host;
  const time = html`<time datetime=${isoDate(start)}>${formatDate(start)}</time>`;
  const where = host === undefined ? '' : `on ${clipLine(host, 60)}`;
  if (isActive(state)) return html`<span class="muted">${where === '' ? '' : `${where} `}since ${time}</span>`;
  const took = end === undefined ? '' : `, took ${formatDuration((end - start) / 1000)}`;
  return html`<span class="muted">${time}${took}${where === '' ? '' : `, ${where}`}</span>`;
}
