import { css, html, LitElement, nothing } from 'lit';
import type { AssessmentSummary, ScorecardView } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount, formatDate, formatPoints, isoDate } from '../shared/format.ts';
import { identityName, identityWords, policyGateWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { sendCommand } from './commands.ts';
import { scoreTrend, scoreTrendStyles } from './score-trend.ts';

/** Assessments of all versions of the model, the newest first; each opens where somebody can open it. Fires `compare` with an id. */
export class HistoryTable extends LitElement {
  static override properties = { view: { attribute: false }, acts: { type: Boolean }, compares: { type: Boolean } };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    scoreTrendStyles,
    css`
      @media print {
        table {
          min-width: 100% !important;
          font-size: 0.85em;
        }
      }
      .scroll {
        max-height: 60vh;
      }
      tr.shown > * {
        font-weight: 600;
      }
    `,
  ];
  declare view: ScorecardView | undefined;
  /** Whether another assessment can be opened. */
  declare acts: boolean;
  /** Whether two can be compared. */
  declare compares: boolean;

  override render() {
    if (this.view === undefined) return nothing;
    const { history, scorecard } = this.view;
    const decimals = history.every(({ score, coverage }) => isWhole(score) && isWhole(coverage)) ? 0 : 1;
    return html`${scoreTrend(history)}
      <div class="scroll" tabindex="0" role="region" aria-label="Assessments of this model">
        <table>
          <thead>
            <tr>
              <th scope="col">Assessed</th>
              <th scope="col">Version</th>
              <th scope="col" class="number">Score</th>
              <th scope="col" class="number">Coverage <span class="unit">%</span></th>
              <th scope="col" class="number">Waived</th>
              <th scope="col">Gate</th>
              <th scope="col">Assessor</th>
              ${this.compares ? html`<th scope="col" class="no-print"><span class="unseen">Compare</span></th>` : nothing}
            </tr>
          </thead>
          <tbody>
            ${history.map(summary => this.#renderRow(summary, summary.id === scorecard.record.id, decimals))}
          </tbody>
        </table>
      </div>`;
  }

  #renderRow(summary: AssessmentSummary, isShown: boolean, decimals: number) {
    const { version, score, coverage, waived, gate, assessor } = summary;
    const { text, icon: name, tone } = policyGateWords(gate);
    return html`<tr class=${isShown ? 'shown' : ''}>
      <th scope="row" class="word">${this.#renderTime(summary, isShown)}</th>
      <td>${clipLine(version, 60)}</td>
      <td class="number">${score === null ? '–' : formatPoints(score, decimals)}</td>
      <td class="number">${formatPoints(coverage, decimals)}</td>
      <td class="number">${formatCount(waived)}</td>
      <td class="word tone-${tone}">${icon(name)} ${text}</td>
      <td class="name" title=${identityWords(assessor)}>${identityName(assessor)}</td>
      ${this.compares ? html`<td class="no-print">${isShown ? nothing : this.#renderCompare(summary)}</td>` : nothing}
    </tr>`;
  }

  #renderTime({ id, assessedAt }: AssessmentSummary, isShown: boolean) {
    const time = html`<time datetime=${isoDate(assessedAt)}>${formatDate(assessedAt)}</time>`;
    if (isShown) return html`${time} <span class="tag">shown here</span>`;
    if (!this.acts) return time;
    const open = (): void => sendCommand(this, { command: 'openAssessment', assessmentId: id });
    return html`<button type="button" class="link" @click=${open}>${time}</button>`;
  }

  #renderCompare({ id, assessedAt }: AssessmentSummary) {
    const compare = (): void => {
      this.dispatchEvent(new CustomEvent<string>('compare', { detail: id, bubbles: true, composed: true }));
    };
    return html`<button
      type="button"
      class="link"
      aria-label="Compare with the assessment of ${formatDate(assessedAt)}"
      @click=${compare}
    >
      Compare
    </button>`;
  }
}

function isWhole(points: number | null): boolean {
  return points === null || Number.isInteger(points);
}

defineElement('aiwb-history', HistoryTable);
