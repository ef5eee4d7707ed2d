import { html, type TemplateResult } from 'lit';
import type { DatasetCard } from '../../schemas/generated/messages.ts';
import { breakable } from '../shared/breakable.ts';
import { icon } from '../shared/icons.ts';
import { baseName, showUnseen } from '../shared/text.ts';

/** Headings of `cardCells`. */
export const cardHeadings = html`<th scope="col">Card</th>
  <th scope="col">Personal data</th>`;

/** Two cells of a table of datasets: its card with the licence, and who looked for personal data with what result. */
export function cardCells(card: DatasetCard | undefined, open?: (card: DatasetCard) => void): TemplateResult {
  if (card === undefined) {
    return html`<td class="word tone-warn">${icon('warning')} No card</td>
      <td class="muted">–</td>`;
  }
  const { license, piiReview, path } = card;
  const name = breakable(showUnseen(baseName(path)));
  return html`<td class="card" title=${showUnseen(path)}>
      ${open === undefined ? name : html`<button type="button" class="link" @click=${() => open(card)}>${name}</button>`}
      <span class="interval" dir="auto"
        >${license === undefined ? html`<span class="tone-warn">${icon('warning')} no licence stated</span>` : html`licence ${showUnseen(license)}`}</span
      >
    </td>
    <td class="review" dir="auto">
      ${
        piiReview === undefined
          ? html`<span class="word tone-warn">${icon('warning')} Not reviewed</span>`
          : html`${showUnseen(piiReview.result)}
              <span class="interval">${showUnseen(piiReview.by)}, ${showUnseen(piiReview.on)}</span>`
      }
    </td>`;
}
