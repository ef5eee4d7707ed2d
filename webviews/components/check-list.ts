import { css, html, LitElement, nothing } from 'lit';
import type { CheckResult } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatConfidence, formatCount, formatDay, formatValue } from '../shared/format.ts';
import { checkWords, identityName } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import './evidence-list.ts';
import { intervalPlot, intervalPlotStyles } from './interval-plot.ts';
import './long-text.ts';
import type { FetchExcerpt } from './quote-viewer.ts';

/** What can be done about a check by hand. */
export type CheckCommand =
  | { readonly command: 'reviewAnswer'; readonly answerId: string }
  | { readonly command: 'askDocuments' | 'answerFromDocuments'; readonly check: string }
  | { readonly command: 'addScanReport' };

/**
 * The checks of a control: state and reason, required against actual in words and drawn, and the evidence. Fires
 * `check-command` with a `CheckCommand`.
 */
export class CheckList extends LitElement {
  static override properties = {
    checks: { attribute: false },
    said: { attribute: false },
    now: { attribute: false },
    linked: { type: Boolean },
    acts: { type: Boolean },
    fetchExcerpt: { attribute: false },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    intervalPlotStyles,
    css`
      .check {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr);
        gap: 0 8px;
        padding: 6px 0;
      }
      .check + .check {
        border-top: 1px solid var(--aiwb-line);
      }
      @media print {
        .check {
          break-inside: avoid;
        }
      }
      .check > .icon {
        margin-top: 2px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        column-gap: 16px;
        overflow-wrap: anywhere;
      }
      .title {
        min-width: 0;
      }
      .measured,
      .figures {
        display: flex;
        flex-wrap: wrap;
        align-items: flex-end;
        gap: 4px 24px;
      }
      .measured {
        justify-content: space-between;
        margin: 4px 0;
      }
      .figures > div {
        min-width: 0;
        overflow-wrap: anywhere;
        font-variant-numeric: tabular-nums;
      }
      dt {
        font-size: 0.9em;
        color: var(--vscode-descriptionForeground);
      }
      @media (max-width: 480px) {
        .figures > div {
          display: flex;
          flex-wrap: wrap;
          align-items: baseline;
          gap: 0 8px;
        }
      }
      .interval {
        color: var(--vscode-descriptionForeground);
      }
      aiwb-evidence {
        margin-top: 2px;
      }
      .question {
        overflow-wrap: anywhere;
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
        margin-top: 6px;
      }
    `,
  ];
  declare checks: readonly CheckResult[] | undefined;
  /** The control's reason: where a check's is the same, once is enough. */
  declare said: string | undefined;
  declare now: number | undefined;
  declare linked: boolean;
  /** Whether something can be done about it here. */
  declare acts: boolean;
  /** Absent where nobody can read documents. */
  declare fetchExcerpt: FetchExcerpt | undefined;

  override render() {
    const checks = this.checks ?? [];
    if (checks.length === 0) return html`<p class="muted">This control has no checks.</p>`;
    return html`<ul>
      ${checks.map(check => this.#renderCheck(check))}
    </ul>`;
  }

  #renderCheck(check: CheckResult) {
    const { icon: name, text, tone } = checkWords(check.state);
    const hasEvidence = check.evidence.length > 0;
    return html`<li class="check tone-${tone}">
      ${icon(name)}
      <div>
        <div class="head">
          <span class="title" dir="auto">${clipLine(check.title)}</span>
          <span>${text}</span>
        </div>
        ${check.reason === this.said ? nothing : html`<aiwb-long-text class="muted" prose .text=${check.reason}></aiwb-long-text>`}
        ${check.question === undefined ? nothing : html`<p class="question"><span class="muted">Asked of the documents:</span> <span dir="auto">${clipLine(check.question, 600)}</span></p>`}
        ${renderFigures(check)} ${renderSeal(check)}
        ${hasEvidence ? html`<aiwb-evidence .evidence=${check.evidence} .now=${this.now} .fetchExcerpt=${this.fetchExcerpt} ?linked=${this.linked}></aiwb-evidence>` : nothing}
        ${this.#renderActions(check)}
      </div>
    </li>`;
  }

  /** A model's answer counts once a person has confirmed it; what is missing can be brought. */
  #renderActions(check: CheckResult) {
    const actions = this.acts ? actionsOf(check) : [];
    if (actions.length === 0) return nothing;
    return html`<p class="buttons no-print">
      ${actions.map(([label, command]) => html`<button type="button" class="button" @click=${() => this.#send(command)}>${label}</button>`)}
    </p>`;
  }

  #send(detail: CheckCommand): void {
    this.dispatchEvent(new CustomEvent<CheckCommand>('check-command', { detail, bubbles: true, composed: true }));
  }
}

function actionsOf({ id, kind, state, answerId }: CheckResult): readonly (readonly [string, CheckCommand])[] {
  if (kind === 'document' && answerId !== undefined && state === 'needs-review')
    return [['Review Answer…', { command: 'reviewAnswer', answerId }]];
  const isOpen = state === 'missing' || state === 'stale' || state === 'needs-review';
  if (!isOpen) return [];
  if (kind === 'scan') return [['Add Scan Report…', { command: 'addScanReport' }]];
  if (kind !== 'document') return [];
  return [
    ['Ask Documents…', { command: 'askDocuments', check: id }],
    ['Answer From Documents…', { command: 'answerFromDocuments', check: id }],
  ];
}

function renderFigures(check: CheckResult) {
  const { required, actual, n, slice } = check;
  if (required === undefined && actual === undefined && n === undefined) return nothing;
  return html`<div class="measured">
    <dl class="figures">
      ${required === undefined ? nothing : figure('Required', clipLine(required))}
      ${actual === undefined ? nothing : figure('Actual', actualWords(check, actual))}
      ${n === undefined ? nothing : figure('n', formatCount(n))}
      ${slice === undefined ? nothing : figure('Slice', clipLine(slice, 120))}
    </dl>
    ${intervalPlot(check)}
  </div>`;
}

/** Whether the bar is older than the result held against it. */
function renderSeal({ sealed }: CheckResult) {
  if (sealed === undefined) return nothing;
  const { at, by, before } = sealed;
  return html`<p class="muted tone-${before ? 'good' : 'warn'}">
    ${icon(before ? 'lock' : 'warning')} The bar was sealed on ${formatDay(at)} by ${identityName(by)},
    ${before ? 'before the evidence it is held against.' : 'after the evidence it is held against.'}
  </p>`;
}

function figure(name: string, value: unknown) {
  return html`<div>
    <dt>${name}</dt>
    <dd dir="auto">${value}</dd>
  </div>`;
}

function actualWords({ low, high, confidence, unit = 'ratio' }: CheckResult, actual: number) {
  if (low === undefined || high === undefined) return formatValue(actual, unit);
  const level = confidence === undefined ? '' : `${formatConfidence(confidence)} `;
  return html`${formatValue(actual, unit)}
    <span class="interval">${level}interval ${formatValue(low, unit)} to ${formatValue(high, unit)}</span>`;
}

defineElement('aiwb-checks', CheckList);
