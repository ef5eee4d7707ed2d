import { css, html, LitElement, nothing } from 'lit';
import type { AspectResult } from '../../schemas/generated/messages.ts';
import { breakable } from '../shared/breakable.ts';
import { cardCells, cardHeadings } from '../components/card-cells.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';
import { aspectName } from '../shared/tuning.ts';

/** What each aspect was learnt from and measured on: rows of every part, their digests, and what the dataset's card says. */
export class DataTable extends LitElement {
  static override properties = { aspects: { attribute: false } };
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      .card {
        min-width: 20ch;
      }
      .review {
        min-width: 28ch;
      }
    `,
  ];
  declare aspects: readonly AspectResult[] | undefined;

  override render() {
    const aspects = this.aspects ?? [];
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Data of each aspect">
      <table>
        <thead>
          <tr>
            <th scope="col">Aspect and dataset</th>
            <th scope="col" class="number">Training <span class="unit">rows</span></th>
            <th scope="col" class="number">Validation <span class="unit">rows</span></th>
            <th scope="col" class="number">Test <span class="unit">rows</span></th>
            <th scope="col" class="number">Weight</th>
            ${cardHeadings}
          </tr>
        </thead>
        <tbody>
          ${aspects.map(
            aspect =>
              html`<tr>
                <th scope="row" class="name">
                  ${aspectName(aspect.aspect)}
                  ${(aspect.datasets ?? [aspect.dataset]).map(path => html`<span class="interval" dir="auto">${breakable(showUnseen(path))}</span>`)}
                  ${aspect.benchmark === undefined ? nothing : html`<span class="interval" dir="auto">evaluated by ${breakable(showUnseen(aspect.benchmark))}</span>`}
                </th>
                <td class="number">${formatCount(aspect.trainingRows)}${renderDigest(aspect.trainingDigest)}</td>
                <td class="number">${formatCount(aspect.validationRows)}</td>
                <td class="number">${formatCount(aspect.testRows)}${renderDigest(aspect.datasetDigest)}</td>
                <td class="number">${String(aspect.weight)}</td>
                ${cardCells(aspect.card)}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

/** The digest that tells these rows from others, under their number. */
function renderDigest(digest: string | undefined) {
  if (digest === undefined) return '';
  return html`<span class="interval" title="Digest ${digest}"><code>${shortDigest(digest)}</code></span>`;
}

defineElement('aiwb-data-table', DataTable);
