import { css, html, LitElement, nothing } from 'lit';
import { directionOf } from '../../schemas/compare-scorecards.ts';
import type { ControlChange, ControlOutcome } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount, formatValue } from '../shared/format.ts';
import { checkWords, outcomeWords, severityName } from '../shared/governance-words.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { jumpTo } from './commands.ts';

type Direction = ReturnType<typeof directionOf>;
type CheckChange = NonNullable<ControlChange['checks']>[number];

const directions: Readonly<Record<Direction, { text: string; icon: IconName; tone: string }>> = {
  worse: { text: 'Worse', icon: 'arrowDown', tone: 'bad' },
  better: { text: 'Better', icon: 'arrowUp', tone: 'good' },
  other: { text: 'Otherwise changed', icon: 'dot', tone: 'neutral' },
};

/** Drawn at once; the rest comes when asked for, and on paper. */
const shownAtFirst = 50;

/** Controls that came out differently, worse first: outcome and figures before and after, and why. Fires `jump` with a control's id. */
export class ChangeList extends LitElement {
  static override properties = { changes: { attribute: false }, all: { state: true } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      h3 {
        margin-top: 8px;
      }
      li {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr);
        gap: 0 8px;
        padding: 6px 0;
        overflow-wrap: anywhere;
      }
      li > .icon {
        margin-top: 2px;
      }
      li + li {
        border-top: 1px solid var(--aiwb-line);
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 0 16px;
        justify-content: space-between;
      }
      .head code {
        font-weight: 600;
      }
      .turn,
      .check {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        align-items: baseline;
      }
      .turn .after {
        font-weight: 600;
      }
      .check {
        font-variant-numeric: tabular-nums;
      }
      .tag {
        padding: 0 5px;
        border: 1px solid var(--aiwb-line-strong);
        border-radius: 3px;
        font-size: 0.8em;
        line-height: 1.4;
        color: var(--vscode-descriptionForeground);
      }
      .hidden {
        display: none;
      }
      @media print {
        .hidden {
          display: grid;
        }
        li {
          break-inside: avoid;
        }
      }
    `,
  ];
  declare changes: readonly ControlChange[] | undefined;
  declare all: boolean;

  constructor() {
    super();
    this.all = false;
  }

  override render() {
    const changes = this.changes ?? [];
    const groups = Map.groupBy(changes, directionOf);
    let shown = 0;
    return html`${(Object.keys(directions) as Direction[]).map(direction => {
      const members = groups.get(direction);
      if (members === undefined) return nothing;
      const { text } = directions[direction];
      return html`<h3>${text} (${formatCount(members.length)})</h3>
        <ul>
          ${members.map(change => this.#renderChange(change, direction, !this.all && ++shown > shownAtFirst))}
        </ul>`;
    })}
    ${this.all || changes.length <= shownAtFirst ? nothing : html`<button type="button" class="link no-print" @click=${() => (this.all = true)}>Show all ${formatCount(changes.length)} changes</button>`}`;
  }

  #renderChange(change: ControlChange, direction: Direction, isHidden: boolean) {
    const { control, title, severity, before, after, waivedBefore, waivedAfter, reasonAfter } = change;
    const { icon: shape, tone } = directions[direction];
    const isGone = after === undefined;
    const reason = isGone ? undefined : reasonAfter;
    return html`<li class="tone-${tone} ${isHidden ? 'hidden' : ''}">
      ${icon(shape)}
      <div>
        <div class="head">
          <button type="button" class="link" dir="auto" @click=${() => jumpTo(this, control)}>
            <code>${clipLine(control, 80)}</code> ${clipLine(title)}
          </button>
          <span class="tag">${severityName(severity)}</span>
        </div>
        <p class="turn">
          <span>${before === undefined ? 'not asked for' : stateWords(before, waivedBefore)}</span>
          <span aria-label="to">→</span>
          <span class="after">${isGone ? 'not asked for any more' : stateWords(after, waivedAfter)}</span>
        </p>
        ${before === undefined || isGone ? nothing : (change.checks ?? []).map(renderCheck)}
        ${reason === undefined || reason === '' ? nothing : html`<p class="muted" dir="auto">${clipLine(reason)}</p>`}
      </div>
    </li>`;
  }
}

function stateWords(outcome: ControlOutcome, waived = false): string {
  const text = outcomeWords(outcome).text.toLowerCase();
  return waived ? `${text}, waived` : text;
}

/** A figure that moved, a bar that moved, or a state that turned. */
function renderCheck(check: CheckChange) {
  const { title, before, after, figureBefore, figureAfter, requiredBefore, requiredAfter, unit = 'ratio' } = check;
  const figure = (value: number | undefined): string => (value === undefined ? 'no figure' : formatValue(value, unit));
  const hasFigures = figureBefore !== figureAfter;
  const state = (value: typeof before): string =>
    value === undefined ? 'not checked' : checkWords(value).text.toLowerCase();
  return html`<p class="check">
    <span class="muted" dir="auto">${clipLine(title, 160)}</span>
    ${hasFigures ? html`<span>${figure(figureBefore)} → ${figure(figureAfter)}</span>` : before === after ? nothing : html`<span>${state(before)} → ${state(after)}</span>`}
    ${requiredBefore === requiredAfter || requiredBefore === undefined || requiredAfter === undefined ? nothing : html`<span>required ${clipLine(requiredBefore, 80)} → ${clipLine(requiredAfter, 80)}</span>`}
  </p>`;
}

defineElement('aiwb-changes', ChangeList);
