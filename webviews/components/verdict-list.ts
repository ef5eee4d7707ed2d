import { css, html, LitElement, nothing } from 'lit';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import type { VerdictItem } from '../shared/verdicts.ts';

/** Sentences hold names and labels from files, of any length. */
const longest = 1200;

/** What the results say, in plain sentences, the most important first. */
export class VerdictList extends LitElement {
  static override properties = { items: { attribute: false }, most: { type: Number }, isWhole: { state: true } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      li {
        display: flex;
        gap: 8px;
        align-items: flex-start;
        padding: 2px 0;
        overflow-wrap: anywhere;
      }
      li > .icon {
        margin-top: 2px;
      }
      .more {
        margin-inline-start: 24px;
      }
      li:first-child {
        font-weight: 600;
      }
    `,
  ];
  declare items: readonly VerdictItem[] | undefined;
  /** How many show until asked for the others; absent for all. */
  declare most: number | undefined;
  declare isWhole: boolean;

  constructor() {
    super();
    this.isWhole = false;
  }

  override render() {
    const items = this.items ?? [];
    if (items.length === 0) return html`<p class="muted">No quality figure could be computed yet.</p>`;
    const most = this.isWhole ? items.length : (this.most ?? items.length);
    // One more line takes no more room than a button that stands for it.
    const shown = items.length > most + 1 ? items.slice(0, most) : items;
    const others = items.length - shown.length;
    return html`<ul>
        ${shown.map(({ icon: name, tone, text }) => html`<li class="tone-${tone}">${icon(name)}<span dir="auto">${clipLine(text, longest)}</span></li>`)}
      </ul>
      ${others === 0 ? nothing : html`<button type="button" class="link more no-print" @click=${() => (this.isWhole = true)}>Show ${formatCount(others)} more</button>`}`;
  }
}

defineElement('aiwb-verdict-list', VerdictList);
