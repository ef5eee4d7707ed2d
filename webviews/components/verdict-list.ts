import { css, html, LitElement } from 'lit';
import { defineElement } from '../shared/define.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import type { VerdictItem } from '../shared/verdicts.ts';

/** Sentences hold names and labels from files, of any length. */
const longest = 1200;

/** What the results say, in plain sentences, the most important first. */
export class VerdictList extends LitElement {
  static override properties = { items: { attribute: false } };
  static override styles = [
    baseStyles,
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
      li:first-child {
        font-weight: 600;
      }
    `,
  ];
  declare items: readonly VerdictItem[] | undefined;

  override render() {
    const items = this.items ?? [];
    if (items.length === 0) return html`<p class="muted">No quality figure could be computed yet.</p>`;
    return html`<ul>
      ${items.map(({ icon: name, tone, text }) => html`<li class="tone-${tone}">${icon(name)}<span dir="auto">${clipLine(text, longest)}</span></li>`)}
    </ul>`;
  }
}

defineElement('aiwb-verdict-list', VerdictList);
