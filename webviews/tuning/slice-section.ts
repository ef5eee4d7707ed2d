import { css, html, LitElement, nothing } from 'lit';
import type { AspectResult, TuningReport } from '../../schemas/generated/messages.ts';
import '../components/chart-figure.ts';
import type { Chart } from '../components/chart-specs.ts';
import { figureCell } from '../components/figure-cell.ts';
import { groupChart } from '../components/group-chart.ts';
import { defineElement } from '../shared/define.ts';
import { figureOf } from '../shared/figures.ts';
import { columnFormat, formatCount, unitName } from '../shared/format.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';
import { aspectMetrics, aspectName } from '../shared/tuning.ts';
import { changeRow } from '../components/change-table.ts';
import { gapSentence } from '../shared/tuning-verdicts.ts';

/** How far groups of rows lie apart: the largest gaps in words, the groups that ethical alignment compares as a chart, all as a table. */
export class SliceSection extends LitElement {
  static override properties = { report: { attribute: false } };
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      li {
        padding: 2px 0;
        overflow-wrap: anywhere;
      }
      aiwb-chart {
        margin: 16px 0;
      }
      .scroll {
        max-height: 60vh;
        margin-top: 12px;
      }
      tbody th.group {
        font-weight: 600;
        padding-top: 12px;
      }
    `,
  ];
  declare report: TuningReport | undefined;
  #charts: { readonly aspects: readonly AspectResult[]; readonly charts: readonly Chart[] } | undefined;

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    const sliced = slicedAspects(report);
    const sentences = sliced.flatMap(aspect => aspect.gaps.flatMap(gap => gapSentence(aspect, gap) ?? []));
    return html`${
      sentences.length === 0
        ? nothing
        : html`<ul>
            ${sentences.map(sentence => html`<li dir="auto">${sentence}</li>`)}
          </ul>`
    }
    ${this.#chartsOf(report).map(chart => html`<aiwb-chart .chart=${chart}></aiwb-chart>`)} ${renderTables(sliced)}`;
  }

  #chartsOf({ aspects }: TuningReport): readonly Chart[] {
    if (this.#charts?.aspects !== aspects) {
      const compared = aspects.filter(({ aspect }) => aspect === 'ethical-alignment');
      const charts = compared.flatMap(aspect =>
        sliceColumns(aspect).flatMap(column => groupChart(aspect, column) ?? []),
      );
      this.#charts = { aspects, charts };
    }
    return this.#charts.charts;
  }
}

/** Aspects with slices, the one that compares groups of people first. */
export function slicedAspects({ aspects }: TuningReport): readonly AspectResult[] {
  const sliced = aspects.filter(({ slices }) => slices.length > 0);
  const isFirst = ({ aspect }: AspectResult): boolean => aspect === 'ethical-alignment';
  return [...sliced.filter(isFirst), ...sliced.filter(aspect => !isFirst(aspect))];
}

function sliceColumns({ slices }: AspectResult): readonly string[] {
  return [...new Set(slices.map(({ column }) => column))];
}

/** What base and tuned model reach on each slice; of aspects whose base was not measured the tuned model's figures. */
function renderTables(aspects: readonly AspectResult[]) {
  const compared = aspects.filter(({ sliceChanges = [] }) => sliceChanges.length > 0);
  const others = aspects.filter(aspect => !compared.includes(aspect));
  return html`${compared.length === 0 ? nothing : renderChanges(compared)}
  ${others.length === 0 ? nothing : renderTable(others)}`;
}

function renderChanges(aspects: readonly AspectResult[]) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Before and after, by slice">
    <table>
      <thead>
        <tr>
          <th scope="col">Slice</th>
          <th scope="col" class="number">Base</th>
          <th scope="col" class="number">Tuned</th>
          <th scope="col" class="number">Difference</th>
          <th scope="col" class="number">n</th>
          <th scope="col" class="number">p</th>
          <th scope="col">Verdict</th>
        </tr>
      </thead>
      <tbody>
        ${aspects.flatMap(aspect => sliceColumns(aspect).map(column => renderGroup(aspect, column)))}
      </tbody>
    </table>
  </div>`;
}

function renderGroup(aspect: AspectResult, column: string) {
  const own = aspect.sliceChanges?.filter(slice => slice.column === column) ?? [];
  const [first] = own;
  if (first === undefined) return nothing;
  return html`<tr>
      <th scope="rowgroup" class="group" colspan="7">
        ${aspectName(aspect.aspect)}: ${showUnseen(first.change.label)} by ${showUnseen(column)}
      </th>
    </tr>
    ${own.map(({ value, change }) => {
      const slice = aspect.slices.find(each => each.column === column && each.value === value);
      const tuned = figureOf(slice?.metrics ?? [], change.metric);
      return changeRow(change, value === '' ? '(empty)' : showUnseen(value), undefined, tuned);
    })}`;
}

function renderTable(aspects: readonly AspectResult[]) {
  const metrics = aspectMetrics(aspects);
  const writers = metrics.map(({ metric, unit }) =>
    columnFormat(
      aspects.flatMap(({ slices }) => slices.flatMap(slice => figureOf(slice.metrics, metric)?.value ?? [])),
      unit,
    ),
  );
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Results by slice">
    <table>
      <thead>
        <tr>
          <th scope="col">Slice</th>
          <th scope="col" class="number">n</th>
          ${metrics.map(({ label, unit }) => html`<th scope="col" class="number">${showUnseen(label)}${unitName(unit) === '' ? nothing : html` <span class="unit">${unitName(unit)}</span>`}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${aspects.flatMap(aspect =>
          sliceColumns(aspect).map(
            column =>
              html`<tr>
                  <th scope="rowgroup" class="group" colspan=${metrics.length + 2}>
                    ${aspectName(aspect.aspect)}: ${showUnseen(column)}
                  </th>
                </tr>
                ${aspect.slices
                  .filter(slice => slice.column === column)
                  .map(
                    slice =>
                      html`<tr>
                        <th scope="row" class="name">
                          <span dir="auto">${slice.value === '' ? '(empty)' : showUnseen(slice.value)}</span>
                        </th>
                        <td class="number">${formatCount(slice.n)}</td>
                        ${metrics.map(({ metric }, index) => figureCell(figureOf(slice.metrics, metric), writers[index] ?? String))}
                      </tr>`,
                  )}`,
          ),
        )}
      </tbody>
    </table>
  </div>`;
}

defineElement('aiwb-slice-section', SliceSection);
