import { css, html, LitElement, nothing } from 'lit';
import type { TuningReport } from '../../schemas/generated/messages.ts';
import { figureCell } from './figure-cell.ts';
import { runName } from './tuning-charts.ts';
import { defineElement } from '../shared/define.ts';
import { columnFormat, formatBytes, formatCount, formatDuration, formatFixed, formatValue } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine, shortDigest } from '../shared/text.ts';
import { aspectName, chosenEpoch, testGroups, type TestRow } from '../shared/tuning.ts';

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

/** Which checkpoint each run chose and what the run used. */
export class RunUsage extends LitElement {
  static override properties = { reports: { attribute: false } };
  static override styles = [baseStyles, tableStyles];
  declare reports: readonly TuningReport[] | undefined;

  override render() {
    const reports = this.reports ?? [];
    const withCost = reports.some(({ infrastructure }) => infrastructure?.cost !== undefined);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="What the runs used">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col" class="number">Best epoch</th>
            <th scope="col" class="number">Wall time</th>
            <th scope="col" class="number">CPU time</th>
            <th scope="col" class="number">Peak memory</th>
            <th scope="col" class="number">Rows a second</th>
            ${withCost ? html`<th scope="col" class="number">Cost</th>` : nothing}
            <th scope="col">Hardware</th>
          </tr>
        </thead>
        <tbody>
          ${reports.map((report, index) => {
            const { infrastructure: used } = report;
            const best = chosenEpoch(report);
            return html`<tr>
              <th scope="row" class="word">${runName(reports, index)}</th>
              <td class="number">${best === undefined ? '–' : formatCount(best)}</td>
              <td class="number">${used === undefined ? '–' : formatDuration(used.wallSeconds)}</td>
              <td class="number">${used === undefined ? '–' : formatDuration(used.cpuSeconds)}</td>
              <td class="number">${used === undefined ? '–' : formatBytes(used.peakMemoryBytes)}</td>
              <td class="number">${used?.rowsPerSecond === undefined ? '–' : formatFixed(used.rowsPerSecond, 0)}</td>
              ${withCost ? html`<td class="number">${used?.cost === undefined ? '–' : formatValue(used.cost, 'USD')}</td>` : nothing}
              <td class="name">${used === undefined ? '–' : clipLine(used.hardware ?? used.platform, 160)}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }
}

defineElement('aiwb-run-comparison', RunComparison);
defineElement('aiwb-run-usage', RunUsage);
