import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { RunFileFacts, RunSummary } from '../../schemas/generated/messages.ts';
import { formatDate, formatDuration, isoDate } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { showUnseen } from '../shared/text.ts';
import { stateWords } from '../shared/words.ts';

export interface HeaderButton {
  readonly label: string;
  readonly press: () => void;
  /** The one thing to do next; at most one of a header's buttons is. */
  readonly isPrimary?: boolean;
}

/** A page's head: its subject, the facts about it in one line, and what can be done. Goes with `headerStyles`. */
export function pageHeader(title: string, facts: unknown, buttons: readonly HeaderButton[]): TemplateResult {
  return html`<header>
    <div class="about">
      <h1 dir="auto">${title}</h1>
      <p class="facts">${facts}</p>
    </div>
    ${
      buttons.length === 0
        ? nothing
        : html`<div class="buttons no-print">
            ${buttons.map(({ label, press, isPrimary }) => html`<vscode-button ?secondary=${isPrimary !== true} @click=${press}>${label}</vscode-button>`)}
          </div>`
    }
  </header>`;
}

/** Of a page that shows a file: when it was written, and by what. */
export function exportFacts(file: RunFileFacts | undefined): unknown {
  if (file?.exportedAt === undefined) return nothing;
  const writer = file.workbench === undefined ? '' : ` by AI Workbench ${showUnseen(file.workbench)}`;
  return html`<span
    >exported <time datetime=${isoDate(file.exportedAt)}>${formatDate(file.exportedAt)}</time>${writer}</span
  >`;
}

/** A run's state, when it started and how long it took. */
export function runStateFacts(run: RunSummary): TemplateResult {
  const { text, icon: name, tone } = stateWords(run.state);
  const started = run.startedAt ?? run.createdAt;
  return html`<span class="state tone-${tone}">${icon(name)} ${text}</span>
    <span><time datetime=${isoDate(started)}>${formatDate(started)}</time></span>
    ${run.startedAt === undefined || run.endedAt === undefined ? nothing : html`<span>took ${formatDuration((run.endedAt - run.startedAt) / 1000)}</span>`}`;
}
