import { html, type TemplateResult } from 'lit';
import '../webviews/components/verdict-list.ts';
import type { VerdictItem } from '../webviews/shared/verdicts.ts';

const mostAtFirst = 5;
/** Gates, failures and warnings. */
const pressing: ReadonlySet<string> = new Set(['pass', 'error', 'warning']);

/** What results say, short enough for a notebook: the lead, then what somebody waits for or must know, the rest behind a button. */
export function shortVerdicts(items: readonly VerdictItem[]): TemplateResult {
  const lead = items.slice(0, 2);
  const others = items.slice(2);
  const ordered = [
    ...lead,
    ...others.filter(({ icon }) => pressing.has(icon)),
    ...others.filter(({ icon }) => !pressing.has(icon)),
  ];
  return html`<aiwb-verdict-list .items=${ordered} .most=${mostAtFirst}></aiwb-verdict-list>`;
}
