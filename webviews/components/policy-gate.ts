import { css, html, LitElement, nothing } from 'lit';
import type { GateCheck, PolicyGate } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { conditionWords, leadSentence, policyGateWords, type Look } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import './long-text.ts';

/** What nobody may rely on carries no mark of success. */
const disputed = { icon: 'question', tone: 'warn' } as const;

/** So many controls a condition names before it only counts the others. */
const namedControls = 12;

/**
 * The verdict of a gate as a sentence, then each condition: required against actual. With `jumps`, a condition's controls can
 * be gone to: fires `jump` with a control's id. What is slotted stands between verdict and conditions.
 */
export class PolicyGateView extends LitElement {
  static override properties = {
    gate: { attribute: false },
    jumps: { type: Boolean },
    disputed: { type: Boolean },
    prominent: { type: Boolean },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      .verdict {
        display: flex;
        gap: 8px;
        align-items: flex-start;
        margin-bottom: 8px;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .verdict > .icon {
        margin-top: 2px;
      }
      .prominent {
        display: grid;
        gap: 16px;
        margin-bottom: 12px;
        padding: 12px 16px 14px;
        border: 1px solid var(--aiwb-line);
        border-inline-start: 4px solid var(--aiwb-line-strong);
        border-radius: 3px;
      }
      .prominent.tone-good {
        border-inline-start-color: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
      }
      .prominent.tone-bad {
        border-inline-start-color: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
      }
      .prominent.tone-warn {
        border-inline-start-color: var(--vscode-list-warningForeground, var(--vscode-charts-yellow));
      }
      .prominent .verdict {
        gap: 12px;
        margin: 0;
        font-weight: normal;
      }
      .prominent .verdict > .icon {
        width: 28px;
        height: 28px;
        margin-top: 3px;
        stroke-width: 1;
      }
      .word-of {
        font-size: 1.55em;
        line-height: 1.3;
        font-weight: 600;
      }
      .controls {
        display: block;
        max-width: 48ch;
      }
      .controls button {
        overflow-wrap: anywhere;
      }
      @media print {
        table {
          min-width: 100% !important;
          font-size: inherit;
        }
      }
      td.words {
        min-width: 10ch;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare gate: PolicyGate | undefined;
  declare jumps: boolean;
  /** Whether the record it stands in was changed. */
  declare disputed: boolean;
  /** Whether the verdict stands large in a frame of its own, with what is slotted beneath it. */
  declare prominent: boolean;

  override render() {
    const { gate } = this;
    if (gate === undefined) return nothing;
    const { text, icon: name, tone } = policyGateWords(gate.outcome);
    const look: Pick<Look, 'icon' | 'tone'> = this.disputed ? disputed : { icon: name, tone };
    return html`${this.prominent ? this.#renderProminent(gate, look, text) : this.#renderVerdict(gate, look, text)}
    ${gate.conditions.length === 0 ? html`<p class="muted">No policy sets a condition.</p>` : this.#renderConditions(gate.conditions)}`;
  }

  #renderVerdict({ sentence }: PolicyGate, look: Pick<Look, 'icon' | 'tone'>, text: string) {
    const verdict = leadSentence(text, sentence);
    return html`<div class="verdict tone-${look.tone}">
      ${icon(look.icon)}
      <aiwb-long-text prose .text=${this.disputed ? `The changed record says: ${verdict}` : verdict}></aiwb-long-text>
    </div>`;
  }

  #renderProminent({ sentence }: PolicyGate, look: Pick<Look, 'icon' | 'tone'>, text: string) {
    const rest = afterWord(text, sentence);
    return html`<div class="prominent tone-${look.tone}">
      <div class="verdict tone-${look.tone}" role="status">
        ${icon(look.icon)}
        <div>
          <p class="word-of">${this.disputed ? `The changed record says: ${text}` : text}</p>
          ${rest === '' ? nothing : html`<aiwb-long-text prose .text=${rest}></aiwb-long-text>`}
        </div>
      </div>
      <slot></slot>
    </div>`;
  }

  #renderConditions(conditions: readonly GateCheck[]) {
    const hasPolicy = conditions.some(({ policy }) => policy !== undefined);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Conditions of the gate">
      <table>
        <thead>
          <tr>
            <th scope="col">Condition</th>
            <th scope="col">Required</th>
            <th scope="col">Actual</th>
            <th scope="col">Outcome</th>
            ${hasPolicy ? html`<th scope="col">Policy</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${conditions.map(condition => this.#renderCondition(condition, hasPolicy))}
        </tbody>
      </table>
    </div>`;
  }

  #renderCondition({ condition, required, actual, outcome, policy, controls = [] }: GateCheck, hasPolicy: boolean) {
    const { text, icon: name, tone } = conditionWords(outcome);
    return html`<tr>
      <th scope="row" class="name tone-${tone}" dir="auto">${icon(name)} ${clipLine(condition)}</th>
      <td class="words" dir="auto">${clipLine(required)}</td>
      <td class="words" dir="auto">
        ${clipLine(actual)}${controls.length === 0 ? nothing : html`<span class="controls">${this.#renderControls(controls)}</span>`}
      </td>
      <td class="word">${text}</td>
      ${hasPolicy ? html`<td class="name">${policy === undefined ? '' : clipLine(policy, 120)}</td>` : nothing}
    </tr>`;
  }

  #renderControls(controls: readonly string[]) {
    const named = controls.slice(0, namedControls);
    const others = controls.length - named.length;
    return html`${named.map((id, index) => html`${index === 0 ? nothing : ', '}${this.#renderControl(id)}`)}${others === 0 ? nothing : ` and ${String(others)} more`}`;
  }

  #renderControl(id: string) {
    if (!this.jumps) return clipLine(id, 60);
    const jump = (): void => {
      this.dispatchEvent(new CustomEvent<string>('jump', { detail: id, bubbles: true, composed: true }));
    };
    return html`<button type="button" class="link" @click=${jump}>${clipLine(id, 60)}</button>`;
  }
}

/** A sentence without the word that leads it. */
function afterWord(word: string, sentence: string): string {
  const lead = `${word}: `.toLowerCase();
  if (!sentence.toLowerCase().startsWith(lead)) return sentence === word ? '' : sentence;
  const rest = sentence.slice(lead.length);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

defineElement('aiwb-policy-gate', PolicyGateView);
