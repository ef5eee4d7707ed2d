import { css, html, LitElement, nothing } from 'lit';
import type { AspectResult, FigureChange, MetricValue } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { figureOf } from '../shared/figures.ts';
import {
  decimalsFor,
  formatConfidence,
  formatCount,
  formatFixed,
  formatPValue,
  formatSigned,
} from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { aspectName } from '../shared/tuning.ts';
import { verdictWords } from '../shared/words.ts';

/** Base and tuned model on each aspect's test rows: both figures with their intervals, the difference with its own, n, and the verdict in words. */
export class ChangeTable extends LitElement {
  static override properties = { aspects: { attribute: false }, base: {} };
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
  declare aspects: readonly AspectResult[] | undefined;
  /** The base model's name. */
  declare base: string | undefined;

  override render() {
    const aspects = (this.aspects ?? []).filter(({ changes = [] }) => changes.length > 0);
    const [first] = aspects.flatMap(({ changes = [] }) => changes);
    if (first === undefined) return nothing;
    const level = first.confidence === undefined ? '' : `${formatConfidence(first.confidence)} `;
    const base = this.base === undefined ? 'the base' : clipLine(this.base, 160);
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Before and after, by aspect">
      <table>
        <caption>
          <span
            >The best checkpoint against ${base} on the same test rows, which training never saw: paired row by row,
            with ${level}intervals, p adjusted (Holm).</span
          >
        </caption>
        <thead>
          <tr>
            <th scope="col">Figure</th>
            <th scope="col" class="number">Base</th>
            <th scope="col" class="number">Tuned</th>
            <th scope="col" class="number">Difference</th>
            <th scope="col" class="number">n</th>
            <th scope="col" class="number">p</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          ${aspects.map(
            aspect =>
              html`<tr>
                  <th scope="rowgroup" class="group" colspan="7">${aspectName(aspect.aspect)}</th>
                </tr>
                ${aspect.changes?.map(change => changeRow(change, clipLine(change.label, 80), figureOf(aspect.base ?? [], change.metric), figureOf(aspect.metrics, change.metric)))}`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

/** A change as a row of a table with these columns; the figures' own intervals stand under them where they are known. */
export function changeRow(
  change: FigureChange,
  name: unknown,
  base: MetricValue | undefined,
  tuned: MetricValue | undefined,
) {
  const { unit, direction, n, pValue, test, verdict } = change;
  const decimals = decimalsFor([change.base ?? 0, change.tuned ?? 0], unit);
  const { text, icon: look, tone } = verdictWords(verdict);
  const better = direction === 'lower' ? 'lower is better' : direction === 'higher' ? 'higher is better' : '';
  return html`<tr>
    <th scope="row" class="name">
      <span dir="auto">${name}</span>${better === '' ? nothing : html` <span class="unit">${better}</span>`}
    </th>
    ${figure(change.base, base, decimals)} ${figure(change.tuned, tuned, decimals)}
    <td class="number">${difference(change, decimals)}</td>
    <td class="number">${formatCount(n)}</td>
    <td class="number" title=${test}>${verdict === 'not-computed' ? '–' : formatPValue(pValue)}</td>
    <td class="word tone-${tone}">${icon(look)} ${text}</td>
  </tr>`;
}

function figure(value: number | null, own: MetricValue | undefined, decimals: number) {
  if (value === null) return html`<td class="number muted">not computed</td>`;
  const { low, high, method } = own ?? {};
  return html`<td class="number">
    ${formatFixed(value, decimals)}${low === undefined || high === undefined ? nothing : html`<span class="interval" title=${method ?? nothing}>${formatFixed(low, decimals)} to ${formatFixed(high, decimals)}</span>`}
  </td>`;
}

function difference({ difference: value, low, high, method }: FigureChange, decimals: number) {
  if (value === undefined) return '–';
  const signed = formatSigned(value, decimals);
  if (low === undefined || high === undefined) return signed;
  return html`${signed}<span class="interval" title=${method ?? nothing}
      >${formatSigned(low, decimals)} to ${formatSigned(high, decimals)}</span
    >`;
}

defineElement('aiwb-change-table', ChangeTable);
