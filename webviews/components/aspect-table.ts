import { css, html, LitElement, nothing } from 'lit';
import type { AspectResult, MetricValue } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { figureOf } from '../shared/figures.ts';
import { columnFormat, formatConfidence, formatCount, unitName } from '../shared/format.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { aspectMetrics, aspectName, confidenceOf } from '../shared/tuning.ts';
import { changeCell } from './change-cell.ts';
import { figureCell } from './figure-cell.ts';

/** The best checkpoint on each aspect's test rows; where the base had learnt before, its figures and the difference under them. */
export class AspectTable extends LitElement {
  static override properties = { aspects: { attribute: false }, base: {} };
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      tr.aspect.compared > * {
        border-bottom: none;
      }
      tr.base > * {
        border-bottom: none;
        padding-top: 0;
      }
      tr.change > * {
        padding-top: 0;
      }
      tr.base > th,
      tr.change > th {
        padding-inline-start: 20px;
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];
  declare aspects: readonly AspectResult[] | undefined;
  /** The base model's name. */
  declare base: string | undefined;

  override render() {
    const aspects = this.aspects ?? [];
    const columns = aspectMetrics(aspects);
    if (columns.length === 0) return html`<p class="muted">The test rows have not been asked.</p>`;
    const confidence = confidenceOf(aspects.flatMap(({ metrics }) => metrics));
    const intervals = confidence === undefined ? '' : `, with ${formatConfidence(confidence)} intervals`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Results by aspect">
      <table>
        <caption>
          <span>The best checkpoint on test rows, which training never saw${intervals}.</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Aspect</th>
            <th scope="col" class="number">Test rows</th>
            ${columns.map(({ label, unit }) => html`<th scope="col" class="number">${clipLine(label, 80)}${unitName(unit) === '' ? nothing : html` <span class="unit">${unitName(unit)}</span>`}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${aspects.map(aspect => this.#renderAspect(aspect, aspects, columns))}
        </tbody>
      </table>
    </div>`;
  }

  #renderAspect(aspect: AspectResult, aspects: readonly AspectResult[], columns: readonly MetricValue[]) {
    const { base } = aspect;
    return html`<tr class="aspect ${base === undefined ? '' : 'compared'}">
        <th scope="row" class="name">${aspectName(aspect.aspect)}</th>
        <td class="number">${formatCount(aspect.testRows)}</td>
        ${columns.map(column => figureCell(figureOf(aspect.metrics, column.metric), writerOf(aspects, column)))}
      </tr>
      ${
        base === undefined
          ? nothing
          : html`<tr class="base">
                <th scope="row" class="name">base${this.base === undefined ? '' : ` ${clipLine(this.base, 160)}`}</th>
                <td></td>
                ${columns.map(column => figureCell(figureOf(base, column.metric), writerOf(aspects, column)))}
              </tr>
              <tr class="change">
                <th scope="row" class="name">difference</th>
                <td></td>
                ${columns.map(column => changeCell(figureOf(aspect.metrics, column.metric), figureOf(base, column.metric)))}
              </tr>`
      }`;
  }
}

function writerOf(aspects: readonly AspectResult[], { metric, unit }: MetricValue): ReturnType<typeof columnFormat> {
  const values = aspects.flatMap(({ metrics, base = [] }) =>
    [figureOf(metrics, metric), figureOf(base, metric)].flatMap(figure => figure?.value ?? []),
  );
  return columnFormat(values, unit);
}

defineElement('aiwb-aspect-table', AspectTable);
