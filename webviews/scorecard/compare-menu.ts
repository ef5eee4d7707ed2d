import { css, html, LitElement, nothing } from 'lit';
import type { AssessmentSummary, ScorecardView } from '../../schemas/generated/messages.ts';
import '../components/drop-menu.ts';
import { defineElement } from '../shared/define.ts';
import { formatDate, formatPoints } from '../shared/format.ts';
import { policyGateWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { sendCommand } from './commands.ts';

/** Further back, the history leads. */
const mostChoices = 30;

/** Which other assessment to set beside this one. Fires `compare` with its id. */
export class CompareMenu extends LitElement {
  static override properties = { view: { attribute: false }, chosen: { attribute: false } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      :host {
        position: relative;
      }
      li button {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        width: 100%;
        padding: 4px 6px;
        border-radius: 3px;
      }
      li button:hover,
      li button:focus-visible {
        background: var(--vscode-list-hoverBackground);
      }
      li.other {
        margin-top: 4px;
        padding-top: 4px;
        border-top: 1px solid var(--aiwb-line);
      }
      .gate {
        white-space: nowrap;
      }
    `,
  ];
  declare view: ScorecardView | undefined;
  /** The assessment it is compared with; undefined for none. */
  declare chosen: AssessmentSummary | undefined;

  override render() {
    const { view, chosen } = this;
    if (view === undefined) return nothing;
    const { record } = view.scorecard;
    const others = view.history.filter(({ id }) => id !== record.id).slice(0, mostChoices);
    return html`<aiwb-drop-menu
      label="Compare"
      value=${chosen === undefined ? 'with…' : `with version ${chosen.version}`}
    >
      <ul>
        ${others.map(summary => this.#renderChoice(summary))}
        <li class="other">
          <button type="button" @click=${() => sendCommand(this, { command: 'compareWith' })}>
            Another Scorecard…
          </button>
        </li>
      </ul>
    </aiwb-drop-menu>`;
  }

  #renderChoice({ id, version, assessedAt, gate, score }: AssessmentSummary) {
    const { text, icon: shape, tone } = policyGateWords(gate);
    const choose = (): void => {
      this.dispatchEvent(new CustomEvent<string>('compare', { detail: id, bubbles: true, composed: true }));
    };
    return html`<li>
      <button type="button" aria-current=${id === this.chosen?.id} @click=${choose}>
        <span>version ${clipLine(version, 40)}</span>
        <span class="muted">${formatDate(assessedAt)}</span>
        <span class="gate tone-${tone}"
          >${icon(shape)} ${text}${score === null ? '' : `, score ${formatPoints(score)}`}</span
        >
      </button>
    </li>`;
  }
}

defineElement('aiwb-compare-menu', CompareMenu);
