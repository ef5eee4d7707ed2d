import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { css, html, LitElement, nothing } from 'lit';
import type { AssessmentRecord, ControlOutcome } from '../../schemas/generated/messages.ts';
import '../components/choice-menu.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatCount } from '../shared/format.ts';
import { levelName, levels, outcomeWords, severities, severityName } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { everyControl, isNarrowed, outcomeOrder, type ControlFilter } from './control-filter.ts';

const typingPauseMs = 120;

/** What narrows the controls: words, outcome, severity, policy and level. Fires `filter-changed` with a `ControlFilter`. */
export class ControlToolbar extends LitElement {
  static override properties = {
    record: { attribute: false },
    filter: { attribute: false },
    shown: { type: Number },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      .bar {
        position: relative;
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
      }
      .outcomes {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        margin-bottom: 8px;
      }
      .outcomes button {
        display: inline-flex;
        gap: 6px;
        align-items: center;
        padding: 2px 8px;
        border: 1px solid var(--aiwb-line-strong);
        border-radius: 4px;
      }
      .outcomes button:hover {
        background: var(--aiwb-hover);
      }
      .outcomes button[aria-pressed='true'] {
        border-color: var(--vscode-focusBorder);
        background: var(--vscode-list-activeSelectionBackground);
        color: var(--vscode-list-activeSelectionForeground);
        text-decoration: underline;
        text-underline-offset: 3px;
      }
      .outcomes .icon {
        vertical-align: 0;
      }
      .count {
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      vscode-textfield {
        flex: 1 1 200px;
        max-width: 360px;
      }
      .found {
        margin-inline-start: auto;
      }
      @media (forced-colors: active) {
        .outcomes button[aria-pressed='true'] {
          border-width: 2px;
          border-color: Highlight;
        }
      }
    `,
  ];
  declare record: AssessmentRecord | undefined;
  declare filter: ControlFilter;
  /** Controls that fit the filter. */
  declare shown: number;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.filter = everyControl;
    this.shown = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#typing);
  }

  /** Puts the cursor where words are searched. */
  focusSearch(): void {
    this.renderRoot.querySelector<HTMLElement>('vscode-textfield')?.focus();
  }

  override render() {
    const { record, filter } = this;
    if (record === undefined) return nothing;
    const policies = [...record.policies].sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
    const usedLevels = levels.filter(level => policies.some(policy => policy.level === level));
    const total = record.controls.length;
    return html`<div class="outcomes" role="group" aria-label="Outcomes">
        ${outcomeOrder.map(outcome => this.#renderOutcome(record, outcome))}
      </div>
      <div class="bar no-print">
        <vscode-textfield
          type="search"
          label="Search controls"
          placeholder="Search by id, words, check or mapping"
          .value=${filter.text}
          @input=${this.#onType}
        ></vscode-textfield>
        ${this.#renderMenu(
          'Severity',
          'any',
          severities.map(value => ({ value, label: severityName(value) })),
          filter.severities,
          chosen => ({ severities: severities.filter(value => chosen.includes(value)) }),
        )}
        ${
          policies.length < 2
            ? nothing
            : this.#renderMenu(
                'Policy',
                'any',
                policies.map(({ id, title }) => ({ value: id, label: title })),
                filter.policies,
                chosen => ({ policies: chosen }),
              )
        }
        ${
          usedLevels.length < 2
            ? nothing
            : this.#renderMenu(
                'Level',
                'any',
                usedLevels.map(value => ({ value, label: levelName(value) })),
                filter.levels,
                chosen => ({ levels: levels.filter(value => chosen.includes(value)) }),
              )
        }
        <span class="found muted" role="status"
          >${isNarrowed(filter) ? html`${formatCount(this.shown)} of ${countOf(total, 'control')}` : countOf(total, 'control')}</span
        >
        ${isNarrowed(filter) ? html`<button type="button" class="link" @click=${() => this.#tell(everyControl)}>Show all</button>` : nothing}
      </div>`;
  }

  #renderOutcome({ controls }: AssessmentRecord, outcome: ControlOutcome) {
    const count = controls.reduce((sum, control) => sum + Number(control.outcome === outcome), 0);
    if (count === 0) return nothing;
    const { text, icon: shape, tone } = outcomeWords(outcome);
    const isChosen = this.filter.outcomes.includes(outcome);
    const toggle = (): void => {
      const outcomes = isChosen
        ? this.filter.outcomes.filter(other => other !== outcome)
        : [...this.filter.outcomes, outcome];
      this.#tell({ ...this.filter, outcomes });
    };
    return html`<button type="button" class="tone-${tone}" aria-pressed=${isChosen} @click=${toggle}>
      ${icon(shape)} <span><span class="count">${formatCount(count)}</span> ${text.toLowerCase()}</span>
    </button>`;
  }

  #renderMenu(
    label: string,
    every: string,
    choices: readonly { value: string; label: string }[],
    chosen: readonly string[],
    change: (chosen: readonly string[]) => Partial<ControlFilter>,
  ) {
    return html`<aiwb-choice-menu
      label=${label}
      every=${every}
      .choices=${choices.map(choice => ({ ...choice, label: clipLine(choice.label, 120) }))}
      .chosen=${chosen}
      @chosen-changed=${({ detail }: CustomEvent<readonly string[]>) => this.#tell({ ...this.filter, ...change(detail) })}
    ></aiwb-choice-menu>`;
  }

  #onType(event: Event): void {
    const text = (event.currentTarget as HTMLElement & { value: string }).value;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#tell({ ...this.filter, text }), typingPauseMs);
  }

  #tell(filter: ControlFilter): void {
    clearTimeout(this.#typing);
    this.dispatchEvent(
      new CustomEvent<ControlFilter>('filter-changed', { detail: filter, bubbles: true, composed: true }),
    );
  }
}

defineElement('aiwb-control-toolbar', ControlToolbar);
