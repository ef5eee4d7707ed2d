import { html, nothing, type TemplateResult } from 'lit';
import type { MetricValue } from '../../schemas/generated/messages.ts';
import { decimalsFor, formatSigned } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { changeOf, type Change } from '../shared/tuning.ts';

/** A table cell with a figure's signed difference from another, in words too. */
export function changeCell(figure: MetricValue | undefined, from: MetricValue | undefined): TemplateResult {
  const change = figure === undefined ? undefined : changeOf(figure, from);
  if (figure === undefined || change === undefined) return html`<td class="number muted">–</td>`;
  const { difference, verdict, apart } = change;
  const isSure = apart === true && (verdict === 'better' || verdict === 'worse');
  const tone = isSure ? (verdict === 'better' ? 'good' : 'bad') : 'neutral';
  const decimals = decimalsFor([figure.value ?? 0, from?.value ?? 0], figure.unit);
  return html`<td class="number tone-${tone}">
    ${isSure ? html`${icon(difference > 0 ? 'arrowUp' : 'arrowDown')} ` : nothing}${formatSigned(difference, decimals)}
    <span class="interval">${changeWords(verdict, apart)}</span>
  </td>`;
}

/** Where the intervals overlap, the figures alone do not say which is better. */
function changeWords(verdict: Change['verdict'], apart: boolean | undefined): string {
  if (verdict === 'same' || apart === undefined) return verdict;
  return apart ? `${verdict}, intervals apart` : 'intervals overlap';
}
