import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { AssessmentRecord, ControlHistory } from '../../schemas/generated/messages.ts';
import { renderRequestError } from '../components/request-error.ts';
import { defineElement } from '../shared/define.ts';
import { formatDate, isoDate } from '../shared/format.ts';
import { outcomeWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { Resource } from '../shared/resource.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import type { ScorecardAsks } from './asks.ts';
import { sendCommand } from './commands.ts';

/** How a control came out in the assessments of this model, the newest first. */
export class ControlHistoryList extends LitElement {
  static override properties = {
    control: { attribute: false },
    record: { attribute: false },
    asks: { attribute: false },
    acts: { type: Boolean },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      h3 {
        margin-bottom: 2px;
      }
      li {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr);
        gap: 0 8px;
        padding: 4px 0;
        overflow-wrap: anywhere;
      }
      li + li {
        border-top: 1px solid var(--aiwb-line);
      }
      li > .icon {
        margin-top: 2px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
      }
      .here {
        font-weight: 600;
      }
    `,
  ];
  declare control: string | undefined;
  /** The assessment that is shown. */
  declare record: AssessmentRecord | undefined;
  declare asks: ScorecardAsks | undefined;
  /** Whether another assessment can be opened. */
  declare acts: boolean;
  readonly #history = new Resource<ControlHistory, string>(this, (control, signal) => {
    if (this.asks === undefined) throw new Error('Nobody knows earlier assessments here.');
    return this.asks.history(control, signal);
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    const isAnother = changed.has('record') && changed.get('record')?.id !== this.record?.id;
    if (this.control !== undefined && this.asks !== undefined && (changed.has('control') || isAnother))
      void this.#history.load(this.control);
  }

  override render() {
    return html`<h3>History</h3>
      ${this.#renderEntries()}`;
  }

  #renderEntries() {
    const { state } = this.#history;
    if (state.status === 'failed') return renderRequestError(state.error, 'Earlier assessments could not be read.');
    if (state.value?.control !== this.control)
      return html`<p class="muted" role="status">Reading earlier assessments…</p>`;
    const { entries = [] } = state.value ?? {};
    if (entries.length === 0) return html`<p class="muted">No other assessment of this model has this control.</p>`;
    return html`<ul>
      ${entries.map(entry => this.#renderEntry(entry))}
    </ul>`;
  }

  #renderEntry({ assessmentId, version, assessedAt, outcome, reason, waived }: ControlHistory['entries'][number]) {
    const { text, icon: shape, tone } = outcomeWords(outcome);
    const time = html`<time datetime=${isoDate(assessedAt)}>${formatDate(assessedAt)}</time>`;
    const isHere = assessmentId === this.record?.id;
    const open = (): void => sendCommand(this, { command: 'openAssessment', assessmentId });
    return html`<li class="tone-${tone}">
      ${icon(shape)}
      <div>
        <div class="head ${isHere ? 'here' : ''}">
          <span>${text}${waived ? ', waived' : ''}</span>
          <span>version ${clipLine(version, 40)}</span>
          ${isHere || !this.acts ? time : html`<button type="button" class="link" @click=${open}>${time}</button>`}
          ${isHere ? html`<span class="muted">shown here</span>` : nothing}
        </div>
        <p class="muted" dir="auto">${clipLine(reason)}</p>
      </div>
    </li>`;
  }
}

defineElement('aiwb-control-history', ControlHistoryList);
