import { css, html, LitElement, nothing } from 'lit';
import type { Report } from '../../schemas/generated/messages.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import {
  bestVariants,
  comparisonOf,
  figureOf,
  hasSeveralPrompts,
  leadingMetric,
  metricColumns,
  promptName,
  rankedVariants,
  runLetter,
  type MetricColumn,
} from '../shared/figures.ts';
import { columnFormat, formatConfidence, formatCount, unitName } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { nameSome, shownTradeoffs, standingsOf, type Standing } from '../shared/tradeoffs.ts';
import { verdictWords } from '../shared/words.ts';
import { figureCell } from './figure-cell.ts';

export interface TableSort {
  /** A metric's id, or `model`. */
  readonly column: string;
  readonly descending: boolean;
}

/** Every model (with every prompt) against every metric. Fires `sort-changed` with a `TableSort`. */
export class MetricTable extends LitElement {
  static override properties = { report: { attribute: false }, sort: { attribute: false } };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      .scroll {
        max-height: 70vh;
      }
      th button {
        font-weight: inherit;
      }
      th button .icon {
        width: 12px;
        height: 12px;
        vertical-align: -1px;
      }
      .failed {
        color: var(--vscode-errorForeground);
      }
      .front > div {
        white-space: nowrap;
      }
      @media screen and (max-width: 480px) {
        .front {
          display: none;
        }
      }
      .front .interval {
        display: inline;
      }
    `,
  ];
  declare report: Report | undefined;
  declare sort: TableSort | undefined;

  override render() {
    const { report } = this;
    if (report === undefined || report.variants.length === 0)
      return html`<p class="muted">No model has been measured yet.</p>`;
    const columns = metricColumns(report.variants);
    const sort = this.sort ?? initialSort(report);
    const withPrompt = hasSeveralPrompts(report);
    const withRun = report.runs.length > 1;
    const withFront = shownTradeoffs(report).length > 0;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Results by model">
      <table>
        <caption>
          <span
            >Values with ${formatConfidence(report.confidence)} intervals; the best of a column is bold and
            marked.${report.comparisons.length === 0 ? '' : ' Better and worse are against the baseline.'}</span
          >
        </caption>
        <thead>
          <tr>
            ${this.#renderHeader({ column: 'model', label: 'Model', unit: '' }, sort, false)}
            ${withPrompt ? html`<th scope="col">Prompt</th>` : nothing}
            ${withRun ? html`<th scope="col">Run</th>` : nothing}
            <th scope="col" class="number">Answered</th>
            ${withFront ? html`<th scope="col" class="front" title=${paretoMeaning}>Pareto</th>` : nothing}
            ${columns.map(({ metric, label, unit }) => this.#renderHeader({ column: metric, label: clipLine(label, 80), unit: unitName(unit) }, sort, true))}
          </tr>
        </thead>
        <tbody>
          ${sortedVariants(report, columns, sort).map(index => this.#renderRow(report, index, columns, { withPrompt, withRun, withFront }))}
        </tbody>
      </table>
    </div>`;
  }

  #renderHeader(
    header: { column: string; label: string; unit: string },
    sort: TableSort | undefined,
    numeric: boolean,
  ) {
    const sorted = sort?.column === header.column ? sort : undefined;
    const order = sorted === undefined ? 'none' : sorted.descending ? 'descending' : 'ascending';
    return html`<th scope="col" class=${numeric ? 'number' : ''} aria-sort=${order}>
      <button type="button" @click=${() => this.#changeSort(header.column)}>
        ${header.label}${header.unit === '' ? nothing : html` <span class="unit">${header.unit}</span>`}
        ${sorted === undefined ? nothing : icon(sorted.descending ? 'arrowDown' : 'arrowUp')}
      </button>
    </th>`;
  }

  #renderRow(
    report: Report,
    index: number,
    columns: readonly MetricColumn[],
    { withPrompt, withRun, withFront }: { withPrompt: boolean; withRun: boolean; withFront: boolean },
  ) {
    const variant = report.variants[index];
    if (variant === undefined) return nothing;
    return html`<tr>
      <th scope="row" class="name">
        <span dir="auto">${breakable(clipLine(variant.model, 160))}</span>
        ${index === report.baseline && report.variants.length > 1 ? html`<span class="tag">baseline</span>` : nothing}
      </th>
      ${withPrompt ? html`<td class="name">${variant.prompt === undefined ? '–' : promptName(variant.prompt)}</td>` : nothing}
      ${withRun ? html`<td>${runLetter(report, variant.runId)}</td>` : nothing}
      <td class="number">
        ${formatCount(variant.samples)}
        ${variant.failed > 0 ? html`<span class="interval failed">${formatCount(variant.failed)} failed</span>` : nothing}
      </td>
      ${withFront ? html`<td class="front">${standingsOf(report, index).map(renderStanding)}</td>` : nothing}
      ${columns.map(column => renderFigure(report, index, column))}
    </tr>`;
  }

  #changeSort(column: string): void {
    const { report } = this;
    if (report === undefined) return;
    const current = this.sort ?? initialSort(report);
    const startsDescending =
      metricColumns(report.variants).find(({ metric }) => metric === column)?.direction === 'higher';
    this.sort = { column, descending: current?.column === column ? !current.descending : startsDescending };
    this.dispatchEvent(new CustomEvent<TableSort>('sort-changed', { detail: this.sort }));
  }
}

/** Best first by the leading metric. */
function initialSort(report: Report): TableSort | undefined {
  const leading = leadingMetric(report);
  return leading === undefined ? undefined : { column: leading.metric, descending: leading.direction !== 'lower' };
}

function sortedVariants(
  report: Report,
  columns: readonly MetricColumn[],
  sort: TableSort | undefined,
): readonly number[] {
  const indexes = report.variants.map((_, index) => index);
  if (sort === undefined) return indexes;
  if (sort.column === 'model') {
    const byName = indexes.sort((a, b) =>
      (report.variants[a]?.model ?? '').localeCompare(report.variants[b]?.model ?? ''),
    );
    return sort.descending ? byName.reverse() : byName;
  }
  const column = columns.find(({ metric }) => metric === sort.column);
  if (column === undefined) return indexes;
  return rankedVariants(report.variants, { ...column, direction: sort.descending ? 'higher' : 'lower' });
}

function renderFigure(report: Report, index: number, column: MetricColumn) {
  const figure = figureOf(report.variants[index]?.metrics ?? [], column.metric);
  const write = columnFormat(columnValues(report, column), column.unit);
  const isBest = bestVariants(report.variants, column).has(index);
  return figureCell(figure, write, isBest, renderVerdict(report, index, column));
}

function renderVerdict(report: Report, index: number, { metric }: MetricColumn) {
  const comparison = comparisonOf(report, index, metric);
  if (comparison === undefined || comparison.verdict === 'not-computed') return nothing;
  const { text, icon: name, tone } = verdictWords(comparison.verdict);
  return html`<span class="verdict tone-${tone}" title=${clipLine(comparison.sentence)}
    >${icon(name)} ${text.toLowerCase()}</span
  >`;
}

const paretoMeaning =
  'On the front: no other model is at least as good in quality and cost, or quality and time, and better in one.';

function renderStanding({ axis, isOnFront, dominatedBy }: Standing) {
  if (isOnFront)
    return html`<div><span aria-hidden="true">◆ </span>on the front <span class="interval">by ${axis}</span></div>`;
  const names = dominatedBy.join(', ');
  return html`<div
    class="muted"
    title="Dominated by ${names}: at least as good in quality and ${axis}, and better in one"
  >
    <span aria-hidden="true">○ </span>dominated
    <span class="interval">by ${axis}<span class="unseen">, by ${nameSome(dominatedBy)}</span></span>
  </div>`;
}

function columnValues(report: Report, { metric }: MetricColumn): readonly number[] {
  return report.variants.flatMap(({ metrics }) => figureOf(metrics, metric)?.value ?? []);
}

defineElement('aiwb-metric-table', MetricTable);
