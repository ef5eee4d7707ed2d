import { css, html, LitElement, nothing } from 'lit';
import type { MetricValue, Report } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { figureOf, variantName, type MetricColumn } from '../shared/figures.ts';
import { decimalsFor, formatCount, formatFixed, unitName } from '../shared/format.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine, showUnseen } from '../shared/text.ts';

interface SliceRow {
  readonly value: string;
  readonly n: number;
  readonly figures: readonly (MetricValue | undefined)[];
}

/** A column with more values shows these, those with the most rows, until asked for all. */
const shownAtFirst = 50;

/** One metric by the values of each slice column, one column a model. */
export class SlicesTable extends LitElement {
  static override properties = { report: { attribute: false }, metric: { attribute: false }, whole: { state: true } };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      .scroll {
        max-height: 60vh;
      }
      tbody th.group {
        font-weight: 600;
        padding-top: 12px;
      }
    `,
  ];
  declare report: Report | undefined;
  declare metric: MetricColumn | undefined;
  /** Columns that show all their values. */
  declare whole: ReadonlySet<string>;

  constructor() {
    super();
    this.whole = new Set();
  }

  override render() {
    const { report, metric } = this;
    if (report === undefined || metric === undefined) return nothing;
    const unit = unitName(metric.unit);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Results by slice">
      <table>
        <caption>
          <span
            >${showUnseen(metric.label)}${unit === '' ? nothing : `, ${unit}`}, with intervals; the best of a row is
            bold and marked.</span
          >
        </caption>
        <thead>
          <tr>
            <th scope="col">Slice</th>
            <th scope="col" class="number">n</th>
            ${report.variants.map(
              (_, index) =>
                html`<th scope="col" class="number" title=${variantName(report, index)}>
                  ${clipLine(variantName(report, index), 40)}
                </th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${sliceColumns(report).map(column => this.#renderColumn(report, column, metric))}
        </tbody>
      </table>
    </div>`;
  }

  #renderColumn(report: Report, column: string, metric: MetricColumn) {
    const rows = sliceRows(report, column, metric.metric);
    const width = report.variants.length + 2;
    const shown = this.whole.has(column) ? rows : rows.slice(0, shownAtFirst);
    const isCut = shown.length < rows.length;
    return html`<tr>
        <th scope="rowgroup" class="group" colspan=${width}>${clipLine(column, 80)}</th>
      </tr>
      ${shown.map(row => renderRow(row, metric))}
      ${
        isCut
          ? html`<tr>
              <td colspan=${width}>
                <button type="button" class="link" @click=${() => (this.whole = new Set([...this.whole, column]))}>
                  Show all ${formatCount(rows.length)} values
                </button>
              </td>
            </tr>`
          : nothing
      }`;
  }
}

export function sliceColumns({ variants }: Report): readonly string[] {
  return [...new Set(variants.flatMap(({ slices }) => slices.map(({ column }) => column)))];
}

function sliceRows({ variants }: Report, column: string, metric: string): readonly SliceRow[] {
  const own = variants.map(
    ({ slices }) => new Map(slices.filter(slice => slice.column === column).map(slice => [slice.value, slice])),
  );
  const values = [...new Set(own.flatMap(byValue => [...byValue.keys()]))];
  return values
    .map(value => {
      const slices = own.map(byValue => byValue.get(value));
      return {
        value,
        n: Math.max(0, ...slices.map(slice => slice?.n ?? 0)),
        figures: slices.map(slice => (slice === undefined ? undefined : figureOf(slice.metrics, metric))),
      };
    })
    .sort((a, b) => b.n - a.n || a.value.localeCompare(b.value));
}

function renderRow({ value, n, figures }: SliceRow, { unit, direction }: MetricColumn) {
  const known = figures.flatMap(figure => figure?.value ?? []);
  const best =
    direction === 'neutral' || known.length < 2
      ? undefined
      : direction === 'lower'
        ? Math.min(...known)
        : Math.max(...known);
  const decimals = decimalsFor(known, unit);
  return html`<tr>
    <th scope="row" class="name"><span dir="auto">${value === '' ? '(empty)' : clipLine(value, 120)}</span></th>
    <td class="number">${formatCount(n)}</td>
    ${figures.map(figure => {
      if (figure === undefined || figure.value === null) return html`<td class="number muted">–</td>`;
      const isBest = figure.value === best && known.some(other => other !== best);
      const { low, high } = figure;
      return html`<td class="number ${isBest ? 'best' : ''}">
        ${isBest ? html`<span aria-hidden="true">▸ </span><span class="unseen">best: </span>` : nothing}${formatFixed(figure.value, decimals)}
        ${low === undefined || high === undefined ? nothing : html`<span class="interval">${formatFixed(low, decimals)} to ${formatFixed(high, decimals)}</span>`}
      </td>`;
    })}
  </tr>`;
}

defineElement('aiwb-slices-table', SlicesTable);
