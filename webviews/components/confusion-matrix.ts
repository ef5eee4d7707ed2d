import { css, html, LitElement, nothing, unsafeCSS } from 'lit';
import type { ConfusionMatrix } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';

const shades = 8;
const shadeRules = Array.from(
  { length: shades + 1 },
  (_, shade) =>
    `td.shade-${String(shade)} { background: color-mix(in srgb, var(--vscode-charts-blue) ${String(shade * 5)}%, var(--aiwb-surface)); }`,
).join('\n');

/** Which class is taken for which: targets down, answers across, the number in each cell, shaded by its share of the row. */
export class ConfusionMatrixTable extends LitElement {
  static override properties = { matrix: { attribute: false }, model: {} };
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      .scroll {
        max-height: 70vh;
      }
      table {
        min-width: 0;
      }
      th,
      td {
        padding: 4px 8px;
      }
      thead th.number {
        white-space: normal;
        overflow-wrap: anywhere;
        max-width: 12ch;
        font-weight: normal;
      }
      thead tr:first-child th {
        color: var(--vscode-descriptionForeground);
      }
      td {
        min-width: 5ch;
        border-inline-start: 1px solid var(--aiwb-line);
      }
      td.right {
        font-weight: 600;
      }
      td.zero {
        color: var(--vscode-descriptionForeground);
      }
      ${unsafeCSS(shadeRules)}
    `,
  ];
  declare matrix: ConfusionMatrix | undefined;
  declare model: string | undefined;

  override render() {
    const { matrix } = this;
    if (matrix === undefined) return nothing;
    const { labels, counts, other } = matrix;
    const withOther = other.some(count => count > 0);
    return html`<div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label="Confusion matrix of ${this.model ?? 'the model'}"
    >
      <table>
        <caption>
          <span>Rows by right label (down) and by answer (across). Bold: answered right.</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Label</th>
            ${labels.map(label => html`<th scope="col" class="number">${clipLine(label, 80)}</th>`)}
            ${withOther ? html`<th scope="col" class="number muted">no label</th>` : nothing}
            <th scope="col" class="number muted">right</th>
          </tr>
        </thead>
        <tbody>
          ${labels.map((label, row) => {
            const own = labels.map((_, column) => counts[row]?.[column] ?? 0);
            const unlabelled = other[row] ?? 0;
            const total = own.reduce((sum, count) => sum + count, unlabelled);
            const share = total === 0 ? '–' : `${String(Math.round((100 * (own[row] ?? 0)) / total))} %`;
            return html`<tr>
              <th scope="row" class="name"><span dir="auto">${clipLine(label, 80)}</span></th>
              ${own.map((count, column) => renderCount(count, total, column === row))}
              ${withOther ? renderCount(unlabelled, total, false) : nothing}
              <td class="number muted">${share}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }
}

function renderCount(count: number, total: number, isRight: boolean) {
  const shade = total === 0 ? 0 : Math.ceil((shades * count) / total);
  const classes = `number shade-${String(shade)}${isRight ? ' right' : ''}${count === 0 ? ' zero' : ''}`;
  return html`<td class=${classes}>${formatCount(count)}</td>`;
}

defineElement('aiwb-confusion-matrix', ConfusionMatrixTable);
