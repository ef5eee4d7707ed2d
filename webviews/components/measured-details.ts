import { html, nothing, type TemplateResult } from 'lit';
import type { SampleDetails } from '../../schemas/generated/messages.ts';
import { clipLine, showUnseen } from '../shared/text.ts';
import './long-text.ts';
import { writeScore } from './sample-columns.ts';

/** Deeper than what any metric tells; what lies below is shown as JSON. */
const deepest = 3;
const longestList = 50;

/** What measuring told beside the scores: terms and descriptions for a list, one a metric. */
export function renderMeasured({ measured = {}, unmeasured = {} }: SampleDetails): TemplateResult {
  return html`${Object.entries(measured).map(
    ([metric, told]) =>
      html`<dt>${clipLine(metric, 60)}</dt>
        <dd>${renderValue(told, 0)}</dd>`,
  )}${Object.entries(unmeasured).map(
    ([metric, why]) =>
      html`<dt>${clipLine(metric, 60)}</dt>
        <dd class="muted" dir="auto">not measured: ${showUnseen(why)}</dd>`,
  )}`;
}

function renderValue(value: unknown, depth: number): TemplateResult | string {
  if (typeof value === 'string') return html`<aiwb-long-text prose .text=${value}></aiwb-long-text>`;
  if (typeof value === 'number') return writeScore(value);
  if (typeof value !== 'object' || value === null) return String(value);
  if (depth === deepest) return html`<code>${clipLine(JSON.stringify(value), 600)}</code>`;
  if (Array.isArray(value)) return renderList(value, depth);
  return html`<ul class="told">
    ${Object.entries(value).map(([name, own]) => html`<li><span class="muted">${clipLine(name, 60)}</span> ${renderValue(own, depth + 1)}</li>`)}
  </ul>`;
}

function renderList(values: readonly unknown[], depth: number) {
  const rest = values.length - longestList;
  return html`<ul class="told">
    ${values.slice(0, longestList).map(value => html`<li>${renderValue(value, depth + 1)}</li>`)}
    ${rest > 0 ? html`<li class="muted">… ${rest} more</li>` : nothing}
  </ul>`;
}
