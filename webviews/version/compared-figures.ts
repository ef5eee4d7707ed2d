import { css, html, LitElement, nothing } from 'lit';
import { changeCell } from '../components/change-cell.ts';
import { figureCell } from '../components/figure-cell.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { columnFormat, formatCount, unitName } from '../shared/format.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';
import type { ComparedGroup, ComparedRow } from './split-figures.ts';

/** Figures of versions side by side, by task. With two versions, their difference as well. */
export class ComparedFigures extends LitElement {
  static override properties = { groups: { attribute: false }, columns: { attribute: false } };
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      tbody th.group {
        padding-top: 12px;
      }
      .task {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .about {
        margin-inline-start: 8px;
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];
  declare groups: readonly ComparedGroup[] | undefined;
  /** Names of the versions. */
  declare columns: readonly string[] | undefined;

  override render() {
    const [groups, columns] = [this.groups ?? [], this.columns ?? []];
    const withDifference = columns.length === 2;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures on the same rows">
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" class="number">n</th>
            ${columns.map(name => html`<th scope="col" class="number">${name}</th>`)}
            ${withDifference ? html`<th scope="col" class="number">${columns[0]} against ${columns[1]}</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${groups.map(
            ({ task, datasetDigest, rows }) =>
              html`<tr>
                  <th scope="rowgroup" class="group" colspan=${columns.length + (withDifference ? 3 : 2)}>
                    <span class="task" dir="auto">${breakable(showUnseen(task))}</span>
                    <span class="about">
                      ${datasetDigest === undefined ? 'rows not known' : html`<span title="Digest of the rows ${datasetDigest}">rows <code>${shortDigest(datasetDigest)}</code></span>`}
                    </span>
                  </th>
                </tr>
                ${rows.map(row => renderRow(row, withDifference))}`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

function renderRow({ figure: { label, unit, direction }, values }: ComparedRow, withDifference: boolean) {
  const known = values.flatMap(value => value?.value ?? []);
  const top = direction === 'lower' ? Math.min(...known) : Math.max(...known);
  const isContest = direction !== 'neutral' && known.some(value => value !== top);
  const write = columnFormat(known, unit);
  const n = Math.max(0, ...values.map(value => value?.n ?? 0));
  return html`<tr>
    <th scope="row" class="name">
      ${showUnseen(label)}${unitName(unit) === '' ? nothing : html` <span class="unit">${unitName(unit)}</span>`}
    </th>
    <td class="number">${n === 0 ? '–' : formatCount(n)}</td>
    ${values.map(value => figureCell(value, write, isContest && value?.value === top))}
    ${withDifference ? changeCell(values[0], values[1]) : nothing}
  </tr>`;
}

defineElement('aiwb-compared-figures', ComparedFigures);
