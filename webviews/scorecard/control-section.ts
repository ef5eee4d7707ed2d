import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { openReason, severities, severityName, type OpenReason } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { everyControl, isNarrowed, type ControlFilter, type ControlIndex } from './control-filter.ts';
import type { RowContext } from './control-row.ts';
import './control-rows.ts';
import type { ControlRows } from './control-rows.ts';
import './control-toolbar.ts';
import { groupControls, type ControlGroups, type GroupName, type PlacedControl } from './page-model.ts';

const reasons: Readonly<Record<OpenReason, { title: string; advice: string }>> = {
  'needs-review': {
    title: 'Needs review',
    advice: 'A person must look: open the evidence, then attest or add what is missing, and assess again.',
  },
  missing: {
    title: 'Evidence missing',
    advice: 'Run the benchmark on this version, complete the card or attest what is asked, then assess again.',
  },
  stale: { title: 'Evidence too old', advice: 'Collect it again: it is older than the policy allows.' },
  error: { title: 'Could not be checked', advice: 'Put right what the reason names, then assess again.' },
  undecided: {
    title: 'Not decided',
    advice: 'Whether the control applies or holds could not be told. The reason says why.',
  },
};

/** So few controls need no search. */
const searchedFrom = 6;

/** About how many pixels a row of each group takes before it is drawn. */
const rowHeights: Readonly<Record<GroupName, number>> = { failures: 140, open: 54, notApplicable: 54, passed: 54 };

interface List {
  readonly title: string;
  readonly advice?: string;
  readonly items: readonly PlacedControl[];
}

/**
 * Every control under its outcome: failures first, then what is open, what does not apply, and what passed, closed; arrow keys walk
 * them. Fires `filter-changed` with a `ControlFilter`, `fold` with whether a group is open, `open-control` with a position in the
 * record, `walk` with one when the arrow keys came to it, and `close-control` on Escape while one is open.
 */
export class ControlSection extends LitElement {
  static override properties = {
    index: { attribute: false },
    context: { attribute: false },
    filter: { attribute: false },
    isFolded: { attribute: false },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      aiwb-control-toolbar {
        margin-bottom: 8px;
      }
      h3,
      summary {
        margin-top: 16px;
        font-size: 1.05em;
      }
      summary > h3 {
        margin: 0;
        font-size: 1em;
      }
      h4 {
        margin: 10px 0 2px;
        font-size: 1em;
        font-weight: 600;
      }
      .advice {
        margin-bottom: 2px;
      }
      summary {
        display: flex;
        align-items: center;
        gap: 4px;
        cursor: pointer;
        list-style: none;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      details[open] > summary > .chevron .icon {
        transform: rotate(90deg);
      }
      @media print {
        .chevron {
          display: none;
        }
        h3,
        h4,
        .advice {
          break-after: avoid;
        }
      }
    `,
  ];
  declare index: ControlIndex | undefined;
  declare context: RowContext;
  declare filter: ControlFilter;
  /** Whether a group is closed. */
  declare isFolded: (group: GroupName, byDefault: boolean) => boolean;
  #selectedBy: { index: ControlIndex; filter: ControlFilter; groups: ControlGroups; shown: number } | undefined;

  /** Shows the row of a control wherever it is; false where no such control is shown. */
  async focusControl(index: number, block?: ScrollLogicalPosition): Promise<boolean> {
    await this.updateComplete;
    for (const rows of this.#rows()) if (await rows.focusControl(index, block)) return true;
    return false;
  }

  /** Position in the record of the control so many rows on; undefined at the end. */
  neighbour(index: number, step: number): number | undefined {
    const order = this.#order();
    const place = order.indexOf(index);
    return place < 0 ? order[0] : order[place + step];
  }

  override render() {
    const { index, context } = this;
    if (index === undefined) return nothing;
    const filter = this.#filter();
    const { groups, shown } = this.#select(index, filter);
    const total = index.placed.length;
    return html`${total < searchedFrom ? nothing : html`<aiwb-control-toolbar .record=${context.record} .filter=${filter} .shown=${shown}></aiwb-control-toolbar>`}
      <div @keydown=${this.#onKey}>
        ${shown === 0 && total > 0 ? html`<p class="muted">No control fits. Choose other words or outcomes.</p>` : nothing}
        ${this.#renderFailures(groups, filter)} ${this.#renderGroup('open', 'Needs review and not assessed', groups)}
        ${this.#renderGroup('notApplicable', 'Not applicable', groups)} ${this.#renderPassed(groups.passed, filter)}
      </div>`;
  }

  /** Paper shows all. */
  #filter(): ControlFilter {
    return this.context.isPrinting ? everyControl : this.filter;
  }

  #select(index: ControlIndex, filter: ControlFilter): { groups: ControlGroups; shown: number } {
    if (this.#selectedBy?.index !== index || this.#selectedBy.filter !== filter) {
      const selected = index.select(filter);
      this.#selectedBy = { index, filter, groups: groupControls(selected), shown: selected.length };
    }
    return this.#selectedBy;
  }

  #renderFailures(groups: ControlGroups, filter: ControlFilter): TemplateResult | typeof nothing {
    if (groups.failures.length > 0) return this.#renderGroup('failures', 'Failures', groups);
    if (isNarrowed(filter)) return nothing;
    return html`<div role="group" aria-labelledby="failures">
      <h3 id="failures">Failures</h3>
      ${this.#renderNoFailure()}
    </div>`;
  }

  #renderNoFailure(): TemplateResult {
    const { controls } = this.context.record;
    if (controls.length === 0) return html`<p class="muted">These policies ask for no control.</p>`;
    if (!controls.some(({ outcome }) => outcome === 'compliant'))
      return html`<p class="muted">No control has been assessed, so none has failed.</p>`;
    return html`<p class="tone-good">${icon('check')} No control that could be assessed failed.</p>`;
  }

  #renderGroup(name: GroupName, title: string, groups: ControlGroups): TemplateResult | typeof nothing {
    const members = groups[name];
    if (members.length === 0) return nothing;
    return html`<div role="group" aria-labelledby=${name}>
      <h3 id=${name}>${counted(title, members.length)}</h3>
      ${listsOf(name, members).map(
        ({ title: heading, advice, items }) =>
          html`${heading === '' ? nothing : html`<h4>${counted(heading, items.length)}</h4>`}
          ${advice === undefined ? nothing : html`<p class="advice muted">${advice}</p>`}
          ${this.#renderRows(name, heading === '' ? title : `${title}: ${heading}`, items)}`,
      )}
    </div>`;
  }

  #renderPassed(passed: readonly PlacedControl[], filter: ControlFilter): TemplateResult | typeof nothing {
    if (passed.length === 0) return nothing;
    const isOpen = !this.isFolded('passed', !isNarrowed(filter));
    const toggle = (event: Event): void => {
      const { open } = event.currentTarget as HTMLDetailsElement;
      if (open !== isOpen) this.dispatchEvent(new CustomEvent<boolean>('fold', { detail: open }));
    };
    return html`<details ?open=${isOpen} @toggle=${toggle}>
      <summary>
        <span class="chevron">${icon('chevronRight')}</span>
        <h3 id="passed">${counted('Passed', passed.length)}</h3>
      </summary>
      ${isOpen ? this.#renderRows('passed', 'Passed', passed) : nothing}
    </details>`;
  }

  #renderRows(group: GroupName, label: string, items: readonly PlacedControl[]): TemplateResult {
    return html`<aiwb-control-rows
      .items=${items}
      .context=${this.context}
      .rowHeight=${rowHeights[group]}
      label=${label}
    ></aiwb-control-rows>`;
  }

  #rows(): NodeListOf<ControlRows> {
    return this.renderRoot.querySelectorAll<ControlRows>('aiwb-control-rows');
  }

  /** Positions in the record as the rows stand under one another; what is folded away is no stop. */
  #order(): number[] {
    return [...this.#rows()].flatMap(({ items }) => items.map(({ index }) => index));
  }

  #onKey(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1 };
    const step = steps[event.key];
    const [target] = event.composedPath();
    if (event.key === 'Escape' && this.context.selected !== undefined && !(target instanceof HTMLInputElement)) {
      event.preventDefault();
      this.dispatchEvent(new CustomEvent('close-control'));
      return;
    }
    const current = target instanceof HTMLElement ? target.dataset['index'] : undefined;
    if (current === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const order = this.#order();
    const next =
      event.key === 'Home'
        ? order[0]
        : event.key === 'End'
          ? order.at(-1)
          : step === undefined
            ? undefined
            : this.neighbour(Number(current), step);
    if (next === undefined) return;
    event.preventDefault();
    void this.focusControl(next);
    this.dispatchEvent(new CustomEvent<number>('walk', { detail: next }));
  }
}

/** A group's lists: failures by severity, what is open by why. */
const lists = new WeakMap<readonly PlacedControl[], readonly List[]>();

/** The same lists for the same members, so that rows need not be drawn anew. */
function listsOf(name: GroupName, members: readonly PlacedControl[]): readonly List[] {
  const known = lists.get(members);
  if (known !== undefined) return known;
  const made = makeLists(name, members);
  lists.set(members, made);
  return made;
}

function makeLists(name: GroupName, members: readonly PlacedControl[]): readonly List[] {
  if (name === 'failures') {
    const by = Map.groupBy(members, ({ control }) => control.severity);
    return severities.flatMap(severity => {
      const items = by.get(severity);
      return items === undefined ? [] : [{ title: severityName(severity), items }];
    });
  }
  if (name !== 'open') return [{ title: '', items: members }];
  const by = Map.groupBy(members, ({ control }) => openReason(control));
  return (Object.keys(reasons) as OpenReason[]).flatMap(reason => {
    const items = by.get(reason);
    return items === undefined ? [] : [{ ...reasons[reason], items }];
  });
}

function counted(title: string, count: number): string {
  return count === 0 ? title : `${title} (${formatCount(count)})`;
}

defineElement('aiwb-controls', ControlSection);
