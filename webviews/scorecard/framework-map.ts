import { html, LitElement, nothing } from 'lit';
import type { AssessmentRecord, FrameworkCoverage, FrameworkEntry } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatCount } from '../shared/format.ts';
import { frameworkWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { jumpTo } from './commands.ts';
import { frameworkMapStyles } from './framework-map-styles.ts';

type State = FrameworkEntry['state'];
const mappedStates: readonly State[] = ['not-satisfied', 'partial', 'not-assessed', 'satisfied', 'not-applicable'];

/** So many controls an id names before it only counts the others. */
const namedControls = 6;

/** Which ids of each framework the controls map to and how those stand. What is not mapped is counted, and looks it. */
export class FrameworkMap extends LitElement {
  static override properties = { record: { attribute: false }, unfolded: { type: Boolean } };
  static override styles = [baseStyles, buttonStyles, frameworkMapStyles];
  declare record: AssessmentRecord | undefined;
  /** Whether what no control maps to shows at once, as on paper. */
  declare unfolded: boolean;

  override render() {
    const { record } = this;
    if (record === undefined) return nothing;
    return html`<p class="muted">
        A mapped control addresses, supports or mitigates an id; it never means that a framework is satisfied.
      </p>
      ${record.frameworks.map(framework => this.#renderFramework(framework))}`;
  }

  #renderFramework({ title, version, total, entries }: FrameworkCoverage) {
    const mapped = entries.filter(({ state }) => state !== 'not-mapped');
    const listed = entries.filter(({ state }) => state === 'not-mapped');
    const unmapped = Math.max(listed.length, total - mapped.length);
    const counts = mappedStates
      .map(state => ({ state, count: mapped.filter(entry => entry.state === state).length }))
      .filter(({ count }) => count > 0);
    return html`<div class="framework">
      <h3 dir="auto">${clipLine(title, 120)} <span class="muted">${clipLine(version, 40)}</span></h3>
      <ul class="counts">
        ${counts.map(({ state, count }) => renderCount(state, count))}
        ${unmapped === 0 ? nothing : renderCount('not-mapped', unmapped)}
      </ul>
      <p class="muted">
        ${formatCount(mapped.length)} of ${countOf(total, 'id')} ${mapped.length === 1 ? 'is' : 'are'}
        mapped.${unmapped === 0 ? nothing : ' About what is not mapped, these policies say nothing, neither good nor bad.'}
      </p>
      <div class="groups">
        ${groupEntries(mapped).map(([group, members]) => html`<div>${group === '' ? nothing : html`<h4 dir="auto">${clipLine(group, 120)}</h4>`}${this.#renderCells(members)}</div>`)}
      </div>
      ${
        listed.length === 0
          ? nothing
          : html`<details ?open=${this.unfolded}>
              <summary>${countOf(listed.length, 'id')} that no control maps to</summary>
              <div class="loose">${this.#renderCells(listed)}</div>
            </details>`
      }
    </div>`;
  }

  #renderCells(entries: readonly FrameworkEntry[]) {
    return html`<ul class="cells">
      ${entries.map(entry => this.#renderCell(entry))}
    </ul>`;
  }

  #renderCell({ id, name, state, controls }: FrameworkEntry) {
    const { icon: shape, text, tone } = frameworkWords(state);
    return html`<li class="cell ${state} tone-${tone}" title=${text}>
      ${icon(shape)}
      <div>
        <code>${clipLine(id, 60)}</code><span class="unseen">, ${text}.</span>
        <span dir="auto">${clipLine(name, 100)}</span>
        ${controls.length === 0 ? nothing : this.#renderControls(controls)}
      </div>
    </li>`;
  }

  #renderControls(controls: readonly string[]) {
    const others = controls.length - namedControls;
    return html`<span class="controls">
      ${controls.slice(0, namedControls).map((control, index) => html`${index === 0 ? nothing : ', '}<button type="button" class="link" @click=${() => jumpTo(this, control)}>${clipLine(control, 60)}</button>`)}${others <= 0 ? nothing : html` <span class="muted">and ${formatCount(others)} more</span>`}
    </span>`;
  }
}

function renderCount(state: State, count: number) {
  const { icon: shape, text, tone } = frameworkWords(state);
  return html`<li class="tone-${tone} ${state === 'not-mapped' ? 'muted' : ''}">
    ${icon(shape)} ${formatCount(count)} ${text}
  </li>`;
}

/** In the order groups first appear; what has none comes first. */
function groupEntries(entries: readonly FrameworkEntry[]): readonly (readonly [string, readonly FrameworkEntry[]])[] {
  const groups = Map.groupBy(entries, ({ group }) => group ?? '');
  return [...groups].sort(([a], [b]) => Number(b === '') - Number(a === ''));
}

defineElement('aiwb-frameworks', FrameworkMap);
