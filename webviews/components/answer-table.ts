import { css, html, LitElement, nothing } from 'lit';
import type { PromptAnswer, PromptCase, PromptReport, TriedModel } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { countOf } from '../shared/format.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine, showUnseen } from '../shared/text.ts';
import { isActive } from '../shared/words.ts';
import type { ReadWhole } from './answer-card.ts';
import './answer-card.ts';
import { renderTotals } from './answer-totals.ts';

/** Cases drawn at first, and with each press on the button below them. */
const casesAtOnce = 20;
/** An input that is shown as it is; longer ones open. */
const shortInput = 240;
const shortLines = 6;

/**
 * A prompt's trial: what each model took, then every case with the models' answers side by side, one below another where there is no room.
 * Needs nobody to ask; with `readWhole` it can read answers that the report has cut.
 */
export class AnswerTable extends LitElement {
  static override properties = {
    report: { attribute: false },
    readWhole: { attribute: false },
    compared: { state: true },
    shown: { state: true },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      .choice {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 8px;
        align-items: baseline;
        margin-top: 12px;
      }
      select {
        font: inherit;
        max-width: 100%;
        padding: 2px 4px;
        color: var(--vscode-dropdown-foreground, var(--vscode-foreground));
        background: var(--vscode-dropdown-background, transparent);
        border: 1px solid var(--vscode-dropdown-border, rgb(128 128 128 / 50%));
        border-radius: 3px;
      }
      .case {
        margin-top: 16px;
      }
      .input {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        max-height: 160px;
        overflow: auto;
      }
      summary {
        cursor: pointer;
        overflow-wrap: anywhere;
      }
      .about {
        display: flex;
        flex-wrap: wrap;
        column-gap: 16px;
        color: var(--vscode-descriptionForeground);
        overflow-wrap: anywhere;
      }
      .answers {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));
        gap: 12px;
        margin-top: 6px;
      }
      .answers > li {
        min-width: 0;
        padding: 8px 10px;
        border: 1px solid var(--aiwb-line, rgb(128 128 128 / 25%));
        border-radius: 3px;
      }
      .answers h4 {
        margin: 0;
        font-size: 1em;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .repeat {
        margin-top: 8px;
        padding-top: 8px;
        border-top: 1px solid var(--aiwb-line, rgb(128 128 128 / 25%));
      }
      .more,
      .notes {
        margin-top: 12px;
      }
      .notes > li {
        overflow-wrap: anywhere;
      }
      @media print {
        .answers > li {
          break-inside: avoid;
        }
      }
    `,
  ];
  declare report: PromptReport | undefined;
  /** Absent where there is nobody to ask, as in a file or on a code host. */
  declare readWhole: ReadWhole | undefined;
  /** Variant whose answers the others are compared with, word by word. */
  declare compared: number | undefined;
  declare shown: number;

  constructor() {
    super();
    this.shown = casesAtOnce;
  }

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    const { models, cases, notes } = report;
    const rest = cases.length - this.shown;
    return html`${renderTotals(models)} ${models.length > 1 && cases.length > 0 ? this.#renderChoice(models) : nothing}
    ${cases.slice(0, this.shown).map(one => this.#renderCase(one, report))}
    ${
      rest > 0
        ? html`<p class="more no-print">
            <button type="button" class="button" @click=${() => (this.shown += casesAtOnce)}>
              Show ${countOf(Math.min(rest, casesAtOnce), 'more case')}
            </button>
          </p>`
        : nothing
    }
    ${
      notes.length === 0
        ? nothing
        : html`<ul class="notes muted">
            ${notes.map(note => html`<li dir="auto">${showUnseen(note)}</li>`)}
          </ul>`
    }`;
  }

  #renderChoice(models: readonly TriedModel[]) {
    return html`<p class="choice no-print">
      <label for="compared">Show word differences from</label>
      <select id="compared" @change=${this.#choose}>
        <option value="" ?selected=${this.compared === undefined}>no model</option>
        ${models.map(({ variant, model }) => html`<option value=${variant} ?selected=${this.compared === variant}>${clipLine(model, 80)}</option>`)}
      </select>
    </p>`;
  }

  readonly #choose = ({ target }: Event): void => {
    const { value } = target as HTMLSelectElement;
    this.compared = value === '' ? undefined : Number(value);
  };

  #renderCase(one: PromptCase, report: PromptReport) {
    const title = report.rows > 1 ? `Case ${String(one.row + 1)}` : 'Case';
    return html`<section class="case" aria-label=${title}>
      <h3>${title}</h3>
      ${renderInput(one)}
      ${
        one.target === undefined && one.slices === undefined
          ? nothing
          : html`<p class="about">
              ${one.target === undefined ? nothing : html`<span dir="auto">Expected: ${clipLine(one.target, shortInput)}</span>`}
              ${Object.entries(one.slices ?? {}).map(([name, value]) => html`<span dir="auto">${clipLine(`${name}: ${value}`, 80)}</span>`)}
            </p>`
      }
      <ul class="answers">
        ${report.models.map(model => this.#renderModel(one, model, report))}
      </ul>
    </section>`;
  }

  #renderModel({ answers, row }: PromptCase, { variant, model }: TriedModel, report: PromptReport) {
    const name = clipLine(model, 80);
    const own = answers.filter(answer => answer.variant === variant);
    const missing = isActive(report.run.state) ? 'Waiting for an answer…' : 'No answer.';
    return html`<li>
      <h4>${name}${this.compared === variant ? html` <span class="tag">compared with</span>` : nothing}</h4>
      ${own.length === 0 ? html`<p class="muted">${missing}</p>` : nothing}
      ${own.map(
        (answer, index) =>
          html`<div class=${index === 0 ? '' : 'repeat'}>
            ${report.repeats > 1 ? html`<p class="muted">Repeat ${String(answer.repeat + 1)}</p>` : nothing}
            <aiwb-answer-card
              .answer=${answer}
              .name=${`${name}, case ${String(row + 1)}`}
              .baseline=${this.#baselineOf(answer, answers)}
              .readWhole=${this.readWhole}
            ></aiwb-answer-card>
          </div>`,
      )}
    </li>`;
  }

  /** The same repeat's answer of the model that is compared with; absent where there is none. */
  #baselineOf({ variant, repeat, failure }: PromptAnswer, answers: readonly PromptAnswer[]): string | undefined {
    if (this.compared === undefined || this.compared === variant || failure !== undefined) return undefined;
    return answers.find(answer => answer.variant === this.compared && answer.repeat === repeat)?.text;
  }
}

function renderInput({ input, inputCharacters }: PromptCase) {
  if (input === '') return html`<p class="muted">The prompt as it is: it reads no variable.</p>`;
  const isShort = input.length <= shortInput && input.split('\n').length <= shortLines;
  if (isShort) return html`<p class="input" dir="auto">${showUnseen(input)}</p>`;
  const cut = inputCharacters === undefined ? '' : '…';
  return html`<details>
    <summary dir="auto">${clipLine(input, 160)}</summary>
    <p class="input" dir="auto" tabindex="0">${showUnseen(input)}${cut}</p>
  </details>`;
}

defineElement('aiwb-answer-table', AnswerTable);
