import { html, type TemplateResult } from 'lit';
import type { DatasetCard } from '../../schemas/generated/messages.ts';
import { icon } from '../shared/icons.ts';
import { baseName, showUnseen } from '../shared/text.ts';

/** Headings of `cardCells`. */
export const cardHeadings = html`<th scope="col">Licence</th>
  <th scope="col">Personal data</th>
  <th scope="col">Card</th>`;

/** Three cells of a table of datasets: what the dataset's card says of its licence, and who looked for personal data. */
export function cardCells(card: DatasetCard | undefined, open?: (card: DatasetCard) => void): TemplateResult {
  if (card === undefined) {
    return html`<td class="muted">–</td>
      <td class="muted">–</td>
      <td class="word tone-warn">${icon('warning')} No card</td>`;
  }
  const { license, piiReview, path } = card;
  const name = showUnseen(baseName(path));
  return html`<td class="word">
      ${license === undefined ? html`<span class="tone-warn">${icon('warning')} Not stated</span>` : showUnseen(license)}
    </td>
    <td class="review">
      ${
        piiReview === undefined
          ? html`<span class="word tone-warn">${icon('warning')} Not reviewed</span>`
          : html`<span dir="auto">${showUnseen(piiReview.result)}</span>
              <span class="interval" dir="auto">${showUnseen(piiReview.by)}, ${showUnseen(piiReview.on)}</span>`
      }
    </td>
    <td class="word" title=${showUnseen(path)}>
      ${open === undefined ? name : html`<button type="button" class="link" @click=${() => open(card)}>${name}</button>`}
    </td>`;
}
