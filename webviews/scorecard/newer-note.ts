import { html, nothing, type TemplateResult } from 'lit';
import type { AssessmentSummary } from '../../schemas/generated/messages.ts';
import { formatDate } from '../shared/format.ts';
import type { Command } from './commands.ts';

/** That the version was assessed again since; with the way there where `send` leads somewhere. */
export function renderNewer(
  newer: AssessmentSummary | undefined,
  send: ((command: Command) => void) | undefined,
): TemplateResult | typeof nothing {
  if (newer === undefined) return nothing;
  const words = `the assessment of ${formatDate(newer.assessedAt)}`;
  const open = (): void => send?.({ command: 'openAssessment', assessmentId: newer.id });
  return html`<p class="newer">
    This version has been assessed again since:
    ${send === undefined ? words : html`<button type="button" class="link" @click=${open}>open ${words}</button>`}.
  </p>`;
}
