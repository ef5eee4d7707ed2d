import { html, LitElement, nothing } from 'lit';
import type { SearchedTrial, SearchReport } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatCount, formatDuration, formatPlace, formatValue } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine, showUnseen } from '../shared/text.ts';
import { aspectWords } from '../shared/tuning.ts';
import { isActive, stateWords } from '../shared/words.ts';

/** All trials of a search as it goes on, in their order. Fires `open-run` with a run's id when the reader wants its page. */
export class SearchTable extends LitElement {
  static override properties = { search: { attribute: false }, readOnly: { type: Boolean } };
  static override styles = [baseStyles, buttonStyles, tableStyles];
  declare search: SearchReport | undefined;
  /** Nobody listens: runs have no page to open. */
  declare readOnly: boolean;

  override render() {
    const { search } = this;
    if (search === undefined) return nothing;
    const { trials, selection } = search;
    const names = differingParameters(trials);
    const hasSteps = trials.some(({ step }) => step !== undefined);
    const hasCosts = trials.some(({ cost }) => cost !== undefined);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Trials of the search">
      <table>
        <caption>
          <span>${captionOf(search)}</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Trial</th>
            ${names.map(name => html`<th scope="col" class="number">${clipLine(name, 60)}</th>`)}
            <th scope="col">State</th>
            <th scope="col" class="number">Epoch</th>
            ${hasSteps ? html`<th scope="col" class="number">Step</th>` : nothing}
            <th scope="col" class="number">Training loss</th>
            <th scope="col" class="number">${clipLine(selection.label, 80)}</th>
            <th scope="col" class="number">Time</th>
            ${hasCosts ? html`<th scope="col" class="number">Cost</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${trials.map(
            trial =>
              html`<tr>
                <th scope="row" class="word">${this.#renderName(trial)}</th>
                ${names.map(name => html`<td class="number">${String(trial.parameters[name] ?? '–')}</td>`)}
                ${renderState(trial)}
                <td class="number">
                  ${trial.ofEpochs === undefined ? '–' : `${formatPlace(trial.epochs ?? 0)} of ${formatPlace(trial.ofEpochs)}`}
                </td>
                ${hasSteps ? html`<td class="number">${trial.step === undefined ? '–' : formatCount(trial.step)}</td>` : nothing}
                <td class="number">${figureText(trial.loss)}</td>
                ${renderFigure(trial, search)}
                <td class="number">${trial.seconds === undefined ? '–' : formatDuration(trial.seconds)}</td>
                ${hasCosts ? html`<td class="number">${trial.cost === undefined ? '–' : formatValue(trial.cost, 'USD')}</td>` : nothing}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #renderName({ trial, runId }: SearchedTrial) {
    if (runId === undefined || this.readOnly) return formatCount(trial);
    return html`<button
      type="button"
      class="link"
      title="Open the run of this trial"
      aria-label="Open the run of trial ${formatCount(trial)}"
      @click=${() => this.dispatchEvent(new CustomEvent('open-run', { detail: runId, bubbles: true, composed: true }))}
    >
      ${formatCount(trial)}
    </button>`;
  }
}

function captionOf({ run, trials, selection, registered }: SearchReport): string {
  const ended = trials.filter(({ state }) => state !== undefined && !isActive(state)).length;
  const by = `${clipLine(selection.label, 80)} on the validation rows of ${aspectWords(selection.aspect)}`;
  const rule = `The best is by ${by}, ${selection.direction} is better.`;
  const kept =
    registered === undefined
      ? ''
      : ` Registered as ${showUnseen(registered.model)}, version ${showUnseen(registered.version)}.`;
  return `${formatCount(ended)} of ${countOf(trials.length, 'trial')} ended. ${goneWords(run.state, trials)}${rule}${kept}`;
}

/** Of a search that was lost between two trials no row says so. */
function goneWords(state: SearchReport['run']['state'], trials: readonly SearchedTrial[]): string {
  const next = trials.find(({ runId }) => runId === undefined)?.trial;
  if (state !== 'lost' || next === undefined || trials.some(trial => trial.state === 'lost')) return '';
  return `The process that ran the search is gone: trial ${formatCount(next)} was never begun. `;
}

function renderState({ state, phase, failure }: SearchedTrial) {
  if (state === undefined) return html`<td class="muted">Not begun</td>`;
  const { text, icon: name, tone } = stateWords(state);
  const more = failure ?? phase;
  return html`<td class="word tone-${tone}">
    ${icon(name)}
    ${text}${more === undefined ? nothing : html`<span class="interval" dir="auto">${clipLine(more, 160)}</span>`}
  </td>`;
}

function renderFigure({ figure, runId }: SearchedTrial, { best }: SearchReport) {
  const isBest = runId !== undefined && runId === best;
  return html`<td class="number ${isBest ? 'best' : ''}">
    ${isBest ? html`<span aria-hidden="true">▸ </span><span class="unseen">best: </span>` : nothing}${figureText(figure)}
  </td>`;
}

/** The parameters whose value is not the same in all trials; all of them where there is but one trial. */
function differingParameters(trials: readonly SearchedTrial[]): readonly string[] {
  const names = [...new Set(trials.flatMap(({ parameters }) => Object.keys(parameters)))];
  const differing = names.filter(name => new Set(trials.map(({ parameters }) => parameters[name])).size > 1);
  return differing.length === 0 ? names : differing;
}

/** Figures of any unit: four digits tell trials apart. */
function figureText(figure: number | undefined): string {
  return figure === undefined ? '–' : String(Number(figure.toPrecision(4)));
}

defineElement('aiwb-search-table', SearchTable);
