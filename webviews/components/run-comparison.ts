import { css, html, LitElement, nothing } from 'lit';
import type { TuningReport } from '../../schemas/generated/messages.ts';
import { figureCell } from './figure-cell.ts';
import './run-usage.ts';
import { runName } from './tuning-charts.ts';
import { defineElement } from '../shared/define.ts';
import { columnFormat, formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine, shortDigest } from '../shared/text.ts';
import { aspectName, testGroups, type TestRow } from '../shared/tuning.ts';

/** Aspects and metrics down, runs across. Figures stand in one row only where they were measured on the same test rows. */
export class RunComparison extends LitElement {
  static override properties = { reports: { attribute: false } };
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      tbody th.group {
        font-weight: 600;
        padding-top: 12px;
      }
    `,
  ];
  declare reports: readonly TuningReport[] | undefined;

  override render() {
    const reports = this.reports ?? [];
    const groups = testGroups(reports);
    if (groups.length === 0) return html`<p class="muted">None of these runs has asked its test rows.</p>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Results of the runs">
      <table>
        <caption>
          <span>Best checkpoints on test rows; the best of a row is bold and marked.</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" class="number">n</th>
            ${reports.map((_, index) => html`<th scope="col" class="number">${runName(reports, index)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${groups.map(
            ({ aspect, digest, isShared, rows }) =>
              html`<tr>
                  <th scope="rowgroup" class="group" colspan=${reports.length + 2}>
                    ${aspectName(aspect)}${isShared ? nothing : html` <span class="tag" title="Digest ${digest}">${icon('warning')} not comparable, rows ${shortDigest(digest)}</span>`}
                  </th>
                </tr>
                ${rows.map(row => renderRow(row))}`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

function renderRow({ label, unit, direction, figures }: TestRow) {
  const known = figures.flatMap(figure => figure?.value ?? []);
  const top = direction === 'lower' ? Math.min(...known) : Math.max(...known);
  const isContest = direction !== 'neutral' && known.length > 1 && known.some(value => value !== top);
  const write = columnFormat(known, unit);
  return html`<tr>
    <th scope="row" class="name">${clipLine(label, 80)}</th>
    <td class="number">${formatCount(Math.max(0, ...figures.map(figure => figure?.n ?? 0)))}</td>
    ${figures.map(figure => figureCell(figure, write, isContest && figure?.value === top))}
  </tr>`;
}

defineElement('aiwb-run-comparison', RunComparison);
