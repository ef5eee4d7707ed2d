import { css, html, LitElement, nothing } from 'lit';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { promptName } from '../shared/figures.ts';
import { formatCount, formatFixed, formatTimeLeft, formatValue } from '../shared/format.ts';
import { baseStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { failedSentence, progressWords, stateWords } from '../shared/words.ts';

/** Words for a screen reader at most this often. */
const announceEveryMs = 5000;

/** How far a run is: one bar, a line of figures, failures in words, a bar for each model. */
export class ProgressPanel extends LitElement {
  static override properties = { run: { attribute: false }, compact: { type: Boolean }, announcement: { state: true } };
  static override styles = [
    baseStyles,
    css`
      progress {
        display: block;
        width: 100%;
        height: 4px;
        border: none;
        border-radius: 0;
        appearance: none;
        background: var(--aiwb-line, rgb(128 128 128 / 25%));
      }
      progress::-webkit-progress-bar {
        background: transparent;
      }
      progress::-webkit-progress-value {
        background: var(--vscode-progressBar-background);
      }
      progress::-moz-progress-bar {
        background: var(--vscode-progressBar-background);
      }
      .figures {
        display: flex;
        flex-wrap: wrap;
        column-gap: 16px;
        margin-top: 4px;
        font-variant-numeric: tabular-nums;
      }
      .errors {
        color: var(--vscode-errorForeground);
      }
      .first {
        margin-top: 4px;
      }
      .first > li {
        overflow-wrap: anywhere;
      }
      .variants {
        display: grid;
        grid-template-columns: minmax(8ch, max-content) minmax(60px, 1fr) max-content;
        align-items: center;
        gap: 4px 12px;
        margin-top: 12px;
      }
      .variants > .name {
        overflow-wrap: anywhere;
      }
      .variants > .count {
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
      @media (forced-colors: active) {
        progress {
          border: 1px solid CanvasText;
          height: 8px;
        }
        progress::-webkit-progress-value {
          background: Highlight;
          forced-color-adjust: none;
        }
      }
    `,
  ];
  declare run: RunSummary | undefined;
  declare compact: boolean;
  declare announcement: string;
  #announcedAt = -Infinity;

  constructor() {
    super();
    this.announcement = '';
    this.compact = false;
  }

  override willUpdate(): void {
    const now = performance.now();
    if (this.run === undefined || now - this.#announcedAt < announceEveryMs) return;
    this.#announcedAt = now;
    this.announcement = describeProgress(this.run);
  }

  override render() {
    const { run } = this;
    if (run === undefined) return nothing;
    const { progress } = run;
    const failed = failedSentence(progress.failed, progress.errors);
    const isTuning = run.kind === 'tune';
    return html`<div>
      <progress
        max=${Math.max(1, progress.total)}
        .value=${progress.done}
        aria-label=${isTuning ? 'Epochs done' : 'Samples done'}
      ></progress>
      <div class="figures">
        <span>${progressWords(run)}</span>
        ${isTuning ? renderLoss(run) : nothing}
        ${progress.ratePerSecond === undefined ? nothing : html`<span>${formatFixed(progress.ratePerSecond, progress.ratePerSecond < 10 ? 1 : 0)} a second</span>`}
        ${progress.secondsLeft === undefined ? nothing : html`<span>${formatTimeLeft(progress.secondsLeft)}</span>`}
        ${progress.cost === undefined ? nothing : html`<span>${formatValue(progress.cost, 'USD')} so far</span>`}
        ${progress.retries === undefined || progress.retries === 0 ? nothing : html`<span>${formatCount(progress.retries)} asked again</span>`}
        ${progress.waitingFor === undefined ? nothing : html`<span>${waitingWords}</span>`}
        ${progress.phase === undefined ? nothing : html`<span class="muted">${clipLine(progress.phase)}</span>`}
      </div>
      ${failed === undefined ? nothing : html`<p class="errors">${failed}</p>`} ${this.#renderTraining(run)}
      ${this.compact ? nothing : renderFirstAnswers(run)}
      ${this.compact || progress.variants.length < 2 ? nothing : renderVariants(run)}
      <div class="unseen" aria-live="polite">${this.announcement}</div>
    </div>`;
  }

  #renderTraining({ progress: { training } }: RunSummary) {
    if (training === undefined) return nothing;
    return html`<p class="muted">
      ${clipLine(training.model, 160)} is learning: step ${formatCount(training.step)} of
      ${formatCount(training.steps)}, loss ${formatFixed(training.loss, 4)}
    </p>`;
  }
}

/** Runs wait for a window that lends VS Code's own models. */
const waitingWords = 'waiting for a VS Code window to lend its model';

function renderVariants({ progress }: RunSummary) {
  const withPrompt = new Set(progress.variants.map(({ prompt }) => prompt)).size > 1;
  return html`<div class="variants">
    ${progress.variants.map(({ model, prompt, done, total, failed }) => {
      const name = clipLine(model, 160);
      const count = `${formatCount(done)} of ${formatCount(total)}${failed > 0 ? `, ${formatCount(failed)} failed` : ''}`;
      return html`<span class="name"
          >${name}${prompt === undefined || !withPrompt ? nothing : html` <span class="muted">${promptName(prompt)}</span>`}</span
        >
        <progress max=${Math.max(1, total)} .value=${done} aria-label="Samples done by ${name}"></progress>
        <span class="count">${count}</span>`;
    })}
  </div>`;
}

/** To see early whether answers look right. */
function renderFirstAnswers({ progress: { firstAnswers = [], variants } }: RunSummary) {
  if (firstAnswers.length === 0) return nothing;
  const withPrompt = new Set(variants.map(({ prompt }) => prompt)).size > 1;
  return html`<ul class="first" aria-label="First answers">
    ${firstAnswers.map(({ model, prompt, row, text }) => {
      const asked = prompt === undefined || !withPrompt ? '' : `, ${promptName(prompt)}`;
      return html`<li>
        <span class="muted" dir="auto">${clipLine(model, 60)}${asked}, row ${formatCount(row + 1)}:</span>
        <span dir="auto">${text === '' ? '(empty)' : clipLine(text, 201)}</span>
      </li>`;
    })}
  </ul>`;
}

function renderLoss({ progress }: RunSummary) {
  const last = progress.epochs?.at(-1);
  return last === undefined ? nothing : html`<span>training loss ${formatFixed(last.trainingLoss, 4)}</span>`;
}

function describeProgress(run: RunSummary): string {
  const { state, progress } = run;
  const left = progress.secondsLeft === undefined ? '' : `, ${formatTimeLeft(progress.secondsLeft)}`;
  const failed = progress.failed === 0 ? '' : `, ${formatCount(progress.failed)} failed`;
  const waiting = progress.waitingFor === undefined ? '' : `, ${waitingWords}`;
  return `${stateWords(state).text}: ${progressWords(run)}${waiting}${failed}${left}`;
}

defineElement('aiwb-progress', ProgressPanel);
