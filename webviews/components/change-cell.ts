import { html, nothing, type TemplateResult } from 'lit';
import type { MetricValue } from '../../schemas/generated/messages.ts';
import { decimalsFor, formatSigned } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { changeOf } from '../shared/tuning.ts';

/** A table cell with a figure's signed difference from another, in words too: better or worse, and whether the intervals overlap. */
export function changeCell(figure: MetricValue | undefined, from: MetricValue | undefined): TemplateResult {
  const change = figure === undefined ? undefined : changeOf(figure, from);
  if (figure === undefined || change === undefined) return html`<td class="number muted">–</td>`;
  const { difference, verdict, apart } = change;
  const isSure = apart === true && (verdict === 'better' || verdict === 'worse');
  const tone = isSure ? (verdict === 'better' ? 'good' : 'bad') : 'neutral';
  const words = apart === undefined ? verdict : `${verdict}, intervals ${apart ? 'apart' : 'overlap'}`;
  return html`<td class="number tone-${tone}">
    ${isSure ? html`${icon(difference > 0 ? 'arrowUp' : 'arrowDown')} ` : nothing}${formatSigned(difference, decimalsFor([difference], figure.unit))}
    <span class="interval">${words}</span>
  </td>`;
}
