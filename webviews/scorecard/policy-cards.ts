import { css, html, LitElement, nothing, svg } from 'lit';
import type { AppliedPolicy, AssessmentRecord, ControlOutcome } from '../../schemas/generated/messages.ts';
import '../components/copy-digest.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatCount } from '../shared/format.ts';
import { levelName, levels, outcomeWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { sendCommand } from './commands.ts';

const outcomes: readonly ControlOutcome[] = ['non-compliant', 'partial', 'not-assessed', 'compliant', 'not-applicable'];

/** How a policy's controls stand. */
interface Tally {
  /** Controls it asked for first. */
  readonly own: number;
  /** Controls of others it made stricter. */
  readonly tightened: number;
  readonly counts: ReadonlyMap<ControlOutcome, number>;
}

const noControls: Tally = { own: 0, tightened: 0, counts: new Map() };

/** More than these come when asked for, and on paper. */
const shownAtFirst = 12;

/**
 * A card for each policy, from the widest level: whose it is, how old, what it builds on, and how its own controls stand. Fires
 * `show-policy` with its id to see its controls.
 */
export class PolicyCards extends LitElement {
  static override properties = {
    record: { attribute: false },
    now: { attribute: false },
    acts: { type: Boolean },
    all: { state: true },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      .cards {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr));
        gap: 8px;
      }
      .card {
        padding: 8px 12px;
        border: 1px solid var(--aiwb-line);
        border-radius: 3px;
        overflow-wrap: anywhere;
        break-inside: avoid;
      }
      .card:hover {
        border-color: var(--aiwb-line-strong);
      }
      .level {
        font-size: 0.9em;
      }
      .shares {
        display: block;
        width: 100%;
        height: 6px;
        margin-top: 8px;
      }
      .shares .non-compliant {
        fill: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
      }
      .shares .partial,
      .shares .not-assessed {
        fill: var(--vscode-list-warningForeground, var(--vscode-charts-yellow));
      }
      .shares .not-assessed {
        opacity: 0.5;
      }
      .shares .compliant {
        fill: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
      }
      .shares .not-applicable {
        fill: var(--aiwb-line-strong);
        opacity: 0.5;
      }
      .more {
        margin-top: 8px;
      }
      .hidden {
        display: none;
      }
      @media (forced-colors: active) {
        .shares rect {
          fill: CanvasText;
        }
      }
      @media print {
        .hidden {
          display: block;
        }
      }
      h3 button {
        font-weight: 600;
      }
      .counts {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        margin-top: 4px;
      }
    `,
  ];
  declare record: AssessmentRecord | undefined;
  declare now: number;
  /** Whether a policy can be opened. */
  declare acts: boolean;
  declare all: boolean;

  constructor() {
    super();
    this.all = false;
  }

  override render() {
    const { record } = this;
    if (record === undefined) return nothing;
    const { policies } = record;
    if (policies.length === 0) return html`<p class="muted">This assessment names no policy.</p>`;
    const ordered = [...policies].sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
    const tallies = tallyControls(record);
    return html`<ul class="cards">
        ${ordered.map((policy, index) => html`<li class="card ${this.all || index < shownAtFirst ? '' : 'hidden'}">${this.#renderCard(policy, tallies.get(policy.id) ?? noControls)}</li>`)}
      </ul>
      ${this.all || policies.length <= shownAtFirst ? nothing : html`<p class="more no-print"><button type="button" class="link" @click=${() => (this.all = true)}>Show all ${formatCount(policies.length)} policies</button></p>`}`;
  }

  #renderCard(policy: AppliedPolicy, tally: Tally) {
    const title = clipLine(policy.title, 160);
    const open = (): void => sendCommand(this, { command: 'openPolicy', policy: policy.id });
    return html`<p class="level muted">${levelName(policy.level)}</p>
      <h3 dir="auto">
        ${this.acts ? html`<button type="button" class="link" @click=${open}>${title}</button>` : title}
      </h3>
      <p class="muted">
        <code>${clipLine(policy.id, 120)}</code> ${clipLine(policy.version, 40)}
        <aiwb-copy-digest digest=${policy.digest} name="digest of ${policy.id}"></aiwb-copy-digest>
      </p>
      ${policy.owner === undefined ? nothing : html`<p class="muted">owned by ${clipLine(policy.owner, 120)}</p>`}
      ${this.#renderReview(policy)}
      ${policy.extends.length === 0 ? nothing : html`<p class="muted">builds on ${policy.extends.map((id, index) => html`${index === 0 ? nothing : ', '}<code>${clipLine(id, 120)}</code>`)}</p>`}
      ${this.#renderTally(policy, tally)}`;
  }

  #renderTally({ id }: AppliedPolicy, { own, tightened, counts }: Tally) {
    const shown = outcomes.flatMap(outcome => {
      const count = counts.get(outcome);
      return count === undefined ? [] : [{ outcome, count }];
    });
    const narrow = (): void => {
      this.dispatchEvent(new CustomEvent<string>('show-policy', { detail: id, bubbles: true, composed: true }));
    };
    return html`${own === 0 ? nothing : renderShares({ own, tightened, counts })}
      <p class="counts">
        ${own === 0 && tightened === 0 ? html`<span class="muted">no control of its own</span>` : html`<button type="button" class="link" @click=${narrow}>${own === 0 ? 'its controls' : countOf(own, 'control')}</button>`}
        ${shown.map(({ outcome, count }) => {
          const { text, icon: name, tone } = outcomeWords(outcome);
          return html`<span class="tone-${tone}">${icon(name)} ${formatCount(count)} ${text.toLowerCase()}</span>`;
        })}
        ${tightened === 0 ? nothing : html`<span>makes ${formatCount(tightened)} stricter</span>`}
      </p>`;
  }

  #renderReview({ reviewBy }: AppliedPolicy) {
    if (reviewBy === undefined) return nothing;
    const due = Date.parse(reviewBy);
    if (Number.isNaN(due) || due > this.now)
      return html`<p class="muted">to be reviewed by ${clipLine(reviewBy, 40)}</p>`;
    return html`<p class="tone-warn">${icon('warning')} review was due by ${clipLine(reviewBy, 40)}</p>`;
  }
}

/** The outcomes of a policy's controls side by side, drawn; the words beneath say the same. */
function renderShares({ own, counts }: Tally) {
  let from = 0;
  return html`<svg class="shares" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
    ${outcomes.map(outcome => {
      const width = (100 * (counts.get(outcome) ?? 0)) / own;
      const x = from;
      from += width;
      return width === 0
        ? nothing
        : svg`<rect class=${outcome} x=${x} y="0" width=${Math.max(0.5, width - 0.5)} height="6" />`;
    })}
  </svg>`;
}

/** What of a record each policy asks for first, and what it made stricter: one look at every control. */
function tallyControls({ controls }: AssessmentRecord): ReadonlyMap<string, Tally> {
  const tallies = new Map<string, { own: number; tightened: number; counts: Map<ControlOutcome, number> }>();
  const of = (id: string) => {
    const known = tallies.get(id) ?? { own: 0, tightened: 0, counts: new Map<ControlOutcome, number>() };
    tallies.set(id, known);
    return known;
  };
  for (const { policy, tightenedBy = [], outcome } of controls) {
    const tally = of(policy);
    tally.own += 1;
    tally.counts.set(outcome, (tally.counts.get(outcome) ?? 0) + 1);
    for (const id of tightenedBy) of(id).tightened += 1;
  }
  return tallies;
}

defineElement('aiwb-policies', PolicyCards);
