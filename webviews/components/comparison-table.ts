import { html, LitElement, nothing } from 'lit';
import type { PairedComparison, Report } from '../../schemas/generated/messages.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { variantName } from '../shared/figures.ts';
import {
  countOf,
  decimalsFor,
  formatConfidence,
  formatCount,
  formatPValue,
  formatSigned,
  unitName,
} from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { verdictWords } from '../shared/words.ts';

/** Every model against the baseline on the rows both answered: difference, interval, p, and the verdict in words. */
export class ComparisonTable extends LitElement {
  static override properties = { report: { attribute: false } };
  static override styles = [baseStyles, tableStyles];
  declare report: Report | undefined;

  override render() {
    const { report } = this;
    if (report === undefined) return html``;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Comparisons with the baseline">
      <table>
        <caption>
          <span
            >Differences with ${formatConfidence(report.confidence)} intervals, on the rows that both models
            answered.</span
          >
        </caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Against</th>
            <th scope="col">Metric</th>
            <th scope="col" class="number">Difference</th>
            <th scope="col" class="number">p</th>
            <th scope="col" class="number">Rows</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          ${report.comparisons.map(comparison => renderComparison(report, comparison))}
        </tbody>
      </table>
    </div>`;
  }
}

function renderComparison(report: Report, comparison: PairedComparison) {
  const { text, icon: name, tone } = verdictWords(comparison.verdict);
  const unit = unitName(comparison.unit);
  return html`<tr>
    <th scope="row" class="name"><span dir="auto">${breakable(variantName(report, comparison.variant))}</span></th>
    <td class="name">${breakable(variantName(report, comparison.baseline))}</td>
    <td>${clipLine(comparison.label, 80)}${unit === '' ? '' : html` <span class="unit">${unit}</span>`}</td>
    <td class="number">${renderDifference(comparison)}</td>
    <td class="number" title=${comparison.test ?? ''}>
      ${comparison.pValue === undefined ? '–' : formatPValue(comparison.pValue)}
    </td>
    <td class="number">${formatCount(comparison.n)}</td>
    <td class="word tone-${tone}">
      ${icon(name)} ${text}
      ${comparison.rowsNeeded === undefined || comparison.verdict !== 'not-distinguishable' ? nothing : html`<span class="interval">about ${countOf(comparison.rowsNeeded, 'row')} would settle it</span>`}
    </td>
  </tr>`;
}

function renderDifference({ difference, low, high, unit }: PairedComparison) {
  if (difference === undefined) return '–';
  const decimals = decimalsFor([difference], unit);
  const value = formatSigned(difference, decimals);
  if (low === undefined || high === undefined) return value;
  return html`${value}<span class="interval">${formatSigned(low, decimals)} to ${formatSigned(high, decimals)}</span>`;
}

defineElement('aiwb-comparison-table', ComparisonTable);
