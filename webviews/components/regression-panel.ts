import { css, html, LitElement, nothing } from 'lit';
import type { Regression, RegressedRow } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatCount, formatDate, formatPValue, isoDate } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { sampleLink } from '../shared/sample-links.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine, showUnseen } from '../shared/text.ts';
import { verdictWords } from '../shared/words.ts';
import './disagreement-list.ts';
import type { FetchDisagreements } from './disagreement-list.ts';

type Change = 'lost' | 'gained';

/** What became wrong, and what right, since an earlier run of the same model: the counts, the verdict, and the rows. */
export class RegressionPanel extends LitElement {
  static override properties = {
    regression: { attribute: false },
    name: {},
    runId: {},
    variant: { type: Number },
    fetchDisagreements: { attribute: false },
    linked: { type: Boolean },
    unfolded: { type: Boolean },
    isOpen: { state: true },
    change: { state: true },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      summary {
        cursor: pointer;
        padding: 4px 0;
      }
      summary,
      p {
        overflow-wrap: anywhere;
      }
      summary > strong {
        font-weight: 600;
      }
      details > div {
        padding-inline-start: 16px;
      }
      table.counts {
        min-width: 0;
        margin: 8px 0;
      }
      .changes {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin: 8px 0;
      }
      button.button[aria-pressed='true'] {
        border-color: var(--vscode-focusBorder);
        font-weight: 600;
      }
      td.text {
        min-width: 16ch;
        max-width: 40ch;
        overflow-wrap: anywhere;
      }
      .rows caption {
        padding: 4px 8px;
      }
      .rows {
        max-height: min(60vh, 520px);
        border: 1px solid var(--aiwb-line);
      }
    `,
  ];
  declare regression: Regression | undefined;
  /** The model's. */
  declare name: string;
  /** Of the run that came later. */
  declare runId: string;
  /** Position in that run of the model. */
  declare variant: number;
  /** Absent where only the rows that the report carries can be shown. */
  declare fetchDisagreements: FetchDisagreements | undefined;
  /** Whether samples can be shown. */
  declare linked: boolean;
  /** Whether it is open at first. */
  declare unfolded: boolean;
  declare isOpen: boolean | undefined;
  declare change: Change;

  constructor() {
    super();
    this.variant = 0;
    this.linked = false;
    this.unfolded = false;
    this.change = 'lost';
  }

  override render() {
    const { regression } = this;
    if (regression === undefined) return nothing;
    const { lost, gained, verdict, sentence } = regression;
    const { icon: look, tone } = verdictWords(verdict);
    const isOpen = this.isOpen ?? this.unfolded;
    return html`<details ?open=${isOpen} @toggle=${this.#onToggle}>
      <summary>
        <strong>${this.name}</strong>
        <span class="muted">${formatCount(lost)} lost, ${formatCount(gained)} gained</span>
      </summary>
      ${
        isOpen
          ? html`<div>
              <p class="tone-${tone}" dir="auto">${icon(look)} ${showUnseen(sentence)}</p>
              ${this.#renderAgainst(regression)} ${renderCounts(regression)} ${this.#renderRows(regression)}
            </div>`
          : nothing
      }
    </details>`;
  }

  #renderAgainst({ againstName, againstRun, againstCreatedAt, label, pValue, test }: Regression) {
    return html`<p class="muted">
      ${showUnseen(label)} against ${showUnseen(againstName)} (<time datetime=${isoDate(againstCreatedAt)}
        >${formatDate(againstCreatedAt)}</time
      >,
      <code>${showUnseen(againstRun)}</code
      >)${pValue === undefined ? nothing : html`, p ${formatPValue(pValue)}`}${test === undefined ? nothing : `, ${showUnseen(test)}`}.
    </p>`;
  }

  #renderRows(regression: Regression) {
    const { lost, gained, rows, againstRun, againstVariant } = regression;
    const { fetchDisagreements, runId } = this;
    if (fetchDisagreements === undefined) return renderCarried(rows, lost, this.linked ? runId : undefined, againstRun);
    const variants = [
      { runId: againstRun, variant: againstVariant },
      { runId, variant: this.variant },
    ];
    return html`<div class="changes no-print" role="group" aria-label="Which rows to list">
        ${this.#renderChange('lost', `Right before, wrong now (${formatCount(lost)})`)}
        ${this.#renderChange('gained', `Wrong before, right now (${formatCount(gained)})`)}
      </div>
      <aiwb-disagreement-list
        label="Table of rows ${this.change === 'lost' ? 'right before and wrong now' : 'wrong before and right now'}"
        none="There is no such row."
        .answerers=${[
          { name: 'Before', runId: againstRun },
          { name: 'Now', runId },
        ]}
        .query=${{ runIds: [...new Set([againstRun, runId])], variants, change: this.change }}
        .fetchDisagreements=${fetchDisagreements}
      ></aiwb-disagreement-list>`;
  }

  #renderChange(change: Change, text: string) {
    return html`<button
      type="button"
      class="button"
      aria-pressed=${change === this.change ? 'true' : 'false'}
      @click=${() => (this.change = change)}
    >
      ${text}
    </button>`;
  }

  #onToggle(event: Event): void {
    this.isOpen = (event.currentTarget as HTMLDetailsElement).open;
  }
}

function renderCounts({ n, lost, gained, bothRight, bothWrong }: Regression) {
  return html`<table class="counts">
    <caption>
      <span>${countOf(n, 'row')} decided in both runs.</span>
    </caption>
    <thead>
      <tr>
        <td></td>
        <th scope="col" class="number">Right now</th>
        <th scope="col" class="number">Wrong now</th>
      </tr>
    </thead>
    <tbody>
      <tr>
        <th scope="row">Right before</th>
        <td class="number">${formatCount(bothRight)}</td>
        <td class="number best">${formatCount(lost)}</td>
      </tr>
      <tr>
        <th scope="row">Wrong before</th>
        <td class="number best">${formatCount(gained)}</td>
        <td class="number">${formatCount(bothWrong)}</td>
      </tr>
    </tbody>
  </table>`;
}

/** The rows that travel with the report: the first lost ones. */
function renderCarried(rows: readonly RegressedRow[], lost: number, runId: string | undefined, againstRun: string) {
  if (rows.length === 0) return nothing;
  return html`<div class="scroll rows" tabindex="0" role="region" aria-label="Table of rows right before and wrong now">
    <table>
      <caption>
        <span>Right before, wrong now: ${formatCount(rows.length)} of ${countOf(lost, 'row')}.</span>
      </caption>
      <thead>
        <tr>
          <th scope="col" class="number">Row</th>
          <th scope="col">Input</th>
          <th scope="col">Right answer</th>
          <th scope="col">Before</th>
          <th scope="col">Now</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ row, id, beforeId, input, target, before, now }) =>
            html`<tr>
              <th scope="row" class="number">${sampleLink({ runId, id }, formatCount(row + 1))}</th>
              <td class="text" dir="auto">${clipLine(input)}</td>
              <td class="text" dir="auto">${clipLine(target, 120)}</td>
              <td class="text" dir="auto" title="Sample ${beforeId} of ${showUnseen(againstRun)}">
                ${clipLine(before, 120)}
              </td>
              <td class="text" dir="auto">${clipLine(now, 120)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

defineElement('aiwb-regression', RegressionPanel);
