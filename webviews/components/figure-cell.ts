import { html, nothing, type TemplateResult } from 'lit';
import type { MetricValue } from '../../schemas/generated/messages.ts';
import type { columnFormat } from '../shared/format.ts';
import { showUnseen } from '../shared/text.ts';

type Write = ReturnType<typeof columnFormat>;

/** A table cell with a figure and, under it, its interval and the verdict; or the words why there is none. Goes with `tableStyles`. */
export function figureCell(
  figure: MetricValue | undefined,
  write: Write,
  isBest = false,
  verdict: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  if (figure === undefined) return html`<td class="number muted">–</td>`;
  if (figure.value === null) {
    return html`<td class="number muted">
      not
      computed${figure.note === undefined ? nothing : html`<span class="interval">${showUnseen(figure.note)}</span>`}
    </td>`;
  }
  return html`<td class="number ${isBest ? 'best' : ''}">
    ${isBest ? html`<span aria-hidden="true">▸ </span><span class="unseen">best: </span>` : nothing}${write(figure.value)}${renderInterval(figure, write)}${verdict}
  </td>`;
}

function renderInterval({ value, low, high, estimated, method }: MetricValue, write: Write) {
  const parts = [
    low === undefined || high === undefined
      ? undefined
      : `${write(low, value ?? low)} to ${write(high, value ?? high)}`,
    estimated === true ? 'estimated' : undefined,
  ].filter(part => part !== undefined);
  return parts.length === 0
    ? nothing
    : html`<span class="interval" title=${method ?? nothing}>${parts.join(', ')}</span>`;
}
